package sdk_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	citypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
)

// Which clients must be there is said by test/clients.sh in BAILIWICK_CLIENTS,
// such as "node awscli python"; a client that is named there is never skipped.
func need(t *testing.T, client string, err error) {
	t.Helper()
	switch {
	case err == nil:
		t.Logf("client: %s", client)
	case strings.Contains(" "+os.Getenv("BAILIWICK_CLIENTS")+" ", " "+client+" "):
		t.Fatalf("%s is needed and does not work: %v", client, err)
	default:
		t.Skipf("NOT RUN: %s is not there: %v", client, err)
	}
}

func needNode(t *testing.T) {
	t.Helper()
	_, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(filepath.Join("js", "node_modules", "aws-amplify"))
	}
	need(t, "node", err)
}

func needCLI(t *testing.T) {
	t.Helper()
	_, err := run(t.Context(), "aws", []string{"--version"}, cleanEnv(), nil)
	need(t, "awscli", err)
}

// python is an interpreter that has botocore: the usual one, or that of the
// system, where the AWS CLI's package puts it.
func needPython(t *testing.T) (interpreter string) {
	t.Helper()
	var all error
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		_, err := run(t.Context(), name, []string{filepath.Join("py", "probe.py"), "--check"}, cleanEnv(), nil)
		if err == nil {
			need(t, "python", nil)
			return name
		}
		all = errors.Join(all, err)
	}
	need(t, "python", all)
	return ""
}

// node runs a script in js/ with JSON as its input and reads its last line.
func node(t *testing.T, script string, in, out any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := run(ctx, "node", []string{filepath.Join("js", script)}, cleanEnv(), bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSpace(answer), []byte("\n"))
	if err := json.Unmarshal(lines[len(lines)-1], out); err != nil {
		t.Fatalf("%s printed %q: %v", script, answer, err)
	}
}

// cli is the AWS CLI in the hands of root.
type cli struct {
	t   *testing.T
	s   *server
	env []string
}

func newCLI(t *testing.T, s *server) *cli {
	return &cli{t, s, append(cleanEnv(), "AWS_ACCESS_KEY_ID="+s.rootID, "AWS_SECRET_ACCESS_KEY="+s.secret)}
}

// as is the CLI in the hands of a session.
func (c *cli) as(creds *citypes.Credentials) *cli {
	return &cli{c.t, c.s, append(cleanEnv(), "AWS_ACCESS_KEY_ID="+aws.ToString(creds.AccessKeyId),
		"AWS_SECRET_ACCESS_KEY="+aws.ToString(creds.SecretKey), "AWS_SESSION_TOKEN="+aws.ToString(creds.SessionToken))}
}

func (c *cli) try(args ...string) (map[string]any, error) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), time.Minute)
	defer cancel()
	answer, err := run(ctx, "aws", append([]string{"--endpoint-url", c.s.url, "--output", "json"}, args...), c.env, nil)
	out := map[string]any{}
	if err == nil && len(bytes.TrimSpace(answer)) > 0 {
		err = json.Unmarshal(answer, &out)
	}
	return out, err
}

func (c *cli) run(args ...string) map[string]any {
	c.t.Helper()
	out, err := c.try(args...)
	if err != nil {
		c.t.Fatalf("aws %s: %v", strings.Join(args, " "), err)
	}
	return out
}

// cliError is how the CLI tells of an error of the API.
var cliError = regexp.MustCompile(`An error occurred \(([^)]+)\) when calling the \w+ operation(?: \([^)]*\))?: (.*)`)

// toldByCLI is like told.
func toldByCLI(err error) string {
	if err == nil {
		return ""
	}
	m := cliError.FindStringSubmatch(err.Error())
	if m == nil {
		return "not an answer of the API: " + err.Error()
	}
	return m[1] + ": " + m[2]
}

// member reads a string deep in an answer.
func member(t *testing.T, v any, path ...string) string {
	t.Helper()
	for _, name := range path {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	s, ok := v.(string)
	if !ok {
		t.Fatalf("no string at %v in %v", path, v)
	}
	return s
}

// An answer is a plain HTTP answer of a JSON service.
type answer struct {
	status int
	header http.Header
	body   map[string]any
}

func (a answer) told() string {
	if a.status == http.StatusOK {
		return ""
	}
	typ, _ := a.body["__type"].(string)
	message, ok := a.body["message"].(string)
	if !ok {
		message, _ = a.body["Message"].(string)
	}
	return typ[strings.LastIndexByte(typ, '#')+1:] + ": " + message
}

// post sends a request of a JSON service as plain HTTP, unsigned if creds is nil.
func post(t *testing.T, s *server, creds *citypes.Credentials, service, contentType, target string, in any) answer {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	a := send(t, s, creds, service, map[string]string{"Content-Type": contentType, "X-Amz-Target": target}, body)
	out := answer{status: a.StatusCode, header: a.Header}
	text, err := io.ReadAll(a.Body)
	a.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &out.body); err != nil {
		t.Fatalf("%s answered %d %q: %v", target, a.StatusCode, text, err)
	}
	return out
}

