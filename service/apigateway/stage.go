package apigateway

import (
	"fmt"
	"regexp"
	"sync"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// Limits of stages. Source: Developer Guide, "Amazon API Gateway quotas".
const (
	maxStages        = 10
	maxVariables     = 100
	maxVariableName  = 64
	maxVariableValue = 512
)

const smallestCache = "0.5" // GB, the default size

var (
	stageName     = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-zA-Z0-9_-]{1,128}$`) })
	variableName  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_]+$`) })
	variableValue = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9._~:/?#&=,-]*$`) })
)

// newStage makes a stage that is not stored yet, if there is room for it.
func newStage(tx store.Tx, call *bailiwick.Call, api *restAPI, name string) (*stage, error) {
	if !stageName().MatchString(name) {
		return nil, bad("Stage name only allows a-zA-Z0-9_")
	}
	stages, err := lastParts(tx, space, "stage", api.ID)
	if err != nil {
		return nil, err
	}
	if len(stages) >= maxStages {
		return nil, limit("Maximum number of stages for this API has been reached. Please contact AWS if you need additional stages.")
	}
	return &stage{API: api.ID, Account: api.Account, Region: api.Region, Name: name, Created: call.Time, Updated: call.Time}, nil
}

func (s *stage) setCache(enabled *bool, size *string) {
	if enabled != nil {
		s.Cache = *enabled
	}
	if size != nil {
		s.CacheSize = *size
	}
	if s.Cache && s.CacheSize == "" {
		s.CacheSize = smallestCache
	}
}

// right holds a stage to the rules for its members.
func (s *stage) right() error {
	if len(s.Description) > maxText || len(s.LogTarget) > maxText || len(s.LogFormat) > 3*maxText {
		return bad("A description can have at most %d characters.", maxText)
	}
	if len(s.Variables) > maxVariables || len(s.Settings) > 2*maxResources {
		return bad("A stage can have at most %d variables.", maxVariables)
	}
	for name, value := range s.Variables {
		if !variableName().MatchString(name) || len(name) > maxVariableName {
			return bad("Stage variable names only allow alphanumeric characters and underscores: %s", clip(name))
		}
		if !variableValue().MatchString(value) || len(value) > maxVariableValue {
			return bad("Invalid stage variable value specified. Values must match [A-Za-z0-9-._~:/?#&=,]+: %s", clip(value))
		}
	}
	return rightTags(s.Tags)
}

func (a *API) createStage(tx store.Tx, call *bailiwick.Call, q *asked[CreateStageRequest]) (*Stage, error) {
	in := q.in
	api, err := ownAPI(tx, call, *in.RestApiId)
	if err != nil {
		return nil, err
	}
	if in.CanarySettings != nil {
		return nil, noCanaries()
	}
	if _, err := getDeployment(tx, api.ID, *in.DeploymentId); isNotFound(err) {
		return nil, errDeploymentMissing
	} else if err != nil {
		return nil, err
	}
	if _, err := ownStage(tx, call, api.ID, *in.StageName); !isNotFound(err) {
		if err == nil {
			err = errStageExists
		}
		return nil, err
	}
	s, err := newStage(tx, call, api, *in.StageName)
	if err != nil {
		return nil, err
	}
	s.Deployment, s.Description, s.Variables, s.Tags = *in.DeploymentId, deref(in.Description), in.Variables, in.Tags
	s.Tracing, s.Documentation = deref(in.TracingEnabled), deref(in.DocumentationVersion)
	s.setCache(in.CacheClusterEnabled, in.CacheClusterSize)
	if err := s.right(); err != nil {
		return nil, err
	}
	if err := putStage(tx, s); err != nil {
		return nil, err
	}
	return s.shown(), nil
}

func (a *API) getStage(r store.Reader, call *bailiwick.Call, q *asked[GetStageRequest]) (*Stage, error) {
	s, err := ownStage(r, call, *q.in.RestApiId, *q.in.StageName)
	if err != nil {
		return nil, err
	}
	return s.shown(), nil
}

func stagesOf(r store.Reader, api string) ([]*stage, error) {
	var out []*stage
	from, to := store.Prefix(space, "stage", api)
	for item, err := range store.ScanJSON[stage](r, from, to, false) {
		if err != nil {
			return nil, fmt.Errorf("listing the stages of API %s: %w", api, err)
		}
		out = append(out, &item.Value)
	}
	return out, nil
}

