package sdk_test

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	citypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
)

// A wireRequest is sent as it is written here: no client corrects it. Its signature
// is made by code of this file alone, from the specification.
type wireRequest struct {
	method, target string // the target with its query, as it is sent
	header         [][2]string
	body           []byte

	creds *citypes.Credentials
	scope string // of the signature: "date/region/service/aws4_request"
	at    string // X-Amz-Date
	seed  string // the signature
}

func request(method, target, body string, header ...string) *wireRequest {
	r := &wireRequest{method: method, target: target, body: []byte(body)}
	for i := 0; i+1 < len(header); i += 2 {
		r.set(header[i], header[i+1])
	}
	return r
}

// set adds a header, or replaces the one of exactly this spelling.
func (r *wireRequest) set(name, value string) {
	r.unset(name)
	r.add(name, value)
}

func (r *wireRequest) add(name, value string) { r.header = append(r.header, [2]string{name, value}) }

func (r *wireRequest) unset(name string) {
	r.header = slices.DeleteFunc(r.header, func(h [2]string) bool { return h[0] == name })
}

func (r *wireRequest) get(name string) string {
	for _, h := range r.header {
		if strings.EqualFold(h[0], name) {
			return h[1]
		}
	}
	return ""
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func (r *wireRequest) sign256(text string) string {
	key := []byte("AWS4" + aws.ToString(r.creds.SecretKey))
	for _, part := range strings.Split(r.scope, "/") {
		key = mac(key, part)
	}
	return hex.EncodeToString(mac(key, text))
}

func (r *wireRequest) begin(host string, c *citypes.Credentials, service string, at time.Time) {
	r.creds, r.at = c, at.UTC().Format("20060102T150405Z")
	r.scope = r.at[:8] + "/" + region + "/" + service + "/aws4_request"
	if r.get("Host") == "" {
		r.header = slices.Insert(r.header, 0, [2]string{"Host", host})
	}
}

// sign signs all headers in Authorization. payload is x-amz-content-sha256, "" for
// the hash of the body.
func (r *wireRequest) sign(host string, c *citypes.Credentials, service, payload string) *wireRequest {
	r.begin(host, c, service, time.Now())
	if payload == "" {
		payload = hexSum(r.body)
	}
	r.set("X-Amz-Date", r.at)
	r.set("X-Amz-Content-Sha256", payload)
	if c.SessionToken != nil {
		r.set("X-Amz-Security-Token", *c.SessionToken)
	}
	names := r.signAs(payload)
	r.set("Authorization", "AWS4-HMAC-SHA256 Credential="+aws.ToString(c.AccessKeyId)+"/"+r.scope+", SignedHeaders="+names+", Signature="+r.seed)
	return r
}

// presign signs in the query, with the headers that are there.
func (r *wireRequest) presign(host string, c *citypes.Credentials, payload, expires string, at time.Time) *wireRequest {
	r.begin(host, c, "s3", at)
	var names []string
	for _, h := range r.header {
		names = append(names, strings.ToLower(h[0]))
	}
	slices.Sort(names)
	q := "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=" + url.QueryEscape(aws.ToString(c.AccessKeyId)+"/"+r.scope) +
		"&X-Amz-Date=" + r.at + "&X-Amz-Expires=" + expires + "&X-Amz-SignedHeaders=" + url.QueryEscape(strings.Join(names, ";"))
	if c.SessionToken != nil {
		q += "&X-Amz-Security-Token=" + url.QueryEscape(*c.SessionToken)
	}
	r.target += map[bool]string{true: "&", false: "?"}[strings.Contains(r.target, "?")] + q
	r.signAs(payload)
	r.target += "&X-Amz-Signature=" + r.seed
	return r
}

// signAs computes the signature over what the request holds now.
func (r *wireRequest) signAs(payload string) (signed string) {
	path, query, _ := strings.Cut(r.target, "?")
	var headers []string
	for _, h := range r.header {
		headers = append(headers, strings.ToLower(h[0])+":"+strings.TrimSpace(h[1]))
	}
	slices.Sort(headers)
	var names, params []string
	for _, h := range headers {
		names = append(names, h[:strings.IndexByte(h, ':')])
	}
	for p := range strings.SplitSeq(query, "&") {
		if k, v, _ := strings.Cut(p, "="); p != "" {
			params = append(params, recode(k)+"="+recode(v))
		}
	}
	slices.Sort(params)
	signed = strings.Join(names, ";")
	canonical := strings.Join([]string{r.method, path, strings.Join(params, "&"), strings.Join(headers, "\n"), "", signed, payload}, "\n")
	r.seed = r.sign256("AWS4-HMAC-SHA256\n" + r.at + "\n" + r.scope + "\n" + hexSum([]byte(canonical)))
	return signed
}

// recode decodes text once and encodes it as the specification says.
func recode(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		text = plain
	}
	var out strings.Builder
	for _, c := range []byte(text) {
		switch {
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9', strings.IndexByte("-_.~", c) >= 0:
			out.WriteByte(c)
		default:
			fmt.Fprintf(&out, "%%%02X", c)
		}
	}
	return out.String()
}

