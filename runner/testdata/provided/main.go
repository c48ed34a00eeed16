// Command provided is a function that speaks the Lambda Runtime API by hand.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

var base = "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/"

func main() {
	for {
		resp, err := http.Get(base + "invocation/next")
		if err != nil || resp.StatusCode != http.StatusOK {
			os.Exit(0)
		}
		event, err := io.ReadAll(resp.Body)
		if err != nil {
			panic(err)
		}
		var in struct{ Do string }
		if err := json.Unmarshal(event, &in); err != nil {
			panic(err)
		}
		serve(resp.Header.Get("Lambda-Runtime-Aws-Request-Id"), in.Do, event)
	}
}

func serve(id, do string, event []byte) {
	answer := "invocation/" + id + "/response"
	switch do {
	case "echo":
		post(answer, fmt.Sprintf(`{"echo":%s,"method":%d,"path":%d,"second":%d,"stranger":%d}`,
			event, get("init/error"), post("nothing", ""), get("invocation/next"), post("invocation/0000/response", "{}")))
	case "stream", "streamFails":
		r, _ := http.NewRequest(http.MethodPost, base+answer, io.MultiReader(strings.NewReader(`{"stre`), strings.NewReader(`amed":true}`)))
		r.Header.Set("Lambda-Runtime-Function-Response-Mode", "streaming")
		if do == "streamFails" {
			r.Trailer = http.Header{"Lambda-Runtime-Function-Error-Type": {"Broken.Stream"}}
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			panic(err)
		}
		resp.Body.Close()
	case "error":
		post("invocation/"+id+"/error", `{"errorType":"Mine","errorMessage":"as I said"}`)
	case "noJSON":
		post("invocation/"+id+"/error", "just text")
	case "large":
		post(answer, `"`+strings.Repeat("x", 7<<20)+`"`)
	case "crash":
		panic("as asked")
	}
}

func post(what, body string) int {
	r, _ := http.NewRequest(http.MethodPost, base+what, bytes.NewReader([]byte(body)))
	r.Header.Set("Lambda-Runtime-Function-Error-Type", "Custom")
	return do(r)
}

func get(what string) int {
	r, _ := http.NewRequest(http.MethodGet, base+what, nil)
	return do(r)
}

func do(r *http.Request) int {
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}
