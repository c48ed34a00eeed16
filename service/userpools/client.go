package userpools

import (
	"math"
	"strings"
	"time"
)

// A client is the record of an app client: a door to the pool.
type client struct {
	ID       string
	Pool     string // id of the pool
	Name     string `json:",omitempty"`
	Secret   string `json:",omitempty"` // "": a public client
	Created  time.Time
	Modified time.Time

	ReadAttributes  []string `json:",omitempty"` // empty: every attribute, custom ones too
	WriteAttributes []string `json:",omitempty"` // empty: every attribute, custom ones too
	AuthFlows       []string `json:",omitempty"` // ExplicitAuthFlows as given or by default

	HideUsers string `json:",omitempty"` // PreventUserExistenceErrors: "" (as LEGACY), "LEGACY", "ENABLED"
	Revocable bool   `json:",omitempty"` // EnableTokenRevocation

	AccessValidity  int32                   `json:",omitempty"` // in units of AccessUnit; 0: default
	IDValidity      int32                   `json:",omitempty"`
	RefreshValidity int32                   `json:",omitempty"`
	Units           *TokenValidityUnitsType `json:",omitempty"`
	SessionMinutes  int32                   `json:",omitempty"` // AuthSessionValidity

	Rotation *RefreshTokenRotationType `json:",omitempty"`

	// Kept for the managed login pages.
	OAuthFlows      []string                    `json:",omitempty"`
	OAuthScopes     []string                    `json:",omitempty"`
	OAuthEnabled    bool                        `json:",omitempty"`
	CallbackURLs    []string                    `json:",omitempty"`
	LogoutURLs      []string                    `json:",omitempty"`
	DefaultRedirect *string                     `json:",omitempty"`
	Providers       []string                    `json:",omitempty"`
	PropagateData   bool                        `json:",omitempty"`
	Analytics       *AnalyticsConfigurationType `json:",omitempty"` // kept, not used
}

// hidesUsers tells that answers must not tell whether a user exists.
func (c *client) hidesUsers() bool { return c.HideUsers == "ENABLED" }

// Default lifetimes. Source: CreateUserPoolClient, "AccessTokenValidity" and its kin.
const (
	defaultTokenLife   = time.Hour
	defaultRefreshLife = 30 * 24 * time.Hour
)

// accessLife is how long an access token lives.
func (c *client) accessLife() time.Duration {
	return lifetime(c.AccessValidity, c.unit("access"), defaultTokenLife)
}

// idLife is how long an ID token lives.
func (c *client) idLife() time.Duration {
	return lifetime(c.IDValidity, c.unit("id"), defaultTokenLife)
}

// refreshLife is how long a refresh token lives.
func (c *client) refreshLife() time.Duration {
	return lifetime(c.RefreshValidity, c.unit("refresh"), defaultRefreshLife)
}

// sessionLife is how long the Session of a challenge lives.
func (c *client) sessionLife() time.Duration { return time.Duration(c.SessionMinutes) * time.Minute }

// unit is the unit of a validity, with the API's defaults: hours, days for refresh tokens.
func (c *client) unit(token string) string {
	var u *string
	fallback := "hours"
	if c.Units != nil {
		switch token {
		case "access":
			u = c.Units.AccessToken
		case "id":
			u = c.Units.IdToken
		case "refresh":
			u = c.Units.RefreshToken
		}
	}
	if token == "refresh" {
		fallback = "days"
	}
	if u == nil {
		return fallback
	}
	return *u
}

func lifetime(n int32, unit string, fallback time.Duration) time.Duration {
	if n == 0 {
		return fallback
	}
	each := map[string]time.Duration{"seconds": time.Second, "minutes": time.Minute, "hours": time.Hour, "days": 24 * time.Hour}[unit]
	if each > 0 && time.Duration(n) > math.MaxInt64/each {
		return math.MaxInt64 // 315360000 days would come round to a small number
	}
	return time.Duration(n) * each
}

// allows tells whether a flow is open at this client. flow is a name such as
// "USER_SRP_AUTH"; the list may hold it with ALLOW_ or, of old, without.
func (c *client) allows(flow string) bool {
	return has(c.AuthFlows, "ALLOW_"+flow) || has(c.AuthFlows, flow)
}

// reads tells whether the client may see an attribute. Nothing listed means
// everything, custom attributes too: so AWS does, and so applications expect.
// What a developer keeps for administrators is never read, sub always.
func (c *client) reads(name string) bool {
	if strings.HasPrefix(name, "dev:") {
		return false
	}
	return name == "sub" || len(c.ReadAttributes) == 0 || has(c.ReadAttributes, name)
}

// writes tells whether users may set an attribute through the client. What the
// pool itself vouches for is never written by a user.
func (c *client) writes(name string) bool {
	switch name {
	case "sub", "email_verified", "phone_number_verified", "identities":
		return false
	}
	if strings.HasPrefix(name, "dev:") {
		return false
	}
	return len(c.WriteAttributes) == 0 || has(c.WriteAttributes, name)
}

// readable lists the attributes of u that the client may see, sub included, in
// the order of the names. Values are those of the record: strings.
func (c *client) readable(u *user) []AttributeType {
	var list []AttributeType
	for _, a := range u.all() {
		if c.reads(*a.Name) {
			list = append(list, a)
		}
	}
	return list
}
