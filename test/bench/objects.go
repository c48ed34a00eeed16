package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

const (
	bucket      = "bench-objects"
	objectBytes = 4 << 10
	objectCount = 256
)

// objectPolicy is the tenant's own prefix.
const objectPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::` + bucket + `/${aws:PrincipalTag/org}/*"}]}`

func objectPath(org string, i int) string { return fmt.Sprintf("/%s/%s/%05d", bucket, org, i) }

// object is the content of every object, which compresses badly enough.
func object() []byte { return bytes.Repeat([]byte("0123456789abcde\n"), objectBytes/16) }

func getObject(org string, i int) route {
	return route{service: "s3", method: http.MethodGet, path: objectPath(org, i)}
}

func putObject(org string, i int) route {
	return route{service: "s3", method: http.MethodPut, path: objectPath(org, i), body: object()}
}

// makeObjects makes a bucket with the objects of the tenant and one of another,
// once, and checks that the tenant reaches none but its own.
func (w *world) makeObjects(ctx context.Context) error {
	if w.objects {
		return nil
	}
	if err := w.putPolicy(ctx, "objects", objectPolicy); err != nil {
		return err
	}
	if _, err := send(rest(ctx, w.addr, &w.root, route{service: "s3", method: http.MethodPut, path: "/" + bucket})); err != nil {
		return fmt.Errorf("CreateBucket: %w", err)
	}
	for i := range objectCount {
		if _, err := send(rest(ctx, w.addr, &w.root, putObject(org, i))); err != nil {
			return fmt.Errorf("PutObject: %w", err)
		}
	}
	if _, err := send(rest(ctx, w.addr, &w.root, putObject(otherOrg, 0))); err != nil {
		return fmt.Errorf("PutObject: %w", err)
	}
	w.objects = true
	return errors.Join(w.ownOnly(ctx, "GetObject", getObject), w.ownOnly(ctx, "PutObject", putObject))
}

// ownOnly makes sure that what is measured is enforced.
func (w *world) ownOnly(ctx context.Context, name string, in func(org string, i int) route) error {
	if _, err := send(rest(ctx, w.addr, &w.tenant, in(org, 0))); err != nil {
		return fmt.Errorf("the tenant's own %s: %w", name, err)
	}
	var no *refusal
	_, err := send(rest(ctx, w.addr, &w.tenant, in(otherOrg, 0)))
	if err == nil {
		return fmt.Errorf("%s of another tenant was allowed: nothing that is measured here would be enforced", name)
	}
	if !errors.As(err, &no) || no.status != http.StatusForbidden {
		return fmt.Errorf("another tenant's %s: %w, not 403", name, err)
	}
	return nil
}

// putPolicy gives the tenant's role another policy.
func (w *world) putPolicy(ctx context.Context, name, document string) error {
	if !json.Valid([]byte(document)) {
		return fmt.Errorf("the policy %s is no JSON: %s", name, document)
	}
	_, err := send(form(ctx, w.addr, &w.root, "iam", map[string]string{
		"Action": "PutRolePolicy", "Version": "2010-05-08", "RoleName": "Tenant", "PolicyName": name, "PolicyDocument": document,
	}))
	if err != nil {
		return fmt.Errorf("PutRolePolicy: %w", err)
	}
	return nil
}

// signedAll signs n requests of the tenant.
func (w *world) signedAll(ctx context.Context, n int, in func(i int) route) ([][]byte, error) {
	out := make([][]byte, n)
	for i := range out {
		var err error
		if out[i], err = raw(rest(ctx, w.addr, &w.tenant, in(i))); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// fileOf is the name of a file for the path of an object.
func fileOf(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
