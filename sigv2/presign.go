package sigv2

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Credentials sign. SessionToken is "" for long-term keys.
type Credentials struct {
	AccessKeyID, SecretAccessKey, SessionToken string
}

// Presign adds to the URL of r what makes it good until expires. bucket is the one
// that the host names, "" for none. The headers Content-Type, Content-MD5 and
// x-amz-* that r has are signed: whoever uses the URL must send them.
func Presign(r *http.Request, c Credentials, bucket string, expires time.Time) error {
	query := []string{}
	if r.URL.RawQuery != "" {
		query = append(query, r.URL.RawQuery)
	}
	query = append(query, keyIDName+"="+url.QueryEscape(c.AccessKeyID), expiresName+"="+strconv.FormatInt(expires.Unix(), 10))
	if c.SessionToken != "" {
		query = append(query, tokenName+"="+url.QueryEscape(c.SessionToken))
	}
	before := r.URL.RawQuery
	raw := strings.Join(query, "&")
	r.URL.RawQuery = raw + "&" + signatureName + "=none"
	s, err := Parse(r, bucket)
	if err != nil {
		r.URL.RawQuery = before
		return fmt.Errorf("presigning: %w", err)
	}
	r.URL.RawQuery = raw + "&" + signatureName + "=" + url.QueryEscape(sign(c.SecretAccessKey, s.texts[0]))
	return nil
}
