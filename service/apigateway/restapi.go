package apigateway

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// Limits of an API. Source: Developer Guide, "Amazon API Gateway quotas".
const (
	maxAPIs        = 600
	maxText        = 1024     // characters of names and descriptions
	maxCompression = 10 << 20 // bytes, of minimumCompressionSize
	maxBinaryTypes = 100
)

// Values of the API.
const (
	endpointEdge     = "EDGE"
	endpointRegional = "REGIONAL"
	endpointPrivate  = "PRIVATE"
	statusAvailable  = "AVAILABLE"
)

func (a *API) createRestAPI(tx store.Tx, call *bailiwick.Call, q *asked[CreateRestApiRequest]) (*RestApi, error) {
	in := q.in
	switch {
	case in.CloneFrom != nil:
		return nil, bad("Cloning an API is not offered.")
	case in.SecurityPolicy != nil || deref(in.EndpointAccessMode) == "STRICT":
		return nil, bad("Security policies of endpoints are not offered.")
	}
	r := &restAPI{
		ID: q.ids[0], Account: call.Account, Region: call.Region, Root: q.ids[1], Created: call.Time,
		Name: *in.Name, Description: deref(in.Description), Version: deref(in.Version), Tags: in.Tags,
		KeySource: "HEADER", EndpointType: endpointEdge, IPAddressType: "ipv4",
		Disabled: deref(in.DisableExecuteApiEndpoint), Compression: in.MinimumCompressionSize, BinaryTypes: in.BinaryMediaTypes,
	}
	if in.ApiKeySource != nil {
		r.KeySource = *in.ApiKeySource
	}
	if err := r.setEndpoint(in.EndpointConfiguration); err != nil {
		return nil, err
	}
	if text := deref(in.Policy); text != "" {
		full, err := rightPolicy(call, r.ID, text)
		if err != nil {
			return nil, err
		}
		r.Policy = full
	}
	if err := r.right(); err != nil {
		return nil, err
	}
	if err := roomForAPI(tx, r); err != nil {
		return nil, err
	}
	root := &resource{ID: r.Root, Path: "/"}
	if err := putDefinition(tx, r.ID, &definition{Resources: map[string]*resource{r.Root: root}}); err != nil {
		return nil, err
	}
	if err := putAPI(tx, r); err != nil {
		return nil, err
	}
	return r.shown(), nil
}

// roomForAPI holds the account to its number of APIs, and ids to one use.
func roomForAPI(tx store.Tx, r *restAPI) error {
	if _, err := tx.Get(apiKey(r.ID)); err == nil {
		return fmt.Errorf("the id %s was drawn twice", r.ID)
	}
	ids, err := lastParts(tx, space, "account", r.Account, r.Region)
	if err != nil {
		return err
	}
	if len(ids) >= maxAPIs {
		return limit("Maximum number of REST APIs for this account has been reached. Please contact AWS if you need additional APIs.")
	}
	return nil
}

func (r *restAPI) setEndpoint(c *EndpointConfiguration) error {
	if c == nil {
		return nil
	}
	if len(c.VpcEndpointIds) > 0 {
		return bad("VPC endpoints are not offered.")
	}
	if len(c.Types) > 1 {
		return bad("Only one endpoint type can be specified.")
	}
	if len(c.Types) == 1 {
		r.EndpointType = c.Types[0]
	}
	if c.IpAddressType != nil {
		r.IPAddressType = *c.IpAddressType
	}
	return nil
}

// right holds an API to the rules for its members.
func (r *restAPI) right() error {
	switch {
	case strings.TrimSpace(r.Name) == "":
		return bad("REST API name cannot be blank")
	case len(r.Name) > maxText || len(r.Description) > maxText || len(r.Version) > maxText:
		return bad("A name, description or version can have at most %d characters.", maxText)
	case r.EndpointType == endpointPrivate:
		// Served like the others, it would be open to those whom it is meant to shut out.
		return bad("Private APIs are not offered.")
	case r.EndpointType != endpointEdge && r.EndpointType != endpointRegional:
		return bad("Invalid endpoint type specified: %s", clip(r.EndpointType))
	case r.IPAddressType != "ipv4" && r.IPAddressType != "dualstack":
		return bad("Invalid IP address type specified: %s", clip(r.IPAddressType))
	case r.KeySource != "HEADER" && r.KeySource != "AUTHORIZER":
		return bad("Invalid API key source specified: %s", clip(r.KeySource))
	case r.Compression != nil && (*r.Compression < 0 || *r.Compression > maxCompression):
		return bad("Invalid minimum compression size, must be between 0 and 10485760")
	case len(r.BinaryTypes) > maxBinaryTypes:
		return bad("An API can have at most %d binary media types.", maxBinaryTypes)
	}
	for _, t := range r.BinaryTypes {
		if strings.Count(t, "/") != 1 || len(t) > 256 {
			return bad("Invalid media type specified: %s", clip(t))
		}
	}
	return rightTags(r.Tags)
}

