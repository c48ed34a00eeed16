package apigateway

import (
	"fmt"
	"slices"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// createDeployment copies what was edited. The copy never changes; a stage that is
// named serves it from the end of the transaction on.
func (a *API) createDeployment(tx store.Tx, call *bailiwick.Call, q *asked[CreateDeploymentRequest]) (*Deployment, error) {
	in := q.in
	api, err := ownAPI(tx, call, *in.RestApiId)
	if err != nil {
		return nil, err
	}
	d, err := ownDefinition(tx, call, api.ID)
	if err != nil {
		return nil, err
	}
	if in.CanarySettings != nil {
		return nil, noCanaries()
	}
	if err := d.complete(); err != nil {
		return nil, err
	}
	made := &deployment{ID: q.ids[0], Description: deref(in.Description), Created: call.Time}
	if _, err := tx.Get(deploymentKey(api.ID, made.ID)); err == nil {
		return nil, fmt.Errorf("the id %s was drawn twice", made.ID)
	}
	if len(made.Description) > maxText {
		return nil, bad("A description can have at most %d characters.", maxText)
	}
	s := &snapshot{Policy: api.Policy, Disabled: api.Disabled, BinaryTypes: api.BinaryTypes, Definition: *d}
	if err := store.PutJSON(tx, snapshotKey(api.ID, made.ID), s); err != nil {
		return nil, err
	}
	if err := store.PutJSON(tx, deploymentKey(api.ID, made.ID), made); err != nil {
		return nil, err
	}
	if name := deref(in.StageName); name != "" {
		if err := deployTo(tx, call, api, name, made.ID, in); err != nil {
			return nil, err
		}
	}
	return made.shown(nil), nil
}

func noCanaries() error { return bad("Canary deployments are not offered.") }

// complete tells whether there is something to serve, and an answer for all of it.
func (d *definition) complete() error {
	methods := 0
	for _, r := range d.Resources {
		for _, m := range r.Methods {
			methods++
			if m.Integration == nil {
				return errNoMethodIntegration
			}
		}
	}
	if methods == 0 {
		return errNoMethods
	}
	return nil
}

// deployTo points a stage at a new deployment, and makes it if it is not there.
// What the request does not say about a stage stays as it is.
func deployTo(tx store.Tx, call *bailiwick.Call, api *restAPI, name, deployed string, in *CreateDeploymentRequest) error {
	s, err := ownStage(tx, call, api.ID, name)
	if isNotFound(err) {
		if s, err = newStage(tx, call, api, name); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	s.Deployment, s.Updated = deployed, call.Time
	if in.StageDescription != nil {
		s.Description = *in.StageDescription
	}
	if in.Variables != nil {
		s.Variables = in.Variables
	}
	if in.TracingEnabled != nil {
		s.Tracing = *in.TracingEnabled
	}
	s.setCache(in.CacheClusterEnabled, in.CacheClusterSize)
	if err := s.right(); err != nil {
		return err
	}
	return putStage(tx, s)
}

func (a *API) getDeployment(r store.Reader, call *bailiwick.Call, q *asked[GetDeploymentRequest]) (*Deployment, error) {
	api, err := ownAPI(r, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	d, err := getDeployment(r, api.ID, *q.in.DeploymentId)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(q.in.Embed, "apisummary") {
		return d.shown(nil), nil
	}
	s, err := getSnapshot(r, api.ID, d.ID)
	if err != nil {
		return nil, err
	}
	return d.shown(s), nil
}

func getSnapshot(r store.Reader, api, id string) (*snapshot, error) {
	return get[snapshot](r, snapshotKey(api, id), fmt.Errorf("deployment %s of API %s has no snapshot", id, api), "the snapshot "+id+" of API "+api)
}

func (a *API) getDeployments(r store.Reader, call *bailiwick.Call, q *asked[GetDeploymentsRequest]) (*Deployments, error) {
	api, err := ownAPI(r, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	ids, err := lastParts(r, space, "deployment", api.ID)
	if err != nil {
		return nil, err
	}
	out := &Deployments{Items: []Deployment{}}
	ids, out.Position, err = pageOf(ids, q.in.Position, q.in.Limit)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		d, err := getDeployment(r, api.ID, id)
		if err != nil {
			return nil, fmt.Errorf("listing deployments: %w", err)
		}
		out.Items = append(out.Items, *d.shown(nil))
	}
	return out, nil
}

func (a *API) updateDeployment(tx store.Tx, call *bailiwick.Call, q *asked[UpdateDeploymentRequest]) (*Deployment, error) {
	api, err := ownAPI(tx, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	d, err := getDeployment(tx, api.ID, *q.in.DeploymentId)
	if err != nil {
		return nil, err
	}
	err = patched(q.in.PatchOperations, func(p patch) error {
		if !p.is("/description") {
			return p.refused("/description")
		}
		d.Description = p.value
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(d.Description) > maxText {
		return nil, bad("A description can have at most %d characters.", maxText)
	}
	if err := store.PutJSON(tx, deploymentKey(api.ID, d.ID), d); err != nil {
		return nil, err
	}
	return d.shown(nil), nil
}

func (a *API) deleteDeployment(tx store.Tx, call *bailiwick.Call, q *asked[DeleteDeploymentRequest]) (*noOutput, error) {
	api, err := ownAPI(tx, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	d, err := getDeployment(tx, api.ID, *q.in.DeploymentId)
	if err != nil {
		return nil, err
	}
	stages, err := stagesOf(tx, api.ID)
	if err != nil {
		return nil, err
	}
	for _, s := range stages {
		if s.Deployment == d.ID {
			return nil, errActiveStages
		}
	}
	if err := tx.Delete(snapshotKey(api.ID, d.ID)); err != nil {
		return nil, err
	}
	return nil, tx.Delete(deploymentKey(api.ID, d.ID))
}

// shown is a deployment, with the methods of its snapshot unless that is nil.
func (d *deployment) shown(s *snapshot) *Deployment {
	out := &Deployment{Id: &d.ID, Description: some(d.Description), CreatedDate: seconds(d.Created)}
	if s == nil {
		return out
	}
	out.ApiSummary = map[string]map[string]MethodSnapshot{}
	for _, r := range s.Definition.Resources {
		methods := map[string]MethodSnapshot{}
		for name, m := range r.Methods {
			key := false
			methods[name] = MethodSnapshot{AuthorizationType: &m.Authorization, ApiKeyRequired: &key}
		}
		if len(methods) > 0 {
			out.ApiSummary[r.Path] = methods
		}
	}
	return out
}
