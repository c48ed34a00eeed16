package apigateway

import (
	"maps"
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

const maxValidators = 100

func (a *API) createRequestValidator(tx store.Tx, call *bailiwick.Call, q *asked[CreateRequestValidatorRequest]) (*RequestValidator, error) {
	d, err := ownDefinition(tx, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	v := &validator{ID: q.ids[0], Name: deref(q.in.Name), Parameters: deref(q.in.ValidateRequestParameters)}
	if deref(q.in.ValidateRequestBody) {
		return nil, noBodies()
	}
	if len(v.Name) > maxText {
		return nil, bad("A name can have at most %d characters.", maxText)
	}
	if len(d.Validators) >= maxValidators {
		return nil, limit("Maximum number of request validators for this API has been reached.")
	}
	entry(&d.Validators, v.ID, patch{op: opAdd}, v)
	if err := putDefinition(tx, *q.in.RestApiId, d); err != nil {
		return nil, err
	}
	return v.shown(), nil
}

// noBodies: without models there is nothing to validate a body by.
func noBodies() error {
	return bad("The validation of request bodies is not offered: validateRequestBody cannot be true.")
}

func (a *API) getRequestValidator(r store.Reader, call *bailiwick.Call, q *asked[GetRequestValidatorRequest]) (*RequestValidator, error) {
	d, err := ownDefinition(r, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	v := d.Validators[*q.in.RequestValidatorId]
	if v == nil {
		return nil, errNoValidator
	}
	return v.shown(), nil
}

func (a *API) getRequestValidators(r store.Reader, call *bailiwick.Call, q *asked[GetRequestValidatorsRequest]) (*RequestValidators, error) {
	d, err := ownDefinition(r, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	out := &RequestValidators{Items: []RequestValidator{}}
	ids, position, err := pageOf(slices.Collect(maps.Keys(d.Validators)), q.in.Position, q.in.Limit)
	if err != nil {
		return nil, err
	}
	out.Position = position
	for _, id := range ids {
		out.Items = append(out.Items, *d.Validators[id].shown())
	}
	return out, nil
}

func (a *API) updateRequestValidator(tx store.Tx, call *bailiwick.Call, q *asked[UpdateRequestValidatorRequest]) (*RequestValidator, error) {
	d, err := ownDefinition(tx, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	v := d.Validators[*q.in.RequestValidatorId]
	if v == nil {
		return nil, errNoValidator
	}
	if err := patched(q.in.PatchOperations, v.patch); err != nil {
		return nil, err
	}
	if err := putDefinition(tx, *q.in.RestApiId, d); err != nil {
		return nil, err
	}
	return v.shown(), nil
}

func (v *validator) patch(p patch) (err error) {
	switch {
	case p.is("/name") && len(p.value) <= maxText:
		v.Name = p.value
	case p.is("/validateRequestParameters"):
		v.Parameters, err = p.bool()
	case p.is("/validateRequestBody"):
		if on, e := p.bool(); e != nil || on {
			return noBodies()
		}
	default:
		return p.refused("/name", "/validateRequestBody", "/validateRequestParameters")
	}
	return err
}

// deleteRequestValidator keeps a validator that a method relies on.
func (a *API) deleteRequestValidator(tx store.Tx, call *bailiwick.Call, q *asked[DeleteRequestValidatorRequest]) (*noOutput, error) {
	d, err := ownDefinition(tx, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	v := d.Validators[*q.in.RequestValidatorId]
	if v == nil {
		return nil, errNoValidator
	}
	for _, r := range d.Resources {
		for name, m := range r.Methods {
			if m.Validator == v.ID {
				return nil, conflict("Cannot delete request validator '%s', is referenced in method: %s %s", v.Name, name, r.Path)
			}
		}
	}
	delete(d.Validators, v.ID)
	return nil, putDefinition(tx, *q.in.RestApiId, d)
}

func (v *validator) shown() *RequestValidator {
	body := false
	return &RequestValidator{Id: &v.ID, Name: some(v.Name), ValidateRequestParameters: &v.Parameters, ValidateRequestBody: &body}
}

// required lists the parameters that a request must have, as the data plane knows
// them: one value of several is enough.
func (m *method) required() []string {
	var out []string
	for p, required := range m.Parameters {
		if required {
			out = append(out, strings.Replace(p, "method.request.multivalue", "method.request.", 1))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
