package apigatewayv2

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// maxDeployments bounds what is kept of one API.
const maxDeployments = 1000

// copyOf is what would be served of the API now.
func (x *api) copyOf(id string, now time.Time) *deployment {
	return &deployment{ID: id, Created: now, CORS: x.CORS, Routes: x.Routes, Integrations: x.Integrations, Authorizers: x.Authorizers}
}

// autoDeploy makes a deployment and gives it to the stages that want every one.
// What such stages had before, and no other has, is forgotten.
func (x *api) autoDeploy(tx store.Tx, id string, now time.Time) error {
	old := map[string]bool{}
	used := false
	for _, s := range x.Stages {
		if s.AutoDeploy {
			old[s.Deployment], used = true, true
			s.Deployment = id
		}
	}
	if !used {
		return nil
	}
	for _, s := range x.Stages {
		delete(old, s.Deployment)
	}
	for gone := range old {
		d, err := store.GetJSON[deployment](tx, deploymentKey(x.ID, gone))
		if errors.Is(err, store.ErrNotFound) || err == nil && !d.Auto {
			continue
		}
		if err == nil {
			err = tx.Delete(deploymentKey(x.ID, gone))
		}
		if err != nil {
			return fmt.Errorf("forgetting the deployment %s: %w", gone, err)
		}
	}
	d := x.copyOf(id, now)
	d.Auto, d.Description = true, ref("Automatic deployment triggered by changes to the Api configuration")
	return store.PutJSON(tx, deploymentKey(x.ID, id), d)
}

// deployments reads those of an API, by id.
func deployments(r store.Reader, api string) ([]*deployment, error) {
	var out []*deployment
	from, to := store.Prefix("apigatewayv2", "deployment", api)
	for item, err := range store.ScanJSON[deployment](r, from, to, false) {
		if err != nil {
			return nil, fmt.Errorf("reading the deployments of %s: %w", api, err)
		}
		out = append(out, &item.Value)
	}
	return out, nil
}

func (a *API) createDeployment(ctx context.Context, call *bailiwick.Call, in *CreateDeploymentRequest) (*CreateDeploymentResponse, error) {
	if err := checkText("description", in.Description, 1024); err != nil {
		return nil, err
	}
	id, err := a.newID(6)
	if err != nil {
		return nil, err
	}
	var out CreateDeploymentResponse
	err = a.change(ctx, call, in.ApiId, false, func(tx store.Tx, x *api) error {
		all, err := deployments(tx, x.ID)
		if err != nil {
			return err
		}
		if len(all) >= maxDeployments {
			return bad("Maximum number of Deployments for this API has been reached.")
		}
		if len(x.Routes) == 0 {
			return bad("At least one route is required before deploying the Api.")
		}
		if in.StageName != nil {
			s := x.Stages[*in.StageName]
			switch {
			case s == nil:
				return errNo("Stage", *in.StageName)
			case s.AutoDeploy:
				return bad("Deployment cannot be created for a stage with auto deploy enabled.")
			}
			s.Deployment, s.Updated = id, call.Time
		}
		d := x.copyOf(id, call.Time)
		text(&d.Description, in.Description)
		out = CreateDeploymentResponse(d.shape())
		return store.PutJSON(tx, deploymentKey(x.ID, id), d)
	})
	return &out, err
}

// deploymentOf reads one deployment.
func deploymentOf(r store.Reader, x *api, id string) (*deployment, error) {
	d, err := store.GetJSON[deployment](r, deploymentKey(x.ID, id))
	if errors.Is(err, store.ErrNotFound) {
		return nil, errNo("Deployment", id)
	}
	return &d, err
}

func (a *API) getDeployment(ctx context.Context, call *bailiwick.Call, in *GetDeploymentRequest) (*GetDeploymentResponse, error) {
	var out GetDeploymentResponse
	err := a.read(ctx, call, in.ApiId, func(r store.Reader, x *api) error {
		d, err := deploymentOf(r, x, *in.DeploymentId)
		if err == nil {
			out = GetDeploymentResponse(d.shape())
		}
		return err
	})
	return &out, err
}

func (a *API) getDeployments(ctx context.Context, call *bailiwick.Call, in *GetDeploymentsRequest) (*GetDeploymentsResponse, error) {
	out := &GetDeploymentsResponse{Items: []Deployment{}}
	err := a.read(ctx, call, in.ApiId, func(r store.Reader, x *api) error {
		all, err := deployments(r, x.ID)
		if err != nil {
			return err
		}
		some, next, err := page(all, in.MaxResults, in.NextToken, func(d *deployment) string { return d.ID })
		out.NextToken = next
		for _, d := range some {
			out.Items = append(out.Items, d.shape())
		}
		return err
	})
	return out, err
}

func (a *API) updateDeployment(ctx context.Context, call *bailiwick.Call, in *UpdateDeploymentRequest) (*UpdateDeploymentResponse, error) {
	if err := checkText("description", in.Description, 1024); err != nil {
		return nil, err
	}
	var out UpdateDeploymentResponse
	err := a.change(ctx, call, in.ApiId, false, func(tx store.Tx, x *api) error {
		d, err := deploymentOf(tx, x, *in.DeploymentId)
		if err != nil {
			return err
		}
		text(&d.Description, in.Description)
		out = UpdateDeploymentResponse(d.shape())
		return store.PutJSON(tx, deploymentKey(x.ID, d.ID), d)
	})
	return &out, err
}

func (a *API) deleteDeployment(ctx context.Context, call *bailiwick.Call, in *DeleteDeploymentRequest) (*struct{}, error) {
	return nil, a.change(ctx, call, in.ApiId, false, func(tx store.Tx, x *api) error {
		if _, err := deploymentOf(tx, x, *in.DeploymentId); err != nil {
			return err
		}
		for _, s := range sorted(x.Stages) {
			if s.Deployment == *in.DeploymentId {
				return bad("Active stages pointing to this deployment must be moved or deleted")
			}
		}
		return tx.Delete(deploymentKey(x.ID, *in.DeploymentId))
	})
}

func (d *deployment) shape() Deployment {
	return Deployment{
		DeploymentId: &d.ID, AutoDeployed: &d.Auto, CreatedDate: &d.Created, DeploymentStatus: ref("DEPLOYED"), Description: d.Description,
	}
}