func (a *API) getStages(r store.Reader, call *bailiwick.Call, q *asked[GetStagesRequest]) (*Stages, error) {
	api, err := ownAPI(r, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	stages, err := stagesOf(r, api.ID)
	if err != nil {
		return nil, err
	}
	out := &Stages{Item: []Stage{}}
	for _, s := range stages {
		if q.in.DeploymentId == nil || *q.in.DeploymentId == s.Deployment {
			out.Item = append(out.Item, *s.shown())
		}
	}
	return out, nil
}

func (a *API) updateStage(tx store.Tx, call *bailiwick.Call, q *asked[UpdateStageRequest]) (*Stage, error) {
	s, err := ownStage(tx, call, *q.in.RestApiId, *q.in.StageName)
	if err != nil {
		return nil, err
	}
	err = patched(q.in.PatchOperations, func(p patch) error {
		if p.is("/deploymentId") {
			if _, err := getDeployment(tx, s.API, p.value); isNotFound(err) {
				return errDeploymentMissing
			} else if err != nil {
				return err
			}
		}
		return s.patch(p)
	})
	if err != nil {
		return nil, err
	}
	s.Updated = call.Time
	if err := s.right(); err != nil {
		return nil, err
	}
	if err := putStage(tx, s); err != nil {
		return nil, err
	}
	return s.shown(), nil
}

func (s *stage) patch(p patch) (err error) {
	if name, ok := p.key("variables"); ok {
		entry(&s.Variables, name, p, p.value)
		return nil
	}
	if p.parts[0] == "canarySettings" {
		return noCanaries()
	}
	switch {
	case p.is("/deploymentId"):
		s.Deployment = p.value
	case p.is("/description"):
		s.Description = p.value
	case p.is("/documentationVersion"):
		s.Documentation = p.value
	case p.is("/cacheClusterEnabled"):
		var on bool
		on, err = p.bool()
		s.setCache(&on, nil)
	case p.is("/cacheClusterSize"):
		s.CacheSize, err = cacheSize(p)
	case p.is("/tracingEnabled"):
		s.Tracing, err = p.bool()
	case p.path == "/accessLogSettings/destinationArn" && p.op != opRemove:
		s.LogTarget = p.value
	case p.path == "/accessLogSettings/format" && p.op != opRemove:
		s.LogFormat = p.value
	case p.path == "/accessLogSettings" && p.op == opRemove:
		s.LogTarget, s.LogFormat = "", ""
	case p.is("/clientCertificateId"):
		if p.value != "" {
			return bad("Client certificates are not offered.")
		}
	default:
		return s.patchSetting(p)
	}
	return err
}

func cacheSize(p patch) (string, error) {
	switch p.value {
	case "0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237":
		return p.value, nil
	}
	return "", p.badValue()
}

func (a *API) deleteStage(tx store.Tx, call *bailiwick.Call, q *asked[DeleteStageRequest]) (*noOutput, error) {
	s, err := ownStage(tx, call, *q.in.RestApiId, *q.in.StageName)
	if err != nil {
		return nil, err
	}
	return nil, tx.Delete(stageKey(s.API, s.Name))
}

// flushStageCache makes every kept answer of the stage unfindable.
func (a *API) flushStageCache(tx store.Tx, call *bailiwick.Call, q *asked[FlushStageCacheRequest]) (*noOutput, error) {
	s, err := ownStage(tx, call, *q.in.RestApiId, *q.in.StageName)
	if err != nil {
		return nil, err
	}
	s.Epoch++
	return nil, putStage(tx, s)
}

// flushStageAuthorizersCache has nothing to do: tokens are verified with each
// request.
func (a *API) flushStageAuthorizersCache(r store.Reader, call *bailiwick.Call, q *asked[FlushStageAuthorizersCacheRequest]) (*noOutput, error) {
	_, err := ownStage(r, call, *q.in.RestApiId, *q.in.StageName)
	return nil, err
}

func (s *stage) shown() *Stage {
	status := "NOT_AVAILABLE"
	if s.Cache {
		status = statusAvailable
	}
	out := &Stage{
		StageName: &s.Name, DeploymentId: &s.Deployment, Description: some(s.Description), CreatedDate: seconds(s.Created), LastUpdatedDate: seconds(s.Updated),
		Variables: s.Variables, CacheClusterEnabled: &s.Cache, CacheClusterSize: some(s.CacheSize), CacheClusterStatus: &status,
		TracingEnabled: &s.Tracing, DocumentationVersion: some(s.Documentation), Tags: s.Tags, MethodSettings: map[string]MethodSetting{},
	}
	if s.LogTarget != "" || s.LogFormat != "" {
		out.AccessLogSettings = &AccessLogSettings{DestinationArn: some(s.LogTarget), Format: some(s.LogFormat)}
	}
	for key, m := range s.Settings {
		out.MethodSettings[key] = m.shown()
	}
	return out
}
