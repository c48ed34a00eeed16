package sdk_test

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

func functionARN(name string) string {
	return "arn:aws:lambda:" + region + ":" + account + ":function:" + name
}

// trustLambda lets functions take a role.
const trustLambda = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

// function makes a function and its role, which may do what the policies say.
func (w *world) function(name, runtime, handler string, code []byte, environment map[string]string, policies ...string) {
	w.t.Helper()
	w.role(name+"Role", trustLambda, policies...)
	_, err := w.functions.CreateFunction(w.ctx, &lambda.CreateFunctionInput{
		FunctionName: &name, Runtime: lambdatypes.Runtime(runtime), Handler: &handler, Role: aws.String(roleARN(name + "Role")),
		Code: &lambdatypes.FunctionCode{ZipFile: code}, Environment: &lambdatypes.Environment{Variables: environment},
		Timeout: aws.Int32(10), MemorySize: aws.Int32(256),
	})
	w.must("CreateFunction", err)
}

// nodeFunction is a function in Node.js that signs with aws4.
func (w *world) nodeFunction(name, file string, environment map[string]string, policies ...string) {
	w.t.Helper()
	w.function(name, "nodejs20.x", "index.handler", zipped(w.t, map[string]string{
		"index.mjs": filepath.Join("functions", "node", file), "node_modules/aws4": filepath.Join("js", "node_modules", "aws4"),
	}), environment, policies...)
}

// allowInvoke lets a service call a function in the name of one of its resources.
func (w *world) allowInvoke(name, service, source string) {
	w.t.Helper()
	_, err := w.functions.AddPermission(w.ctx, &lambda.AddPermissionInput{
		FunctionName: &name, StatementId: aws.String("allow-" + service[:3]), Action: aws.String("lambda:InvokeFunction"), Principal: &service, SourceArn: &source,
	})
	w.must("AddPermission", err)
}

// zipped packs files and folders under the names that they have in the zip.
func zipped(t *testing.T, content map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, source := range content {
		err := filepath.WalkDir(source, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			inside, err := filepath.Rel(source, path)
			if err != nil {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			h := &zip.FileHeader{Name: filepath.ToSlash(filepath.Join(name, inside)), Method: zip.Deflate}
			h.SetMode(0o755)
			f, err := z.CreateHeader(h)
			if err != nil {
				return err
			}
			_, err = f.Write(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// programs are the functions in Go, each built once for all stories.
var programs struct {
	sync.Mutex
	zips map[string][]byte
}

// goFunction builds a program of functions/ for provided.al2023.
func goFunction(t *testing.T, name string) []byte {
	t.Helper()
	programs.Lock()
	defer programs.Unlock()
	if z := programs.zips[name]; z != nil {
		return z
	}
	program := filepath.Join(t.TempDir(), "bootstrap")
	build := exec.Command("go", "build", "-tags", "lambda.norpc", "-ldflags", "-s -w", "-o", program, "./functions/"+name)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building %s: %v\n%s", name, err, out)
	}
	if programs.zips == nil {
		programs.zips = map[string][]byte{}
	}
	programs.zips[name] = zipped(t, map[string]string{"bootstrap": program})
	return programs.zips[name]
}
