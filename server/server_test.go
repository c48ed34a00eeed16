package server

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/service"
	"github.com/bailiwick-project/bailiwick/sigv4"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func devServer(t *testing.T) *Server {
	t.Helper()
	return start(t, Config{Dev: true})
}

func start(t *testing.T, c Config) *Server {
	t.Helper()
	c.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	s, err := New(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestDoors lists every operation and who may call it. A row that is not
// checked is a door that stands open: it must not appear unnoticed.
func TestDoors(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Every operation and who may call it. checked: signature and policy; authenticated: signature;\n" +
		"# self: the access token inside; public: anyone. Rewritten by go test ./server -update.\n")
	n := 0
	for _, svc := range devServer(t).services {
		rows := slices.Clone(svc.Operations)
		slices.SortFunc(rows, func(a, b service.Operation) int { return strings.Compare(a.Name, b.Name) })
		for _, op := range rows {
			fmt.Fprintf(&b, "%s:%s %s\n", svc.Name, op.Name, op.Access)
			n++
		}
	}
	if n == 0 {
		t.Fatal("no operation was found")
	}
	golden(t, "operations.txt", b.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs from what is there now (go test ./server -update rewrites it):\n%s", file, got)
	}
}

// reference is a service of the published authorization reference.
type reference struct {
	Actions map[string]struct {
		Name          string
		ConditionKeys []string
		ResourceTypes []struct {
			Name          string
			ConditionKeys []string
		}
	}
	ConditionKeys map[string]json.RawMessage
}

// beyondReference are resource types that the collected reference lacks: it has
// the page of API Gateway's REST APIs, without methods and integrations, and not
// the page of its HTTP APIs, which share the actions.
var beyondReference = map[string][]string{"apigateway": {"Api", "Apis", "Cors", "Integration", "Integrations", "Method", "Route", "Routes", "Tags"}}

// TestAuthorizationTables holds what the slices declare against the published
// authorization reference: the same actions, resource types and keys.
func TestAuthorizationTables(t *testing.T) {
	refs := map[string]reference{}
	checked := 0
	for _, a := range devServer(t).authz.Table {
		prefix, _, _ := strings.Cut(a.Name, ":")
		if prefix == adminService {
			continue // our own
		}
		if _, ok := refs[prefix]; !ok {
			refs[prefix] = readReference(t, prefix)
		}
		checked++
		compareAction(t, refs[prefix], a)
	}
	if checked < 50 {
		t.Fatalf("only %d actions were compared", checked)
	}
}

func readReference(t *testing.T, prefix string) reference {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "models", "authorization", prefix+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var ref reference
	if err := json.Unmarshal(text, &ref); err != nil {
		t.Fatal(err)
	}
	return ref
}

func compareAction(t *testing.T, ref reference, a authz.Action) {
	t.Helper()
	prefix, name, _ := strings.Cut(a.Name, ":")
	row, ok := ref.Actions[strings.ToLower(name)]
	if !ok || row.Name != name {
		t.Errorf("%s: the authorization reference does not have it", a.Name)
		return
	}
	keys := map[string]bool{}
	for _, k := range row.ConditionKeys {
		keys[k] = true
	}
	var resources []string
	for _, r := range row.ResourceTypes {
		resources = append(resources, r.Name)
		for _, k := range r.ConditionKeys {
			keys[k] = true
		}
	}
	for _, r := range a.Resources {
		if !slices.Contains(resources, r) && !slices.Contains(beyondReference[prefix], r) {
			t.Errorf("%s: resource type %s is not in the reference, which has %v", a.Name, r, resources)
		}
	}
	for k := range keys {
		if _, ok := a.Keys[k]; !ok {
			t.Errorf("%s: the reference has the key %s, the table does not", a.Name, k)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(a.Keys)) {
		_, ofService := ref.ConditionKeys[strings.ToLower(k)] // a key of the service or of its resources, such as iam:ResourceTag
		if !keys[k] && !ofService && !documented[k] {
			t.Errorf("%s: the table has the key %s, the reference does not", a.Name, k)
		}
	}
}

// documented are keys that the services' guides name and the reference does not:
// DynamoDB's for items ("Using IAM policy conditions for fine-grained access
// control") and the tags of resources ("AWS global condition context keys").
var documented = map[string]bool{
	"dynamodb:FirstPartitionKeyValues": true,
	"aws:ResourceTag/${TagKey}":        true,
}

func get(t *testing.T, s *Server, path, host string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Host = host
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

func TestAdmin(t *testing.T) {
	s := devServer(t)
	if w := get(t, s, "/_bailiwick/health", "localhost:4566"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"ok"`) {
		t.Errorf("health: %d %s", w.Code, w.Body)
	}
	for host, want := range map[string]int{"localhost:4566": 200, "127.0.0.1:4566": 200, "[::1]:4566": 200, "evil.example": 403, "localhost.evil.example:4566": 403, "10.0.0.1": 403} {
		if w := get(t, s, "/_bailiwick/messages", host); w.Code != want {
			t.Errorf("messages for %s: %d, want %d", host, w.Code, want)
		}
	}
	if w := get(t, s, "/_bailiwick/decisions/x", "localhost"); w.Code != http.StatusForbidden {
		t.Errorf("decisions without a signature: %d %s", w.Code, w.Body)
	}
	prod := start(t, Config{Data: t.TempDir()})
	if w := get(t, prod, "/_bailiwick/messages", "localhost:4566"); w.Code != http.StatusNotFound {
		t.Errorf("messages without --dev: %d %s", w.Code, w.Body)
	}
}

// TestRootKeys: the key that everyone knows works in development only, the
// generated one stays the same over restarts, and its file is private.
func TestRootKeys(t *testing.T) {
	dir := t.TempDir()
	known := sigv4.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}
	run := func(dev bool, try func(*Server)) {
		s, err := New(context.Background(), Config{Data: dir, Dev: dev, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		try(s)
	}
	run(true, func(s *Server) {
		if code := whoAmI(t, s, known); code != http.StatusOK {
			t.Errorf("the known key in development: %d", code)
		}
	})
	var first sigv4.Credentials
	run(false, func(s *Server) {
		if code := whoAmI(t, s, known); code == http.StatusOK {
			t.Error("the known key works without --dev")
		}
		first = rootOf(t, dir)
		if code := whoAmI(t, s, first); code != http.StatusOK {
			t.Errorf("the generated key: %d", code)
		}
	})
	run(false, func(s *Server) {
		if again := rootOf(t, dir); again != first {
			t.Error("a restart made another root key")
		}
		if code := whoAmI(t, s, first); code != http.StatusOK {
			t.Errorf("the generated key after a restart: %d", code)
		}
	})
	info, err := os.Stat(filepath.Join(dir, "credentials"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("credentials file: %v %v", info.Mode(), err)
	}
}

// TestRootKeyIsNotReplaced: a credentials file that is there and cannot be
// understood stops the start. A new key would end the old one.
func TestRootKeyIsNotReplaced(t *testing.T) {
	dir := t.TempDir()
	first, err := New(context.Background(), Config{Data: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, credentialsFile)
	for what, text := range map[string]string{
		"cut off":     "[bailiwick-000000000000]\naws_access_key_id = AKIA",
		"a long line": strings.Repeat("x", 1<<20),
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if s, err := New(context.Background(), Config{Data: dir, Log: slog.New(slog.DiscardHandler)}); err == nil {
			t.Errorf("%s: the server starts", what)
			s.Close()
		}
		if got, err := os.ReadFile(name); err != nil || string(got) != text {
			t.Errorf("%s: the file was changed (%v)", what, err)
		}
	}
}

func rootOf(t *testing.T, dir string) sigv4.Credentials {
	t.Helper()
	id, secret, err := RootCredentials(dir)
	if err != nil {
		t.Fatal(err)
	}
	return sigv4.Credentials{AccessKeyID: id, SecretAccessKey: secret}
}

func whoAmI(t *testing.T, s *Server, c sigv4.Credentials) int {
	t.Helper()
	body := "Action=GetCallerIdentity&Version=2011-06-15"
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if err := sigv4.Sign(r, c, "us-east-1", "sts", []byte(body), time.Now()); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w.Code
}

func TestConfigRefuses(t *testing.T) {
	for name, c := range map[string]Config{
		"no data and no dev":      {},
		"dev for everyone":        {Dev: true, Listen: "0.0.0.0:4566"},
		"dev on all interfaces":   {Dev: true, Listen: ":4566"},
		"dev on another address":  {Dev: true, Listen: "10.0.0.1:4566"},
		"dev on a name":           {Dev: true, Listen: "example.org:4566"},
		"no port":                 {Dev: true, Listen: "127.0.0.1"},
		"account":                 {Dev: true, Account: "12"},
		"region":                  {Dev: true, Region: "../x"},
		"public URL without host": {Dev: true, PublicURL: "localhost"},
		"public URL with query":   {Dev: true, PublicURL: "http://localhost/?a=b"},
	} {
		if s, err := New(context.Background(), c); err == nil {
			t.Errorf("%s: was accepted", name)
			s.Close()
		}
	}
}
