package apigateway

import (
	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// getAccount answers what every account has at AWS. Nothing is throttled here.
func (a *API) getAccount(store.Reader, *bailiwick.Call, *asked[GetAccountRequest]) (*Account, error) {
	burst, rate, version := int32(defaultBurst), float64(defaultRate), "4"
	return &Account{
		ThrottleSettings: &ThrottleSettings{BurstLimit: &burst, RateLimit: &rate}, Features: []string{"UsagePlans"}, ApiKeyVersion: &version,
	}, nil
}
