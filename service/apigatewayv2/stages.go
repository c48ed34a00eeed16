package apigatewayv2

import (
	"context"
	"errors"
	"regexp"
	"sync"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/store"
)

// A stageWish is what CreateStage and UpdateStage have in common.
type stageWish struct {
	auto                    *bool
	deployment, description *string
	variables               map[string]string
	defaults                *RouteSettings
	routes                  map[string]RouteSettings
	log                     *AccessLogSettings
	certificate             *string
}

// isStage tells whether name may be a stage's. It is a segment of paths and ARNs.
func isStage(name string) bool {
	if name == gateway.DefaultStage {
		return true
	}
	for _, c := range []byte(name) {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-') {
			return false
		}
	}
	return name != "" && len(name) <= 128
}

// Source: API Gateway V2 API Reference, CreateStage, stageVariables.
var (
	variableName  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_]{1,128}$`) })
	variableValue = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9\-._~:/?#&=,]*$`) })
)

func (w *stageWish) apply(tx store.Tx, x *api, s *stage) error {
	if or(w.certificate, "") != "" {
		return notOffered("Client certificates of stages")
	}
	if err := checkText("description", w.description, 1024); err != nil {
		return err
	}
	for k, v := range w.variables {
		if !variableName().MatchString(k) || len(v) > 2048 || !variableValue().MatchString(v) {
			return bad("Invalid stage variable %.128q", k)
		}
	}
	if w.deployment != nil {
		if s.AutoDeploy && w.auto == nil || truth(w.auto) {
			return bad("Deployment ID cannot be set on a stage with auto deploy enabled.")
		}
		if err := exists(tx, x.ID, *w.deployment); err != nil {
			return err
		}
		s.Deployment = *w.deployment
	}
	set(&s.AutoDeploy, w.auto)
	text(&s.Description, w.description)
	if w.variables != nil {
		s.Variables = w.variables
	}
	if w.defaults != nil {
		s.Default = ref(settingsOf(*w.defaults))
	}
	for key, v := range w.routes {
		put(&s.Routes, key, settingsOf(v))
	}
	if w.log != nil {
		s.Log = w.log
	}
	return nil
}

func settingsOf(v RouteSettings) settings {
	return settings{Trace: v.DataTraceEnabled, Metrics: v.DetailedMetricsEnabled, Logging: v.LoggingLevel, Burst: v.ThrottlingBurstLimit, Rate: v.ThrottlingRateLimit}
}

func (s settings) shape() RouteSettings {
	return RouteSettings{DataTraceEnabled: s.Trace, DetailedMetricsEnabled: ref(truth(s.Metrics)), LoggingLevel: s.Logging, ThrottlingBurstLimit: s.Burst, ThrottlingRateLimit: s.Rate}
}

func exists(r store.Reader, api, id string) error {
	_, err := r.Get(deploymentKey(api, id))
	if errors.Is(err, store.ErrNotFound) {
		return errNo("Deployment", id)
	}
	return err
}

func (a *API) createStage(ctx context.Context, call *bailiwick.Call, in *CreateStageRequest) (*CreateStageResponse, error) {
	w := stageWish{
		auto: in.AutoDeploy, deployment: in.DeploymentId, description: in.Description, variables: in.StageVariables, defaults: in.DefaultRouteSettings,
		routes: in.RouteSettings, log: in.AccessLogSettings, certificate: in.ClientCertificateId,
	}
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	if !isStage(*in.StageName) {
		return nil, bad("Stage name only allows a-zA-Z0-9_- and $default")
	}
	s := new(stage)
	err := a.change(ctx, call, in.ApiId, true, func(tx store.Tx, x *api) error {
		*s = stage{Name: *in.StageName, Created: call.Time, Updated: call.Time, Tags: in.Tags}
		switch {
		case x.Stages[s.Name] != nil:
			return conflict("Stage already exists")
		case len(x.Stages) >= maxStages:
			return bad("Maximum number of Stages for this API has been reached. Please contact AWS if you need additional Stages.")
		}
		put(&x.Stages, s.Name, s)
		return w.apply(tx, x, s)
	})
	out := CreateStageResponse(s.shape())
	return &out, err
}

func (a *API) getStage(ctx context.Context, call *bailiwick.Call, in *GetStageRequest) (*GetStageResponse, error) {
	var out GetStageResponse
	err := a.read(ctx, call, in.ApiId, func(_ store.Reader, x *api) error {
		s := x.Stages[*in.StageName]
		if s == nil {
			return errNo("Stage", *in.StageName)
		}
		out = GetStageResponse(s.shape())
		return nil
	})
	return &out, err
}

func (a *API) getStages(ctx context.Context, call *bailiwick.Call, in *GetStagesRequest) (*GetStagesResponse, error) {
	out := &GetStagesResponse{Items: []Stage{}}
	err := a.read(ctx, call, in.ApiId, func(_ store.Reader, x *api) error {
		some, next, err := page(sorted(x.Stages), in.MaxResults, in.NextToken, func(s *stage) string { return s.Name })
		out.NextToken = next
		for _, s := range some {
			out.Items = append(out.Items, s.shape())
		}
		return err
	})
	return out, err
}

func (a *API) updateStage(ctx context.Context, call *bailiwick.Call, in *UpdateStageRequest) (*UpdateStageResponse, error) {
	w := stageWish{
		auto: in.AutoDeploy, deployment: in.DeploymentId, description: in.Description, variables: in.StageVariables, defaults: in.DefaultRouteSettings,
		routes: in.RouteSettings, log: in.AccessLogSettings, certificate: in.ClientCertificateId,
	}
	s := new(stage)
	err := a.change(ctx, call, in.ApiId, true, func(tx store.Tx, x *api) error {
		found := x.Stages[*in.StageName]
		if found == nil {
			return errNo("Stage", *in.StageName)
		}
		s = found
		s.Updated = call.Time
		return w.apply(tx, x, s)
	})
	out := UpdateStageResponse(s.shape())
	return &out, err
}

func (a *API) deleteStage(ctx context.Context, call *bailiwick.Call, in *DeleteStageRequest) (*struct{}, error) {
	return nil, a.change(ctx, call, in.ApiId, false, func(_ store.Tx, x *api) error {
		if x.Stages[*in.StageName] == nil {
			return errNo("Stage", *in.StageName)
		}
		delete(x.Stages, *in.StageName)
		return nil
	})
}

func (s *stage) shape() Stage {
	out := Stage{
		StageName: &s.Name, AutoDeploy: &s.AutoDeploy, CreatedDate: &s.Created, LastUpdatedDate: &s.Updated, Description: s.Description,
		StageVariables: s.Variables, Tags: map[string]string{}, RouteSettings: map[string]RouteSettings{},
		DefaultRouteSettings: &RouteSettings{DetailedMetricsEnabled: ref(false)}, AccessLogSettings: s.Log,
	}
	if out.StageVariables == nil {
		out.StageVariables = map[string]string{}
	}
	for k, v := range s.Tags {
		out.Tags[k] = v
	}
	for k, v := range s.Routes {
		out.RouteSettings[k] = v.shape()
	}
	if s.Default != nil {
		out.DefaultRouteSettings = ref(s.Default.shape())
	}
	if s.Deployment != "" {
		out.DeploymentId = &s.Deployment
	}
	if s.Managed {
		out.ApiGatewayManaged = ref(true)
	}
	if s.AutoDeploy && s.Deployment != "" {
		out.LastDeploymentStatusMessage = ref("Successfully deployed stage with deployment ID '" + s.Deployment + "'")
	}
	return out
}
