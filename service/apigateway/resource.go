package apigateway

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/store"
)

// Limits of resources. Source: Developer Guide, "Amazon API Gateway quotas".
const (
	maxResources = 300
	maxPart      = 256  // characters of one part of a path
	maxPath      = 2048 // characters
)

var pathPart = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?:[a-zA-Z0-9._:-]+|\{[a-zA-Z0-9._:-]+\+?\})$`) })

func (a *API) createResource(tx store.Tx, call *bailiwick.Call, q *asked[CreateResourceRequest]) (*Resource, error) {
	api := *q.in.RestApiId
	d, err := ownDefinition(tx, call, api)
	if err != nil {
		return nil, err
	}
	r := &resource{ID: q.ids[0], Parent: *q.in.ParentId, Part: *q.in.PathPart}
	if err := d.place(r); err != nil {
		return nil, err
	}
	if len(d.Resources) >= maxResources {
		return nil, limit("Maximum number of resources for this API has been reached. Please contact AWS if you need additional resources.")
	}
	d.Resources[r.ID] = r
	if err := putDefinition(tx, api, d); err != nil {
		return nil, err
	}
	return r.shown(false), nil
}

// place finds the path of a resource below its parent, if there is room for it.
// One of several siblings may be a variable, so that every path has one meaning.
func (d *definition) place(r *resource) error {
	parent, err := d.resource(r.Parent)
	if err != nil {
		return err
	}
	if !pathPart().MatchString(r.Part) || len(r.Part) > maxPart {
		return bad("Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end: %s.", clip(r.Part))
	}
	if isGreedy(parent.Part) {
		return bad("Cannot create a child of a resource with a greedy path variable: %s", parent.Part)
	}
	for _, sibling := range d.Resources {
		if sibling.Parent == r.Parent && sibling.ID != r.ID && sibling.Part == r.Part {
			return conflict("Another resource with the same parent already has this name: %s", r.Part)
		}
	}
	for _, sibling := range d.Resources {
		if sibling.Parent == r.Parent && sibling.ID != r.ID && isVariable(sibling.Part) && isVariable(r.Part) {
			return bad("A sibling (%s) of this resource already has a variable path part -- only one is allowed", sibling.Part)
		}
	}
	r.Path = strings.TrimSuffix(parent.Path, "/") + "/" + r.Part
	if len(r.Path) > maxPath {
		return bad("The path of a resource can have at most %d characters.", maxPath)
	}
	if err := gateway.CheckTemplate(r.Path); err != nil {
		return bad("Invalid resource path specified: %s", r.Path)
	}
	return nil
}

func isVariable(part string) bool { return strings.HasPrefix(part, "{") }
func isGreedy(part string) bool   { return strings.HasSuffix(part, "+}") }

func (a *API) getResource(r store.Reader, call *bailiwick.Call, q *asked[GetResourceRequest]) (*Resource, error) {
	d, err := ownDefinition(r, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	res, err := d.resource(*q.in.ResourceId)
	if err != nil {
		return nil, err
	}
	return res.shown(slices.Contains(q.in.Embed, "methods")), nil
}

func (a *API) getResources(r store.Reader, call *bailiwick.Call, q *asked[GetResourcesRequest]) (*Resources, error) {
	d, err := ownDefinition(r, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	var ids []string
	for id := range d.Resources {
		ids = append(ids, id)
	}
	out := &Resources{Items: []Resource{}}
	ids, out.Position, err = pageOf(ids, q.in.Position, q.in.Limit)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		out.Items = append(out.Items, *d.Resources[id].shown(slices.Contains(q.in.Embed, "methods")))
	}
	return out, nil
}

func (a *API) updateResource(tx store.Tx, call *bailiwick.Call, q *asked[UpdateResourceRequest]) (*Resource, error) {
	api := *q.in.RestApiId
	d, err := ownDefinition(tx, call, api)
	if err != nil {
		return nil, err
	}
	r, err := d.resource(*q.in.ResourceId)
	if err != nil {
		return nil, err
	}
	err = patched(q.in.PatchOperations, func(p patch) error {
		switch {
		case r.Parent == "":
			return bad("Root resource cannot be updated")
		case p.is("/pathPart"):
			r.Part = p.value
		case p.is("/parentId"):
			r.Parent = p.value
		default:
			return p.refused("/parentId", "/pathPart")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if r.Parent != "" {
		if err := d.move(r); err != nil {
			return nil, err
		}
	}
	if err := putDefinition(tx, api, d); err != nil {
		return nil, err
	}
	return r.shown(false), nil
}

// move places a resource that has another name or parent, and all below it.
func (d *definition) move(r *resource) error {
	if slices.Contains(d.below(r.ID), r.Parent) {
		return bad("A resource cannot be its own ancestor.")
	}
	if err := d.place(r); err != nil {
		return err
	}
	for _, id := range d.below(r.ID)[1:] { // parents come before their children
		if err := d.place(d.Resources[id]); err != nil {
			return err
		}
	}
	return nil
}

// below lists a resource and everything below it, parents first. A resource that a
// request put below itself is listed once.
func (d *definition) below(id string) []string {
	out := []string{id}
	for i := 0; i < len(out); i++ {
		for _, r := range d.Resources {
			if r.Parent == out[i] && r.ID != id {
				out = append(out, r.ID)
			}
		}
	}
	return out
}

// deleteResource removes a resource and everything below it.
func (a *API) deleteResource(tx store.Tx, call *bailiwick.Call, q *asked[DeleteResourceRequest]) (*noOutput, error) {
	api := *q.in.RestApiId
	d, err := ownDefinition(tx, call, api)
	if err != nil {
		return nil, err
	}
	r, err := d.resource(*q.in.ResourceId)
	if err != nil {
		return nil, err
	}
	if r.Parent == "" {
		return nil, bad("Can't delete root resource.")
	}
	for _, id := range d.below(r.ID) {
		delete(d.Resources, id)
	}
	return nil, putDefinition(tx, api, d)
}

// shown is a resource with its methods: their names alone, or whole.
func (r *resource) shown(whole bool) *Resource {
	out := &Resource{Id: &r.ID, ParentId: some(r.Parent), PathPart: some(r.Part), Path: &r.Path}
	for name, m := range r.Methods {
		shown := Method{}
		if whole {
			shown = *m.shown(name)
		}
		entry(&out.ResourceMethods, name, patch{op: opAdd}, shown)
	}
	return out
}
