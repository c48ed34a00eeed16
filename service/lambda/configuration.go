package lambda

import (
	"encoding/json"
	"maps"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/runner"
)

// Limits of a configuration. Source: AWS Lambda Developer Guide, "Lambda quotas".
const (
	maxTimeout     = 900   // seconds
	maxMemory      = 10240 // MB
	maxVariables   = 4096  // bytes, names and values together
	defaultTimeout = 3
	defaultMemory  = 128
	defaultDisk    = 512
)

// The variables that make a function an endpoint of its owner's.
const (
	endpointURL    = "BAILIWICK_ENDPOINT_URL"
	endpointSecret = "BAILIWICK_ENDPOINT_SECRET" //nolint:gosec // the name of a variable
)

// settings are the members that CreateFunction and UpdateFunctionConfiguration
// share; nil leaves a member as it is.
type settings struct {
	Description, Role, Runtime, Handler *string
	Timeout, MemorySize                 *int32
	Environment                         *Environment
	EphemeralStorage                    *EphemeralStorage
	TracingConfig                       *TracingConfig
	LoggingConfig                       *LoggingConfig

	// What is not here.
	VpcConfig         *VpcConfig
	DeadLetterConfig  *DeadLetterConfig
	ImageConfig       *ImageConfig
	FileSystemConfigs []FileSystemConfig
	Layers            []string
	KMSKeyArn         *string
	SnapStart         *SnapStart
	Other             string // the first of the remaining members that is not here
}

// refuse names a member that would have an effect at AWS. Empty ones, which tools
// send, have none.
func (s *settings) refuse() error {
	switch {
	case s.VpcConfig != nil && len(s.VpcConfig.SubnetIds)+len(s.VpcConfig.SecurityGroupIds) > 0:
		return unsupported("VpcConfig")
	case s.DeadLetterConfig != nil && text(s.DeadLetterConfig.TargetArn) != "":
		return unsupported("DeadLetterConfig")
	case s.ImageConfig != nil:
		return unsupported("ImageConfig")
	case len(s.FileSystemConfigs) > 0:
		return unsupported("FileSystemConfigs")
	case len(s.Layers) > 0:
		return unsupported("Layers")
	case text(s.KMSKeyArn) != "":
		return unsupported("KMSKeyArn")
	case s.SnapStart != nil && text(s.SnapStart.ApplyOn) != "" && *s.SnapStart.ApplyOn != "None":
		return unsupported("SnapStart")
	case s.LoggingConfig != nil && text(s.LoggingConfig.LogFormat) == "JSON":
		return unsupported("LoggingConfig.LogFormat JSON")
	case s.Other != "":
		return unsupported(s.Other)
	}
	return nil
}

// apply puts the settings on a version and refuses what cannot run.
func (s *settings) apply(v *version) error {
	if err := s.refuse(); err != nil {
		return err
	}
	for _, m := range []struct {
		from *string
		to   *string
	}{{s.Description, &v.Description}, {s.Role, &v.Role}, {s.Runtime, &v.Runtime}, {s.Handler, &v.Handler}} {
		if m.from != nil {
			*m.to = *m.from
		}
	}
	if s.Timeout != nil {
		v.Timeout = *s.Timeout
	}
	if s.MemorySize != nil {
		v.Memory = *s.MemorySize
	}
	if s.EphemeralStorage != nil && s.EphemeralStorage.Size != nil {
		v.Disk = *s.EphemeralStorage.Size
	}
	if s.TracingConfig != nil && s.TracingConfig.Mode != nil {
		v.Tracing = *s.TracingConfig.Mode
	}
	if l := s.LoggingConfig; l != nil {
		v.LogGroup = or(text(l.LogGroup), v.LogGroup)
		v.AppLevel, v.SystemLevel = text(l.ApplicationLogLevel), text(l.SystemLogLevel)
	}
	if s.Environment != nil {
		v.Variables = maps.Clone(s.Environment.Variables)
	}
	return v.check()
}