func (a *API) getRestAPI(r store.Reader, call *bailiwick.Call, q *asked[GetRestApiRequest]) (*RestApi, error) {
	api, err := ownAPI(r, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	return api.shown(), nil
}

func (a *API) getRestAPIs(r store.Reader, call *bailiwick.Call, q *asked[GetRestApisRequest]) (*RestApis, error) {
	ids, err := lastParts(r, space, "account", call.Account, call.Region)
	if err != nil {
		return nil, err
	}
	out := &RestApis{Items: []RestApi{}}
	ids, out.Position, err = pageOf(ids, q.in.Position, q.in.Limit)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		api, err := ownAPI(r, call, id)
		if err != nil {
			return nil, fmt.Errorf("listing APIs: %w", err)
		}
		out.Items = append(out.Items, *api.shown())
	}
	return out, nil
}

func (a *API) updateRestAPI(tx store.Tx, call *bailiwick.Call, q *asked[UpdateRestApiRequest]) (*RestApi, error) {
	api, err := ownAPI(tx, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	if err := patched(q.in.PatchOperations, func(p patch) error { return api.patch(call, p) }); err != nil {
		return nil, err
	}
	if err := api.right(); err != nil {
		return nil, err
	}
	if err := putAPI(tx, api); err != nil {
		return nil, err
	}
	return api.shown(), nil
}

func (r *restAPI) patch(call *bailiwick.Call, p patch) (err error) {
	if name, ok := p.key("binaryMediaTypes"); ok {
		element(&r.BinaryTypes, name, p)
		if p.op == opReplace && p.given && p.value != "" && p.value != name {
			element(&r.BinaryTypes, name, patch{op: opRemove})
			element(&r.BinaryTypes, p.value, p)
		}
		return nil
	}
	if p.path == "/policy" && p.op != opAdd {
		r.Policy = ""
		if p.op == opReplace && p.value != "" {
			r.Policy, err = rightPolicy(call, r.ID, p.value)
		}
		return err
	}
	switch {
	case p.is("/name"):
		r.Name = p.value
	case p.is("/description"):
		r.Description = p.value
	case p.is("/version"):
		r.Version = p.value
	case p.is("/apiKeySource"):
		r.KeySource = p.value
	case p.is("/disableExecuteApiEndpoint"):
		r.Disabled, err = p.bool()
	case p.is("/minimumCompressionSize"):
		r.Compression = nil
		if p.value != "" {
			var n int32
			n, err = p.int(0, maxCompression)
			r.Compression = &n
		}
	case p.is("/endpointConfiguration/ipAddressType"):
		r.IPAddressType = p.value
	case p.op == opReplace && len(p.parts) == 3 && p.parts[0] == "endpointConfiguration" && p.parts[1] == "types":
		r.EndpointType = p.value
	default:
		return p.refused("/name", "/description", "/policy", "/version", "/apiKeySource", "/disableExecuteApiEndpoint", "/minimumCompressionSize",
			"/binaryMediaTypes/{type}", "/endpointConfiguration/types/{type}", "/endpointConfiguration/ipAddressType")
	}
	return err
}

// deleteRestAPI removes an API with all its parts. Whatever is served of it ends
// with the transaction.
func (a *API) deleteRestAPI(tx store.Tx, call *bailiwick.Call, q *asked[DeleteRestApiRequest]) (*noOutput, error) {
	api, err := ownAPI(tx, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	keys := [][]byte{apiKey(api.ID), accountKey(api), definitionKey(api.ID)}
	for _, kind := range []string{"deployment", "snapshot", "stage"} {
		from, to := store.Prefix(space, kind, api.ID)
		for e, err := range tx.Scan(from, to, false) {
			if err != nil {
				return nil, err
			}
			keys = append(keys, slices.Clone(e.Key))
		}
	}
	for _, k := range keys {
		if err := tx.Delete(k); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

type noOutput struct{}

func (r *restAPI) shown() *RestApi {
	status := statusAvailable
	return &RestApi{
		Id: &r.ID, Name: &r.Name, Description: some(r.Description), Version: some(r.Version), CreatedDate: seconds(r.Created),
		RootResourceId: &r.Root, ApiKeySource: &r.KeySource, ApiStatus: &status, DisableExecuteApiEndpoint: &r.Disabled,
		EndpointConfiguration:  &EndpointConfiguration{Types: []string{r.EndpointType}, IpAddressType: &r.IPAddressType},
		MinimumCompressionSize: r.Compression, BinaryMediaTypes: r.BinaryTypes, Policy: shownPolicy(r.Policy), Tags: r.Tags,
	}
}

// importRestAPI and putRestAPI say that there is no import.
func (a *API) importRestAPI(store.Reader, *bailiwick.Call, *asked[ImportRestApiRequest]) (*RestApi, error) {
	return nil, errNoImport
}

func (a *API) putRestAPI(r store.Reader, call *bailiwick.Call, q *asked[PutRestApiRequest]) (*RestApi, error) {
	if _, err := ownAPI(r, call, *q.in.RestApiId); err != nil {
		return nil, err
	}
	return nil, errNoImport
}