// The forms of x-amz-content-sha256 of bodies in chunks.
const (
	inChunks         = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
	inChunksTrailer  = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
	unsignedTrailer  = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
	crcTrailer       = "x-amz-checksum-crc32"
	unsignedPayload  = "UNSIGNED-PAYLOAD"
	emptySum         = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	signatureInParts = "AWS4-HMAC-SHA256-PAYLOAD"
)

// A chunk is a piece of a body as it is sent.
type chunk []byte

// chunks cuts a body, signs the pieces if form says so, and ends with an empty one
// and, where form has it, the trailer.
func (r *wireRequest) chunks(form string, pieces []string, trailer string) []chunk {
	var out []chunk
	previous := r.seed
	for _, p := range append(slices.Clone(pieces), "") {
		head := fmt.Sprintf("%x", len(p))
		if form != unsignedTrailer {
			previous = r.sign256(signatureInParts + "\n" + joined(r.at, r.scope, previous, emptySum, hexSum([]byte(p))))
			head += ";chunk-signature=" + previous
		}
		c := head + "\r\n" + p + "\r\n"
		if p == "" {
			c = head + "\r\n"
		}
		out = append(out, chunk(c))
	}
	end := ""
	if form != inChunks {
		end = trailer + "\r\n"
	}
	if form == inChunksTrailer {
		end += "x-amz-trailer-signature:" + r.sign256("AWS4-HMAC-SHA256-TRAILER\n"+joined(r.at, r.scope, previous, hexSum([]byte(trailer+"\n")))) + "\r\n"
	}
	return append(out, chunk(end+"\r\n"))
}

func joined(lines ...string) string { return strings.Join(lines, "\n") }

func crcOf(text string) string {
	sum := crc32.NewIEEE()
	_, _ = io.WriteString(sum, text) // never fails
	return base64.StdEncoding.EncodeToString(sum.Sum(nil))
}

// sendRaw writes the request and reads the answer. The client's half is closed
// where the request states its own length: what is missing does not come.
func (w *world) sendRaw(r *wireRequest) (status int, text string, header http.Header) {
	w.t.Helper()
	conn, err := new(net.Dialer).DialContext(w.ctx, "tcp", w.s.addr)
	w.must("dialing", err)
	defer conn.Close()
	w.must("setting a deadline", conn.SetDeadline(time.Now().Add(20*time.Second)))
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\n", r.method, r.target)
	if r.get("Host") == "" {
		fmt.Fprintf(&b, "Host: %s\r\n", w.s.addr)
	}
	for _, h := range r.header {
		fmt.Fprintf(&b, "%s: %s\r\n", h[0], h[1])
	}
	if r.get("Content-Length") == "" && r.get("Transfer-Encoding") == "" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(r.body))
	}
	b.WriteString("Connection: close\r\n\r\n")
	b.Write(r.body)
	_, _ = conn.Write(b.Bytes()) // a server that refuses early need not read it all
	if tcp, ok := conn.(*net.TCPConn); ok && r.get("Content-Length") != "" {
		_ = tcp.CloseWrite()
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: r.method})
	if err != nil {
		return 0, err.Error(), nil
	}
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body)
	if err != nil {
		all = append(all, " "+err.Error()...)
	}
	return resp.StatusCode, string(all), resp.Header
}
