package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// functions are the demo's own Lambda functions, as endpoints of this process: the
// demo must not need an interpreter. Functions of zip files run the same way for
// those who call them.
type functions struct {
	story  *story
	url    string
	secret string
}

const (
	provision = "provision" // says which organisation a new user belongs to
	route     = "route"     // answers the routes
)

func (s *story) serveFunctions(ctx context.Context) (*functions, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening for function calls: %w", err)
	}
	secret := make([]byte, 16)
	if _, err := io.ReadFull(rand.Reader, secret); err != nil {
		return nil, err
	}
	f := &functions{story: s, url: "http://" + l.Addr().String(), secret: hex.EncodeToString(secret)}
	srv := &http.Server{Handler: f, ReadHeaderTimeout: s.http.Timeout}
	go func() { _ = srv.Serve(l) }() // it ends with ctx
	context.AfterFunc(ctx, func() { _ = srv.Close() })
	return f, nil
}

// ServeHTTP runs a function; its errors are those of a Lambda function.
func (f *functions) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxAnswer))
	if err != nil || !f.signed(r, body) {
		http.Error(w, "not from the server", http.StatusForbidden)
		return
	}
	var event fields
	var out any
	if err = json.Unmarshal(body, &event); err == nil {
		switch r.URL.Path {
		case "/" + provision:
			out, err = f.provision(r.Context(), event)
		case "/" + route:
			out, err = fields{"statusCode": 200, "body": "routed " + text(event, "rawPath")}, nil
		default:
			err = fmt.Errorf("no function %s", r.URL.Path)
		}
	}
	if err != nil {
		w.Header().Set("Bailiwick-Function-Error", "Unhandled")
		out = fields{"errorMessage": err.Error(), "errorType": "Error"}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(out) // the caller is gone: nobody to tell
}

// signed checks that the server calls: anyone on this machine reaches the endpoint.
func (f *functions) signed(r *http.Request, body []byte) bool {
	at, claim, _ := strings.Cut(strings.TrimPrefix(r.Header.Get("Bailiwick-Signature"), "t="), ",v1=")
	got, err := hex.DecodeString(claim)
	if err != nil {
		return false
	}
	h := hmac.New(sha256.New, []byte(f.secret))
	fmt.Fprintf(h, "%s.%s.%s.%s", at, r.Header.Get("Bailiwick-Request-Id"), r.Header.Get("Bailiwick-Function-Arn"), body)
	return hmac.Equal(got, h.Sum(nil))
}

// provision is the trigger after a confirmation: the organisation is that of the
// address's domain, and only the server can say so.
func (f *functions) provision(ctx context.Context, event fields) (fields, error) {
	email := text(object(object(event, "request"), "userAttributes"), "email")
	for _, p := range f.story.people {
		if p.Email != "" && p.Email == email {
			_, err := f.story.asRoot(ctx, "cognito-idp", "AdminUpdateUserAttributes", fields{
				"UserPoolId": event["userPoolId"], "Username": event["userName"], "UserAttributes": []fields{{"Name": "custom:org", "Value": p.Org}},
			})
			return event, err
		}
	}
	return nil, fmt.Errorf("nobody knows %s", email)
}

// makeFunctions makes the functions known to Lambda.
func (s *story) makeFunctions(ctx context.Context) error {
	f, err := s.serveFunctions(ctx)
	if err != nil {
		return err
	}
	err = s.query(ctx, &s.root, "CreateRole", map[string]string{
		"RoleName": "Functions", "AssumeRolePolicyDocument": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`,
	})
	if err != nil {
		return err
	}
	code, err := emptyProgram()
	if err != nil {
		return err
	}
	for _, name := range []string{provision, route} {
		_, err := s.restJSON(ctx, &s.root, "lambda", http.MethodPost, "/2015-03-31/functions", fields{
			"FunctionName": name, "Runtime": "provided.al2023", "Handler": "bootstrap", "Role": s.roleARN("Functions"), "Timeout": 5,
			"Code":        fields{"ZipFile": code},
			"Environment": fields{"Variables": fields{"BAILIWICK_ENDPOINT_URL": f.url + "/" + name, "BAILIWICK_ENDPOINT_SECRET": f.secret}},
		})
		if err != nil {
			return err
		}
	}
	s.tell("Two Lambda functions: %q says which organisation a new user belongs to, %q answers routes.", provision, route)
	return nil
}

// letInvoke lets a service call a function in the name of one of its resources.
func (s *story) letInvoke(ctx context.Context, function, service, source string) error {
	_, err := s.restJSON(ctx, &s.root, "lambda", http.MethodPost, "/2015-03-31/functions/"+url.PathEscape(function)+"/policy", fields{
		"StatementId": "story", "Action": "lambda:InvokeFunction", "Principal": service, "SourceArn": source,
	})
	return err
}

func (s *story) functionARN(name string) string {
	return "arn:aws:lambda:" + s.region + ":" + s.account + ":function:" + name
}

// emptyProgram is the zip file of a function whose code runs elsewhere.
func emptyProgram() (string, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	if _, err := z.Create("bootstrap"); err != nil {
		return "", err
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(out.Bytes()), nil
}
