package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
)

const (
	function       = "bench"
	functionPath   = "/2015-03-31/functions/" + function
	functionPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["lambda:InvokeFunction","lambda:GetFunctionConfiguration"],"Resource":"arn:aws:lambda:` + region + `:` + account + `:function:` + function + `"}]}`
	trustLambda    = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	event          = `{"path":"/orders","org":"` + org + `","items":[1,2,3]}`
)

// makeFunction builds the function in folder and makes it known, once.
func (w *world) makeFunction(ctx context.Context, repo, folder string) error {
	if w.function {
		return nil
	}
	program := filepath.Join(folder, "bootstrap")
	build := exec.CommandContext(ctx, "go", "build", "-tags", "lambda.norpc", "-ldflags", "-s -w", "-o", program, "./function")
	build.Dir, build.Env = filepath.Join(repo, "test", "bench"), append(os.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building the function: %w\n%s", err, text)
	}
	code, err := zipped(program)
	if err != nil {
		return err
	}
	_, err = send(form(ctx, w.addr, &w.root, "iam", map[string]string{"Action": "CreateRole", "Version": "2010-05-08", "RoleName": "Function", "AssumeRolePolicyDocument": trustLambda}))
	if err != nil {
		return fmt.Errorf("CreateRole: %w", err)
	}
	err = callREST(ctx, w.addr, &w.root, route{service: "lambda", method: http.MethodPost, path: "/2015-03-31/functions"}, fields{
		"FunctionName": function, "Runtime": "provided.al2023", "Handler": "bootstrap", "Role": "arn:aws:iam::" + account + ":role/Function",
		"Code": fields{"ZipFile": code}, "Timeout": 10, "MemorySize": 256,
	}, nil)
	if err != nil {
		return err
	}
	if err := w.putPolicy(ctx, "functions", functionPolicy); err != nil {
		return err
	}
	w.function = true
	var no *refusal
	_, err = send(rest(ctx, w.addr, &w.tenant, route{service: "lambda", method: http.MethodPost, path: "/2015-03-31/functions/other/invocations", body: []byte("{}")}))
	if !errors.As(err, &no) || no.status != http.StatusForbidden {
		return fmt.Errorf("invoking another function: %w, not 403", err)
	}
	return nil
}

// zipped is a zip file with the one program in it.
func zipped(program string) ([]byte, error) {
	text, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	h := &zip.FileHeader{Name: filepath.Base(program), Method: zip.Deflate}
	h.SetMode(0o755)
	f, err := z.CreateHeader(h)
	if err != nil {
		return nil, err
	}
	if _, err := f.Write(text); err != nil {
		return nil, err
	}
	err = z.Close()
	return out.Bytes(), err
}
