package gateway

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// maxTimeout is what a backend has, by the kind of API.
// Source: API Gateway Developer Guide, quotas.
var maxTimeout = map[Kind]time.Duration{REST: 29 * time.Second, HTTP: 30 * time.Second}

// New checks a deployment and makes it ready to match. It keeps d's slices and
// maps: they belong to the Deployment from then on. An error says what cannot be
// served; control planes prevent it by refusing such parts when they are made.
func New(d Deployment) (*Deployment, error) {
	if maxTimeout[d.Kind] == 0 {
		return nil, fmt.Errorf("gateway: kind %q", d.Kind)
	}
	if d.APIID == "" || d.Stage == "" || d.Account == "" || d.Region == "" {
		return nil, errors.New("gateway: a deployment without API, stage, account or region")
	}
	if d.Policy != nil && d.Kind != REST {
		return nil, errors.New("gateway: only REST APIs have a resource policy")
	}
	d.index = &index{}
	for i := range d.Routes {
		r := &d.Routes[i]
		if err := d.check(r); err != nil {
			return nil, fmt.Errorf("gateway: %s %s: %w", r.Method, r.Path, err)
		}
		if err := d.index.add(r); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(d.index.paths, func(a, b *pathRoutes) int { return compareTemplates(a.template, b.template) })
	return &d, nil
}

func (x *index) add(r *Route) error {
	if r.Path == DefaultRoute {
		if x.fallback != nil {
			return errors.New("gateway: two default routes")
		}
		x.fallback = r
		return nil
	}
	at := slices.IndexFunc(x.paths, func(p *pathRoutes) bool { return sameShape(p.template, r.template) })
	if at < 0 {
		at = len(x.paths)
		x.paths = append(x.paths, &pathRoutes{template: r.template, methods: map[string]*Route{}})
	}
	c := x.paths[at]
	if c.methods[r.Method] != nil || !slices.Equal(c.template, r.template) {
		return fmt.Errorf("gateway: %s %s: another route takes the same requests", r.Method, r.Path)
	}
	c.methods[r.Method] = r
	return nil
}

func (d *Deployment) check(r *Route) error {
	if err := d.checkPlace(r); err != nil {
		return err
	}
	if err := d.checkAuthorization(r); err != nil {
		return err
	}
	if c := r.Cache; c != nil {
		if d.Kind != REST || c.TTL < 0 || c.TTL > time.Hour {
			return errors.New("its cache cannot be kept")
		}
		for _, k := range c.KeyParameters {
			if _, err := ParseSource(k); err != nil {
				return err
			}
		}
	}
	if r.Integration == nil {
		return nil // answered as a server error, as AWS does
	}
	return d.checkIntegration(r)
}

func (d *Deployment) checkPlace(r *Route) (err error) {
	if r.Path == DefaultRoute {
		if d.Kind != HTTP || r.Method != AnyMethod {
			return errors.New("only HTTP APIs have a default route, for any method")
		}
		return nil
	}
	if !isMethod(r.Method) {
		return errors.New("not a method")
	}
	r.template, err = parseTemplate(r.Path)
	return err
}

func isMethod(m string) bool {
	switch m {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", AnyMethod:
		return true
	}
	return false
}

// CheckTemplate tells what is wrong with the path of a route: "/pets/{id}".
func CheckTemplate(path string) error {
	_, err := parseTemplate(path)
	return err
}

func parseTemplate(path string) ([]part, error) {
	rest, ok := strings.CutPrefix(path, "/")
	if !ok {
		return nil, errors.New("a path begins with a slash")
	}
	if rest == "" {
		return nil, nil
	}
	var out []part
	seen := map[string]bool{}
	texts := strings.Split(rest, "/")
	for i, text := range texts {
		p := part{literal, text}
		if name, ok := strings.CutPrefix(text, "{"); ok {
			if name, ok = strings.CutSuffix(name, "}"); !ok {
				return nil, fmt.Errorf("%q is no path variable", text)
			}
			p = part{variable, name}
			if name, ok := strings.CutSuffix(name, "+"); ok {
				p = part{greedy, name}
			}
			if !isName(p.text) || seen[p.text] || p.kind == greedy && i != len(texts)-1 {
				return nil, fmt.Errorf("%q is no path variable, is there twice, or takes all and is not the last", text)
			}
			seen[p.text] = true
		} else if !plain(text, false) || strings.ContainsAny(text, "{}*") {
			return nil, fmt.Errorf("%q cannot be part of a path", text)
		}
		out = append(out, p)
	}
	return out, nil
}

func isName(s string) bool {
	for _, c := range []byte(s) {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("._-:", c) >= 0) {
			return false
		}
	}
	return s != "" && len(s) <= 128
}

func (d *Deployment) checkAuthorization(r *Route) error {
	a := r.Authorizer
	switch r.Authorization {
	case None, IAM:
		if a != nil || len(r.Scopes) > 0 {
			return fmt.Errorf("an authorizer or scopes beside %s", r.Authorization)
		}
		return nil
	case JWT:
		if d.Kind != HTTP || a == nil || a.Issuer == "" || len(a.Audiences) == 0 || len(a.Providers) > 1 {
			return errors.New("a JWT authorizer needs an issuer and audiences")
		}
	case UserPools:
		if d.Kind != REST || a == nil || len(a.Providers) == 0 {
			return errors.New("an authorizer of user pools needs user pools")
		}
	default:
		return fmt.Errorf("authorization %q", r.Authorization)
	}
	if (a.Header == "") == (a.Query == "") {
		return errors.New("an authorizer has one identity source")
	}
	return nil
}

func (d *Deployment) checkIntegration(r *Route) (err error) {
	i := r.Integration
	if i.Timeout < 0 || i.Timeout > maxTimeout[d.Kind] {
		return errors.New("the timeout is out of range")
	}
	if i.Timeout == 0 {
		i.Timeout = maxTimeout[d.Kind]
	}
	switch i.Backend {
	case Lambda:
		if i.Function == "" || i.PayloadVersion != "1.0" && (i.PayloadVersion != "2.0" || d.Kind == REST) {
			return errors.New("a Lambda integration needs a function and a payload version")
		}
		return nil
	case Proxy:
		if !isMethod(i.Method) {
			return errors.New("the method of the integration")
		}
		if i.target, err = ParseTarget(i.URI); err != nil {
			return err
		}
		return d.checkVariables(r)
	case Mock:
		if d.Kind != REST || i.MockStatus < 100 || i.MockStatus > 599 {
			return errors.New("a mock integration needs a status")
		}
		return nil
	}
	return fmt.Errorf("integration %q", i.Backend)
}

// checkVariables asks where each variable of the target comes from: of the
// mappings, or, in an HTTP API, of the route's own variable.
func (d *Deployment) checkVariables(r *Route) error {
	for _, name := range r.Integration.target.Variables() {
		mapped := slices.ContainsFunc(r.Integration.Parameters, func(m Mapping) bool { return m.Place == InPath && m.Name == name })
		own := slices.ContainsFunc(r.template, func(p part) bool { return p.kind != literal && p.text == name })
		if !mapped && (d.Kind != HTTP || !own) {
			return fmt.Errorf("nothing gives the target's variable {%s} a value", name)
		}
	}
	return nil
}
