package apigateway

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/bailiwick-project/bailiwick/gateway"
)

// everyMethod is the key of the settings of all methods that have none of their own.
const everyMethod = "*/*"

// Defaults of method settings. Source: API reference, MethodSetting; get-stage.
const (
	defaultBurst = 5000
	defaultRate  = 10000
	defaultTTL   = 300  // s
	maxTTL       = 3600 // s
)

// settingPaths are the settings of a method, below /{resource_path}/{http_method}.
var settingPaths = []string{
	"metrics/enabled", "logging/dataTrace", "logging/loglevel", "throttling/burstLimit", "throttling/rateLimit",
	"caching/enabled", "caching/ttlInSeconds", "caching/dataEncrypted", "caching/requireAuthorizationForCacheControl",
	"caching/unauthorizedCacheControlHeaderStrategy",
}

func newSetting() *setting {
	return &setting{Burst: defaultBurst, Rate: defaultRate, TTL: defaultTTL, RequireLeave: true, WithoutLeave: string(gateway.WithResponseHeader)}
}

// patchSetting changes a setting of one method or of all:
// "/~1pets~1{id}/GET/caching/enabled", "/*/*/caching/enabled"; removing
// "/pets/GET" removes all settings of the method.
func (s *stage) patchSetting(p patch) error {
	n := len(p.parts)
	if p.op == opRemove && n >= 2 {
		if key, ok := settingKey(p.parts); ok && s.Settings[key] != nil {
			delete(s.Settings, key)
			return nil
		}
	}
	if p.op != opReplace || n < 4 {
		return refusedSetting(p)
	}
	key, ok := settingKey(p.parts[:n-2])
	if !ok {
		return refusedSetting(p)
	}
	m := s.Settings[key]
	if m == nil {
		m = newSetting()
	}
	known, err := m.set(p.parts[n-2]+"/"+p.parts[n-1], p)
	if !known {
		return refusedSetting(p)
	}
	entry(&s.Settings, key, p, m)
	return err
}

func refusedSetting(p patch) error {
	return p.refused(slices.Concat(stagePaths, settingRoutes())...)
}

// stagePaths are the members of a stage that can be changed.
var stagePaths = []string{
	"/deploymentId", "/description", "/documentationVersion", "/cacheClusterEnabled", "/cacheClusterSize",
	"/tracingEnabled", "/variables/{name}", "/accessLogSettings/destinationArn", "/accessLogSettings/format",
}

func settingRoutes() []string {
	var out []string
	for _, s := range settingPaths {
		out = append(out, "/{resourcePath}/{httpMethod}/"+s)
	}
	return out
}

// settingKey is the method that settings are for: "*/*", or "pets/{id}/GET". The
// path may be one part, escaped, or several.
func settingKey(parts []string) (string, bool) {
	n := len(parts)
	path, method := strings.TrimLeft(strings.Join(parts[:n-1], "/"), "/"), parts[n-1]
	key := path + "/" + method
	if key == everyMethod {
		return key, true
	}
	return key, isMethod(method) && !strings.Contains(path, "*")
}

// set changes one setting; known tells whether there is such a one.
func (m *setting) set(name string, p patch) (known bool, err error) {
	switch name {
	case "metrics/enabled":
		m.Metrics, err = p.bool()
	case "logging/dataTrace":
		m.DataTrace, err = p.bool()
	case "logging/loglevel":
		m.LogLevel = p.value
		if p.value != "OFF" && p.value != "ERROR" && p.value != "INFO" {
			err = p.badValue()
		}
	case "throttling/burstLimit":
		m.Burst, err = p.int(-1, 1<<30)
	case "throttling/rateLimit":
		if m.Rate, err = strconv.ParseFloat(p.value, 64); err != nil || !(m.Rate >= -1 && m.Rate < 1e9) {
			err = p.badValue()
		}
	case "caching/enabled":
		m.Caching, err = p.bool()
	case "caching/ttlInSeconds":
		m.TTL, err = p.int(0, maxTTL)
	case "caching/dataEncrypted":
		m.Encrypted, err = p.bool()
	case "caching/requireAuthorizationForCacheControl":
		m.RequireLeave, err = p.bool()
	case "caching/unauthorizedCacheControlHeaderStrategy":
		m.WithoutLeave = p.value
		switch gateway.Refreshing(p.value) {
		case gateway.FailWith403, gateway.WithResponseHeader, gateway.WithoutHeader:
		default:
			err = p.badValue()
		}
	default:
		return false, nil
	}
	return true, err
}

// caching is the settings by which the answers of a method are kept, nil if they
// are not: its own, else those of all methods, which let only GET be cached. ANY
// is never cached: it stands for methods that change something too.
// Source: Developer Guide, "Cache settings for REST APIs".
func (s *stage) caching(path, method string) *setting {
	m := s.Settings[strings.TrimPrefix(path, "/")+"/"+method]
	if m == nil && method == http.MethodGet {
		m = s.Settings[everyMethod]
	}
	if !s.Cache || m == nil || !m.Caching || m.TTL == 0 || method == gateway.AnyMethod {
		return nil
	}
	return m
}

func (m *setting) shown() MethodSetting {
	return MethodSetting{
		MetricsEnabled: &m.Metrics, LoggingLevel: some(m.LogLevel), DataTraceEnabled: &m.DataTrace,
		ThrottlingBurstLimit: &m.Burst, ThrottlingRateLimit: &m.Rate, CachingEnabled: &m.Caching, CacheTtlInSeconds: &m.TTL,
		CacheDataEncrypted: &m.Encrypted, RequireAuthorizationForCacheControl: &m.RequireLeave, UnauthorizedCacheControlHeaderStrategy: &m.WithoutLeave,
	}
}
