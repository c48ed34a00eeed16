package runner

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Reserved tells whether a variable is Lambda's to set: a function's own must not
// have its name.
// Source: AWS Lambda Developer Guide, "Defined runtime environment variables".
func Reserved(name string) bool {
	return slices.Contains(reserved, name)
}

var reserved = []string{
	"_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME",
	"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME",
	"AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
	"AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR", "AWS_LAMBDA_MAX_CONCURRENCY", "AWS_LAMBDA_METADATA_API",
	"AWS_LAMBDA_METADATA_TOKEN",
}

// Variables that tell whose a process is: a function cannot set them.
const (
	streamVariable  = "AWS_LAMBDA_LOG_STREAM_NAME"
	runtimeVariable = "LAMBDA_RUNTIME_DIR"
)

// variables are everything that the process finds in its environment. Nothing is
// taken over from the server.
func (e *environment) variables(c Credentials) []string {
	f := e.f
	all := map[string]string{
		"PATH": "/usr/local/bin:/usr/bin:/bin:/opt/bin",
		"LANG": "en_US.UTF-8",
		"TZ":   ":UTC",
		"HOME": e.folder, "TMPDIR": e.folder,
	}
	if e.r.Endpoint != nil {
		if url := e.r.Endpoint(); url != "" {
			all["AWS_ENDPOINT_URL"] = url
		}
	}
	for k, v := range f.Variables {
		if !Reserved(k) {
			all[k] = v
		}
	}
	maps.Copy(all, map[string]string{
		"AWS_LAMBDA_FUNCTION_NAME": f.Name, "AWS_LAMBDA_FUNCTION_VERSION": f.Version,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(f.Memory),
		"AWS_LAMBDA_LOG_GROUP_NAME":       f.LogGroup, streamVariable: e.stream,
		"AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand", "AWS_LAMBDA_RUNTIME_API": e.api.address,
		"AWS_REGION": f.Region, "AWS_DEFAULT_REGION": f.Region,
		"LAMBDA_TASK_ROOT": f.Code, runtimeVariable: e.r.home.runtime, "_HANDLER": f.Handler,
	})
	if !strings.HasPrefix(f.Runtime, "provided") {
		all["AWS_EXECUTION_ENV"] = "AWS_Lambda_" + f.Runtime
	}
	if c.AccessKeyID != "" {
		maps.Copy(all, map[string]string{
			"AWS_ACCESS_KEY_ID": c.AccessKeyID, "AWS_SECRET_ACCESS_KEY": c.SecretAccessKey, "AWS_SESSION_TOKEN": c.SessionToken,
		})
	}
	list := make([]string, 0, len(all))
	for _, k := range slices.Sorted(maps.Keys(all)) {
		list = append(list, k+"="+all[k])
	}
	return list
}
