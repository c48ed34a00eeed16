package identitypools_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/service"
	"github.com/bailiwick-project/bailiwick/service/servicetest"
)

// getID is GetId through a router of its own, since servicetest is for one
// goroutine.
func getID(t *testing.T, w *world, pool, jwt string) string {
	log := slog.New(slog.DiscardHandler)
	router := &service.Router{
		Handlers: []*service.Handler{{Service: w.api.Service(), Log: log}}, Account: servicetest.Account, Region: servicetest.Region,
		Now: w.clock, NewID: func() string { return "r" }, Records: func(service.Record) {}, Log: log,
	}
	body := text(t, object{"IdentityPoolId": pool, "Logins": object{poolA: jwt}})
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("X-Amz-Target", "AWSCognitoIdentityService.GetId")
	rec := httptest.NewRecorder()
	router.ServeHTTP(rec, r)
	var out struct{ IdentityId string }
	if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil || rec.Code != http.StatusOK {
		t.Errorf("GetId answered %d %s", rec.Code, rec.Body)
	}
	return out.IdentityId
}
