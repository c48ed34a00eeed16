package gateway

import (
	"strings"
)

// Actions of the data plane.
const (
	Invoke          = "execute-api:Invoke"
	InvalidateCache = "execute-api:InvalidateCache"
)

// InvokeARN is the resource of a request, with its own method and path:
// arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/GET/pets/1.
func (d *Deployment) InvokeARN(method string, p Path) string {
	return d.prefix() + method + p.String()
}

// SourceARN is what a function's policy is asked about: the route with its
// variables, .../STAGE/GET/pets/{id}, or .../STAGE/$default.
func (d *Deployment) SourceARN(m *Match) string {
	if m.Route.Path == DefaultRoute {
		return d.prefix() + DefaultRoute
	}
	return d.prefix() + m.Method + m.Route.Path
}

func (d *Deployment) prefix() string {
	return "arn:aws:execute-api:" + d.Region + ":" + d.Account + ":" + d.APIID + "/" + d.Stage + "/"
}

// Mask hides the account of an ARN of this deployment, as AWS's refusals do:
// only its last four digits remain.
func (d *Deployment) Mask(arn string) string {
	if len(d.Account) <= 4 {
		return arn
	}
	masked := strings.Repeat("*", len(d.Account)-4) + d.Account[len(d.Account)-4:]
	return strings.Replace(arn, ":"+d.Account+":", ":"+masked+":", 1)
}

// Key is the route as HTTP APIs name it: "GET /pets/{id}" or "$default".
func (r *Route) Key() string {
	if r.Path == DefaultRoute {
		return DefaultRoute
	}
	return r.Method + " " + r.Path
}

// Provider is the user pool of an issuer that this server is, as
// cognito-idp.REGION.amazonaws.com/POOL: AWS's form of the issuer, and the one
// below the server's public URL. ok is false for a foreign issuer.
func Provider(issuer, publicURL string) (provider string, ok bool) {
	pool := ""
	if rest, found := strings.CutPrefix(issuer, "https://cognito-idp."); found {
		region, after, _ := strings.Cut(rest, ".amazonaws.com/")
		if r, _, _ := strings.Cut(after, "_"); r != region {
			return "", false
		}
		pool = after
	} else if base := strings.TrimSuffix(publicURL, "/"); base != "" {
		pool, _ = strings.CutPrefix(issuer, base+"/")
		if pool == issuer {
			return "", false
		}
	}
	region, id, found := strings.Cut(pool, "_")
	if !found || !isName(region) || !isName(id) || strings.ContainsAny(pool, "/.") {
		return "", false
	}
	return "cognito-idp." + region + ".amazonaws.com/" + pool, true
}

// FunctionARN reads the URI of a Lambda integration: the function's ARN, or
// arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations.
func FunctionARN(uri string) (string, bool) {
	if rest, ok := strings.CutPrefix(uri, "arn:aws:apigateway:"); ok {
		_, after, found := strings.Cut(rest, ":lambda:path/2015-03-31/functions/")
		arn, closed := strings.CutSuffix(after, "/invocations")
		if !found || !closed {
			return "", false
		}
		uri = arn
	}
	parts := strings.Split(uri, ":")
	if len(parts) < 7 || len(parts) > 8 || strings.Join(parts[:3], ":") != "arn:aws:lambda" || parts[5] != "function" {
		return "", false
	}
	for _, p := range parts[3:] {
		if p == "" || strings.ContainsAny(p, "/{}*? ") {
			return "", false
		}
	}
	return uri, true
}
