package sdk_test

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// TestHostileArchives: code that would leave its folder, or fill the disk, is no
// function, and leaves none behind.
func TestHostileArchives(t *testing.T) {
	t.Parallel()
	w := newWorld(t, serve(t, devData))
	w.role("Packed", trustLambda)
	const good = "export async function handler() { return 1 }"
	file := func(name string) func(*zip.Writer) error {
		return func(z *zip.Writer) error { return entry(z, name, 0o644, strings.NewReader("x")) }
	}
	for name, c := range map[string]struct {
		add  func(*zip.Writer) error
		want string
	}{
		"as it should be":    {nil, ""},
		"a path upwards":     {file("../../evil.txt"), "InvalidParameterValueException: "},
		"a path upwards, in": {file("a/../../evil.txt"), "InvalidParameterValueException: "},
		"an absolute path":   {file("/tmp/evil.txt"), "InvalidParameterValueException: "},
		"backslashes":        {file(`..\evil.txt`), "InvalidParameterValueException: "},
		"a link outside": {func(z *zip.Writer) error {
			return entry(z, "evil", os.ModeSymlink|0o777, strings.NewReader("/etc/passwd"))
		}, "InvalidParameterValueException: "},
		"a file through a link": {func(z *zip.Writer) error {
			if err := entry(z, "dir", os.ModeSymlink|0o777, strings.NewReader("/tmp")); err != nil {
				return err
			}
			return entry(z, "dir/evil.txt", 0o644, strings.NewReader("x"))
		}, "InvalidParameterValueException: "},
		"a bomb": {func(z *zip.Writer) error {
			return entry(z, "zeros", 0o644, io.LimitReader(zeros{}, 300<<20))
		}, "InvalidParameterValueException: Unzipped size must be smaller than 262144000 bytes"},
	} {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		err := entry(z, "index.mjs", 0o644, strings.NewReader(good))
		if err == nil && c.add != nil {
			err = c.add(z)
		}
		if err == nil {
			err = z.Close()
		}
		w.must("packing "+name, err)
		function := aws.String("packed")
		_, err = w.functions.CreateFunction(w.ctx, &lambda.CreateFunctionInput{
			FunctionName: function, Runtime: lambdatypes.RuntimeNodejs20x, Handler: aws.String("index.handler"), Role: aws.String(roleARN("Packed")),
			Code: &lambdatypes.FunctionCode{ZipFile: b.Bytes()},
		})
		w.want(name, err, c.want)
		_, gone := w.functions.DeleteFunction(w.ctx, &lambda.DeleteFunctionInput{FunctionName: function})
		if refused := c.want != ""; refused != (gone != nil) {
			t.Errorf("%s: removing it: %v", name, gone)
		}
	}
}

func entry(z *zip.Writer, name string, mode os.FileMode, content io.Reader) error {
	h := &zip.FileHeader{Name: name, Method: zip.Deflate}
	h.SetMode(mode)
	f, err := z.CreateHeader(h)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	return err
}

// zeros never end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// TestHostileAnswers: what a function answers becomes one answer, or an error.
func TestHostileAnswers(t *testing.T) {
	t.Parallel()
	needNode(t)
	w := newWorld(t, serve(t, devMemory))
	w.nodeFunction("answers", "answers.mjs", nil)
	id := w.api("GET /", "answers")
	root := w.s.rootCredentials()
	say := func(what string) routeAnswer {
		return w.ask(http.MethodGet, root, w.s.apiURL(id, "/?say="+url.QueryEscape(what)), nil, nil)
	}
	if a := say(`{"header":{"x-fine":"yes"}}`); a.status != 200 || a.body != "said" || a.header.Get("X-Fine") != "yes" {
		t.Fatalf("as it should be: %v", a)
	}
	for name, what := range map[string]string{
		"a line in a value":    `{"header":{"x-a":"b\r\nset-cookie: c=d"}}`,
		"a line feed":          `{"header":{"x-a":"b\nset-cookie: c=d"}}`,
		"an answer in a value": `{"header":{"x-a":"b\r\n\r\nHTTP/1.1 200 OK\r\n"}}`,
		"a line in a name":     `{"header":{"x-a: b\r\nset-cookie":"c=d"}}`,
		"a space in a name":    `{"header":{"set-cookie ":"c=d"}}`,
		"NUL":                  `{"header":{"x-a":"b\u0000c"}}`,
		"too large":            `{"size":6300000}`,
	} {
		if a := say(what); a.status != 500 || a.body != `{"message":"Internal Server Error"}` || a.header.Get("Set-Cookie") != "" || a.header.Get("X-A") != "" {
			t.Errorf("%s: %d, %d bytes, %v", name, a.status, len(a.body), a.header)
		}
	}
	for _, header := range []string{"Connection", "Transfer-Encoding", "Content-Length", "Upgrade", "Trailer"} {
		if a := say(`{"header":{"` + header + `":"1"}}`); a.status == 200 && (a.body != "said" || a.header.Get("Upgrade") != "") {
			t.Errorf("%s: %v %v", header, a, a.header)
		}
	}
}
