package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick/sigv4"
	"github.com/bailiwick-project/bailiwick/srp"
)

// A client calls the APIs as any client does: over HTTP, signed. The demo has no
// other way to the server.
type client struct {
	endpoint string
	region   string
	http     *http.Client
}

// fields are the members of an input or output.
type fields = map[string]any

// A refusal is an error answer of an API.
type refusal struct {
	Code, Message, RequestID string
}

func (r *refusal) Error() string { return r.Code + ": " + r.Message }

// targets are the X-Amz-Target prefixes of the JSON services.
var targets = map[string]string{
	"cognito-idp":      "AWSCognitoIdentityProviderService",
	"cognito-identity": "AWSCognitoIdentityService",
	"dynamodb":         "DynamoDB_20120810",
}

// json calls an operation of a JSON service; without credentials unsigned.
func (c *client) json(ctx context.Context, creds *sigv4.Credentials, service, operation string, in fields) (fields, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	h := http.Header{"Content-Type": {"application/x-amz-json-1.1"}, "X-Amz-Target": {targets[service] + "." + operation}}
	status, header, answer, err := c.send(ctx, creds, service, h, body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", operation, err)
	}
	out := fields{}
	if err := json.Unmarshal(answer, &out); err != nil {
		return nil, fmt.Errorf("%s: reading the answer %.200q: %w", operation, answer, err)
	}
	if status == http.StatusOK {
		return out, nil
	}
	typ := text(out, "__type")
	message := text(out, "message")
	if message == "" {
		message = text(out, "Message")
	}
	return nil, &refusal{Code: typ[strings.LastIndexByte(typ, '#')+1:], Message: message, RequestID: header.Get("X-Amzn-Requestid")}
}

// query calls an operation of IAM.
func (c *client) query(ctx context.Context, creds *sigv4.Credentials, operation string, in map[string]string) error {
	form := url.Values{"Action": {operation}, "Version": {"2010-05-08"}}
	for k, v := range in {
		form.Set(k, v)
	}
	h := http.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=utf-8"}}
	status, _, answer, err := c.send(ctx, creds, "iam", h, []byte(form.Encode()))
	if err != nil {
		return fmt.Errorf("%s: %w", operation, err)
	}
	if status == http.StatusOK {
		return nil
	}
	var e struct {
		Error     struct{ Code, Message string }
		RequestID string `xml:"RequestId"`
	}
	if err := xml.Unmarshal(answer, &e); err != nil {
		return fmt.Errorf("%s: reading the answer %.200q: %w", operation, answer, err)
	}
	return &refusal{Code: e.Error.Code, Message: e.Error.Message, RequestID: e.RequestID}
}

// maxAnswer bounds an answer, in bytes.
const maxAnswer = 16 << 20

func (c *client) send(ctx context.Context, creds *sigv4.Credentials, service string, h http.Header, body []byte) (status int, header http.Header, answer []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint+"/", bytes.NewReader(body))
	if err != nil {
		return 0, nil, nil, err
	}
	r.Header = h
	if creds != nil {
		if err := sigv4.Sign(r, *creds, c.region, service, body, time.Now()); err != nil {
			return 0, nil, nil, err
		}
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return 0, nil, nil, err
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return resp.StatusCode, resp.Header, answer, err
}

// signIn signs a user in with SRP: the password stays here.
func (c *client) signIn(ctx context.Context, group *srp.Group, random io.Reader, poolID, clientID, username, password string) (idToken string, err error) {
	_, pool, _ := strings.Cut(poolID, "_")
	s, err := group.NewClient(random)
	if err != nil {
		return "", err
	}
	out, err := c.json(ctx, nil, "cognito-idp", "InitiateAuth", fields{
		"AuthFlow": "USER_SRP_AUTH", "ClientId": clientID, "AuthParameters": fields{"USERNAME": username, "SRP_A": s.A()},
	})
	if err != nil {
		return "", err
	}
	p := object(out, "ChallengeParameters")
	user := text(p, "USER_ID_FOR_SRP")
	key, err := s.Key(pool, user, password, text(p, "SALT"), text(p, "SRP_B"))
	if err != nil {
		return "", err
	}
	block, err := base64.StdEncoding.DecodeString(text(p, "SECRET_BLOCK"))
	if err != nil {
		return "", fmt.Errorf("reading SECRET_BLOCK: %w", err)
	}
	at := srp.FormatTimestamp(time.Now())
	out, err = c.json(ctx, nil, "cognito-idp", "RespondToAuthChallenge", fields{
		"ChallengeName": "PASSWORD_VERIFIER", "ClientId": clientID,
		"ChallengeResponses": fields{
			"USERNAME": user, "PASSWORD_CLAIM_SECRET_BLOCK": text(p, "SECRET_BLOCK"), "TIMESTAMP": at,
			"PASSWORD_CLAIM_SIGNATURE": base64.StdEncoding.EncodeToString(srp.Claim(key, pool, user, block, at)),
		},
	})
	if err != nil {
		return "", err
	}
	return text(object(out, "AuthenticationResult"), "IdToken"), nil
}

// credentials swaps an ID token for credentials; without one, a guest's.
func (c *client) credentials(ctx context.Context, identityPool, provider, idToken string) (*sigv4.Credentials, error) {
	logins := fields{}
	if idToken != "" {
		logins[provider] = idToken
	}
	out, err := c.json(ctx, nil, "cognito-identity", "GetId", fields{"IdentityPoolId": identityPool, "Logins": logins})
	if err != nil {
		return nil, err
	}
	out, err = c.json(ctx, nil, "cognito-identity", "GetCredentialsForIdentity", fields{"IdentityId": out["IdentityId"], "Logins": logins})
	if err != nil {
		return nil, err
	}
	creds := object(out, "Credentials")
	return &sigv4.Credentials{AccessKeyID: text(creds, "AccessKeyId"), SecretAccessKey: text(creds, "SecretKey"), SessionToken: text(creds, "SessionToken")}, nil
}

// text and object read a member of an answer; what is absent is empty.
func text(f fields, name string) string {
	s, _ := f[name].(string)
	return s
}

func object(f fields, name string) fields {
	o, _ := f[name].(fields)
	return o
}
