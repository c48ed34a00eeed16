package userpools

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick"
)

// defaultFlows are open where a client names none.
// Source: CreateUserPoolClient, "ExplicitAuthFlows".
func defaultFlows() []string {
	return []string{"ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"}
}

const defaultSessionMinutes = 3

// configure sets everything of c that an update sets; omitted members go back to
// their defaults. That an update without WriteAttributes opens every attribute
// again is AWS's behaviour, and applications are tested against it.
func (c *client) configure(p *pool, in *UpdateUserPoolClientRequest, doing string) error {
	if in.ClientName != nil {
		c.Name = *in.ClientName
	}
	c.ReadAttributes, c.WriteAttributes = in.ReadAttributes, in.WriteAttributes
	c.AuthFlows = in.ExplicitAuthFlows
	if len(c.AuthFlows) == 0 {
		c.AuthFlows = defaultFlows()
	}
	c.HideUsers = value(in.PreventUserExistenceErrors)
	c.Revocable = or(in.EnableTokenRevocation, true)
	c.AccessValidity, c.IDValidity, c.RefreshValidity = value(in.AccessTokenValidity), value(in.IdTokenValidity), value(in.RefreshTokenValidity)
	c.Units, c.SessionMinutes = in.TokenValidityUnits, or(in.AuthSessionValidity, defaultSessionMinutes)
	c.Rotation, c.Analytics = in.RefreshTokenRotation, in.AnalyticsConfiguration
	c.OAuthFlows, c.OAuthScopes, c.OAuthEnabled = in.AllowedOAuthFlows, in.AllowedOAuthScopes, value(in.AllowedOAuthFlowsUserPoolClient)
	c.CallbackURLs, c.LogoutURLs, c.DefaultRedirect = in.CallbackURLs, in.LogoutURLs, in.DefaultRedirectURI
	c.Providers, c.PropagateData = in.SupportedIdentityProviders, value(in.EnablePropagateAdditionalUserContextData)
	for _, check := range []func() error{c.checkFlows, c.checkLifetimes, c.checkOAuth} {
		if err := check(); err != nil {
			return err
		}
	}
	if err := c.checkProviders(p); err != nil {
		return err
	}
	return c.checkPermissions(p, doing)
}

func (c *client) checkFlows() error {
	old := 0
	for _, f := range c.AuthFlows {
		if !strings.HasPrefix(f, "ALLOW_") {
			old++
		}
	}
	if old > 0 && old < len(c.AuthFlows) {
		return invalid("Invalid combination of ExplicitAuthFlows: values with and without the prefix ALLOW_ cannot be used together.")
	}
	if c.rotates() && has(c.AuthFlows, "ALLOW_REFRESH_TOKEN_AUTH") {
		return invalid("ALLOW_REFRESH_TOKEN_AUTH cannot be used when refresh token rotation is enabled.")
	}
	if c.PropagateData && c.Secret == "" {
		return invalid("EnablePropagateAdditionalUserContextData needs a client secret.")
	}
	return nil
}

// rotates tells that each use of a refresh token brings a new one.
func (c *client) rotates() bool { return c.Rotation != nil && value(c.Rotation.Feature) == "ENABLED" }

// Bounds of lifetimes. Source: Cognito Developer Guide, "Quotas".
const (
	minToken   = 5 * time.Minute
	maxToken   = 24 * time.Hour
	minRefresh = time.Hour
	maxRefresh = 3650 * 24 * time.Hour
)

func (c *client) checkLifetimes() error {
	access, id, refresh := c.accessLife(), c.idLife(), c.refreshLife()
	if access < minToken || access > maxToken || id < minToken || id > maxToken ||
		refresh < minRefresh || refresh > maxRefresh || refresh <= access || refresh <= id {
		return invalid("Invalid range for token validity.")
	}
	return nil
}

// checkPermissions holds the lists of attributes against the schema.
func (c *client) checkPermissions(p *pool, doing string) error {
	for _, name := range c.ReadAttributes {
		if a, ok := p.attribute(name); !ok || a.DeveloperOnly {
			return invalid("Invalid read attributes specified while %s a client", doing)
		}
	}
	for _, name := range c.WriteAttributes {
		if a, ok := p.attribute(name); !ok || a.DeveloperOnly || system(name) {
			return invalid("Invalid write attributes specified while %s a client", doing)
		}
	}
	if len(c.WriteAttributes) == 0 {
		return nil
	}
	for _, name := range p.required() {
		if !has(c.WriteAttributes, name) {
			return invalid("Invalid write attributes specified while %s a client", doing)
		}
	}
	return nil
}

func (c *client) checkProviders(p *pool) error {
	for _, name := range c.Providers {
		if name != "COGNITO" {
			return invalid("The provider %s does not exist for User Pool %s.", name, p.ID)
		}
	}
	return nil
}

// standardScopes are those that no resource server defines.
func standardScopes() []string {
	return []string{"phone", "email", "openid", "profile", scopeAdmin}
}

// checkOAuth keeps addresses out to which codes and tokens must not be sent.
func (c *client) checkOAuth() error {
	if has(c.OAuthFlows, "client_credentials") && (len(c.OAuthFlows) > 1 || c.Secret == "") {
		return invalidFlow("client_credentials flow can not be selected along with code flow or implicit flow, and needs a client secret.")
	}
	if c.OAuthEnabled && (len(c.OAuthFlows) == 0 || len(c.OAuthScopes) == 0) {
		return invalidFlow("AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.")
	}
	for _, scope := range c.OAuthScopes {
		if !has(standardScopes(), scope) { // those of resource servers, of which there are none
			return bailiwick.Errorf("ScopeDoesNotExistException", "Invalid scope requested: %s", scope)
		}
	}
	for _, u := range slices.Concat(c.CallbackURLs, c.LogoutURLs) {
		if !redirectable(u) {
			return invalid("%s is not a valid redirect URI: it must be an absolute URI without fragment, https unless it is http://localhost or an application's own scheme.", u)
		}
	}
	if c.DefaultRedirect != nil && !has(c.CallbackURLs, *c.DefaultRedirect) {
		return invalid("The default redirect URI must be in the list of callback URLs.")
	}
	return nil
}

func redirectable(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Scheme == "" || u.Fragment != "" || strings.Contains(text, "#") {
		return false
	}
	switch u.Scheme {
	case "http":
		return u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1"
	case "https":
		return u.Host != ""
	case "javascript", "data", "vbscript", "file", "blob":
		return false // a browser would run or open it
	}
	return true
}
