package sdk_test

import (
	"bufio"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	citypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
)

// TestUnknownOperations: every operation of AWS's models that has no row answers
// the error of its protocol, signed or not, and none that has a row does.
func TestUnknownOperations(t *testing.T) {
	t.Parallel()
	s := serve(t, devMemory)
	rows := rowsOfServer(t)
	for _, service := range []string{"sts", "iam", "cognito-idp", "cognito-identity", "dynamodb"} {
		t.Run(service, func(t *testing.T) {
			m := loadModel(t, service)
			known, unknown := 0, 0
			for _, operation := range m.operations {
				if rows[service+":"+operation] {
					known++
					if got := m.ask(t, s, nil, operation); got == m.unknown {
						t.Errorf("%s has a row, and answers %s", operation, got)
					}
					continue
				}
				unknown++
				for _, creds := range []*citypes.Credentials{nil, s.rootCredentials()} {
					if got := m.ask(t, s, creds, operation); got != m.unknown {
						t.Errorf("%s (signed: %v) answers %q, want %q", operation, creds != nil, got, m.unknown)
					}
				}
			}
			if known == 0 || known+unknown != len(m.operations) {
				t.Fatalf("%d operations with a row, %d without, %d in the model", known, unknown, len(m.operations))
			}
			t.Logf("%d operations, %d of them unknown here", len(m.operations), unknown)
		})
	}
}

// rowsOfServer are the operations that have a row, such as "sts:AssumeRole".
func rowsOfServer(t *testing.T) map[string]bool {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "server", "testdata", "operations.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[string]bool{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if name, _, ok := strings.Cut(lines.Text(), " "); ok && !strings.HasPrefix(name, "#") {
			out[name] = true
		}
	}
	if len(out) == 0 {
		t.Fatal("no operation has a row")
	}
	return out
}

// A model is what AWS publishes of an API.
type model struct {
	service, target, version, jsonVersion string
	operations                            []string
	unknown                               string // "status code" of an operation that is unknown
}

func loadModel(t *testing.T, service string) model {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "models", service+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var api struct {
		Metadata   struct{ APIVersion, JSONVersion, TargetPrefix string }
		Operations map[string]json.RawMessage
	}
	if err := json.Unmarshal(text, &api); err != nil {
		t.Fatal(err)
	}
	m := model{
		service: service, target: api.Metadata.TargetPrefix, version: api.Metadata.APIVersion, jsonVersion: api.Metadata.JSONVersion,
		operations: slices.Sorted(maps.Keys(api.Operations)), unknown: "400 UnknownOperationException",
	}
	if m.jsonVersion == "" { // the Query protocol
		m.unknown = "400 InvalidAction"
	}
	if len(m.operations) == 0 {
		t.Fatalf("no operation in the model of %s", service)
	}
	return m
}

// ask sends an empty request and returns status and code of the answer.
func (m model) ask(t *testing.T, s *server, creds *citypes.Credentials, operation string) string {
	t.Helper()
	if m.jsonVersion != "" {
		a := post(t, s, creds, m.service, "application/x-amz-json-"+m.jsonVersion, m.target+"."+operation, map[string]any{})
		code, _, _ := strings.Cut(a.told(), ":")
		return fmt.Sprint(a.status, " ", code)
	}
	form := url.Values{"Action": {operation}, "Version": {m.version}}.Encode()
	resp := send(t, s, creds, m.service, map[string]string{"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}, []byte(form))
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var e struct {
		Error struct{ Code string }
	}
	if err := xml.Unmarshal(text, &e); err != nil {
		t.Fatalf("%s answered %q: %v", operation, text, err)
	}
	return fmt.Sprint(resp.StatusCode, " ", e.Error.Code)
}