func send(t *testing.T, s *server, creds *citypes.Credentials, service string, header map[string]string, body []byte) *http.Response {
	t.Helper()
	resp, err := http.DefaultClient.Do(signed(t, s, creds, service, header, body))
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

// signed makes a POST request, unsigned if creds is nil.
func signed(t *testing.T, s *server, creds *citypes.Credentials, service string, header map[string]string, body []byte) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		r.Header.Set(k, v)
	}
	if creds == nil {
		return r
	}
	key, err := provider(creds).Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := v4.NewSigner().SignHTTP(t.Context(), key, r, fmt.Sprintf("%x", sha256.Sum256(body)), service, region, time.Now()); err != nil {
		t.Fatal(err)
	}
	return r
}

// rootCredentials are the root key in the form of a session's.
func (s *server) rootCredentials() *citypes.Credentials {
	return &citypes.Credentials{AccessKeyId: &s.rootID, SecretKey: &s.secret}
}

// A step is one request to DynamoDB by somebody, and what must come of it: "",
// or the refusal in full.
type step struct {
	Who       string         `json:"who"`
	Operation string         `json:"operation"`
	Input     map[string]any `json:"input"`
	Want      string         `json:"-"`
}

// A driver runs steps with some client and returns what each came to.
type driver func(t *testing.T, s *server, who map[string]*citypes.Credentials, steps []step) []string

// drivers are the clients that can run steps.
var drivers = map[string]driver{"plain HTTP": drivePlain, "botocore": drivePython, "JavaScript": driveNode, "AWS CLI": driveCLI}

func drivePlain(t *testing.T, s *server, who map[string]*citypes.Credentials, steps []step) []string {
	var out []string
	for _, st := range steps {
		out = append(out, post(t, s, who[st.Who], "dynamodb", "application/x-amz-json-1.0", "DynamoDB_20120810."+st.Operation, st.Input).told())
	}
	return out
}

func driveCLI(t *testing.T, s *server, who map[string]*citypes.Credentials, steps []step) []string {
	needCLI(t)
	var out []string
	for _, st := range steps {
		in, err := json.Marshal(st.Input)
		if err != nil {
			t.Fatal(err)
		}
		_, err = newCLI(t, s).as(who[st.Who]).try("dynamodb", kebab(st.Operation), "--cli-input-json", string(in))
		out = append(out, toldByCLI(err))
	}
	return out
}

// kebab spells GetItem as get-item.
func kebab(operation string) string {
	return strings.ToLower(regexp.MustCompile(`(.)([A-Z])`).ReplaceAllString(operation, "$1-$2"))
}

func drivePython(t *testing.T, s *server, who map[string]*citypes.Credentials, steps []step) []string {
	interpreter := needPython(t)
	in, err := json.Marshal(handover(s, who, steps))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	text, err := run(ctx, interpreter, []string{filepath.Join("py", "probe.py")}, cleanEnv(), bytes.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	var answers []scriptAnswer
	if err := json.Unmarshal(text, &answers); err != nil {
		t.Fatalf("probe.py printed %q: %v", text, err)
	}
	return toldByScript(answers)
}

func driveNode(t *testing.T, s *server, who map[string]*citypes.Credentials, steps []step) []string {
	needNode(t)
	var answers []scriptAnswer
	node(t, "probe.mjs", handover(s, who, steps), &answers)
	return toldByScript(answers)
}

type scriptAnswer struct {
	OK            bool
	Code, Message string
}

func toldByScript(answers []scriptAnswer) []string {
	var out []string
	for _, a := range answers {
		if a.OK {
			out = append(out, "")
			continue
		}
		out = append(out, a.Code+": "+a.Message)
	}
	return out
}

// handover is what a script needs to run steps.
func handover(s *server, who map[string]*citypes.Credentials, steps []step) map[string]any {
	keys := map[string]map[string]string{}
	for name, c := range who {
		keys[name] = map[string]string{"id": aws.ToString(c.AccessKeyId), "secret": aws.ToString(c.SecretKey), "token": aws.ToString(c.SessionToken)}
	}
	return map[string]any{"endpoint": s.url, "region": region, "credentials": keys, "steps": steps}
}