// check refuses a version that could not run.
func (v *version) check() error {
	switch {
	case v.Timeout > maxTimeout:
		return tooGreat("timeout", v.Timeout, maxTimeout)
	case v.Memory > maxMemory:
		return tooGreat("memorySize", v.Memory, maxMemory)
	case v.Runtime == "" || v.Handler == "":
		return invalid("Runtime and Handler are mandatory parameters for functions created with deployment packages.")
	}
	if why := runner.Supported(v.Runtime); why != "" {
		return invalid("%s", why)
	}
	if err := checkVariables(v.Variables); err != nil {
		return err
	}
	e, is := v.endpoint()
	if !is {
		return nil
	}
	if !strings.HasPrefix(v.Runtime, "provided.") {
		return invalid("%s is for functions with the runtime provided.al2023.", endpointURL)
	}
	if err := e.Check(); err != nil {
		return invalid("%s is refused: %s.", endpointURL, err)
	}
	return nil
}

func tooGreat(member string, value, limit int32) error {
	return bailiwick.Errorf(bailiwick.CodeValidation,
		"1 validation error detected: Value '%d' at '%s' failed to satisfy constraint: Member must have value less than or equal to %d", value, member, limit)
}

// endpoint is where the function's owner runs it, if he does.
func (v *version) endpoint() (runner.Endpoint, bool) {
	url, is := v.Variables[endpointURL]
	return runner.Endpoint{URL: url, Secret: v.Variables[endpointSecret]}, is
}

var variableForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_]+$`) })

func checkVariables(vars map[string]string) error {
	var reserved []string
	size := 0
	for _, k := range slices.Sorted(maps.Keys(vars)) {
		size += len(k) + len(vars[k])
		switch {
		case runner.Reserved(k):
			reserved = append(reserved, k)
		case !variableForm().MatchString(k):
			return bailiwick.Errorf(bailiwick.CodeValidation,
				"1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]")
		case strings.ContainsRune(vars[k], 0):
			return invalid("The environment variable %s has a null character in its value.", k)
		}
	}
	if reserved != nil {
		return invalid("Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: %s", strings.Join(reserved, ", "))
	}
	if size > maxVariables {
		return invalid("Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit.")
	}
	return nil
}

// newVersion is a version before its settings.
func newVersion(at ref) version {
	arch := "x86_64"
	if runtime.GOARCH == "arm64" {
		arch = "arm64"
	}
	return version{
		Timeout: defaultTimeout, Memory: defaultMemory, Disk: defaultDisk, Arch: arch,
		Tracing: "PassThrough", LogFormat: "Text", LogGroup: "/aws/lambda/" + at.name,
	}
}

// timeForm is how Lambda writes LastModified.
const timeForm = "2006-01-02T15:04:05.000-0700"

// output is a version as the API shows it; arn is as it was asked for.
func (v *version) output(at ref) *FunctionConfiguration {
	arn, modified, number, sum := at.arn(), v.Modified.UTC().Format(timeForm), v.name(), checksum(v.configuration())
	out := &FunctionConfiguration{
		FunctionName: &at.name, FunctionArn: &arn, Version: &number, RevisionId: &v.Revision, LastModified: &modified,
		Role: &v.Role, Runtime: &v.Runtime, Handler: &v.Handler, Description: &v.Description, Timeout: &v.Timeout, MemorySize: &v.Memory,
		CodeSha256: &v.SHA256, CodeSize: &v.Size, ConfigSha256: &sum, PackageType: ptr("Zip"), Architectures: []string{v.Arch},
		EphemeralStorage: &EphemeralStorage{Size: &v.Disk}, TracingConfig: &TracingConfigResponse{Mode: &v.Tracing},
		SnapStart:     &SnapStartResponse{ApplyOn: ptr("None"), OptimizationStatus: ptr("Off")},
		LoggingConfig: &LoggingConfig{LogFormat: &v.LogFormat, LogGroup: &v.LogGroup},
		State:         ptr("Active"), LastUpdateStatus: ptr("Successful"),
	}
	if v.AppLevel != "" {
		out.LoggingConfig.ApplicationLogLevel = &v.AppLevel
	}
	if v.SystemLevel != "" {
		out.LoggingConfig.SystemLogLevel = &v.SystemLevel
	}
	if len(v.Variables) > 0 {
		out.Environment = &EnvironmentResponse{Variables: v.Variables}
	}
	return out
}

// configuration is what makes two versions the same to PublishVersion, but for
// their code and their descriptions.
func (v *version) configuration() string {
	w := *v
	w.Number, w.Revision, w.Blob, w.SHA256, w.Size, w.Description = 0, "", "", "", 0, ""
	w.Modified = time.Time{}
	text, err := json.Marshal(w)
	if err != nil {
		return "" // texts and numbers always encode
	}
	return string(text)
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func ptr[T any](v T) *T { return &v }
