package apigateway

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/bailiwick-project/bailiwick/gateway"
)

// contentJSON is the media type whose templates a mock uses: requests without a
// body, such as preflights, count as JSON.
const contentJSON = "application/json"

// mockTemplate is the one request template that a mock has any use for. Quotes
// may be missing, as in much that is deployed.
var mockTemplate = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\s*\{\s*["']?statusCode["']?\s*:\s*["']?([1-5][0-9][0-9])["']?\s*,?\s*\}\s*$`)
})

// directive is the beginning of a variable or directive of a mapping template.
var directive = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\$[!{A-Za-z_]|#[#*{@\[A-Za-z_]`) })

// isLiteral tells whether a template says nothing but itself.
func isLiteral(template string) bool { return !directive().MatchString(template) }

// staticValue reads a mapping expression that is a value: 'GET,OPTIONS'.
func staticValue(from string) (string, bool) {
	if len(from) < 2 || from[0] != '\'' || from[len(from)-1] != '\'' {
		return "", false
	}
	value := from[1 : len(from)-1]
	for _, c := range []byte(value) {
		if c < ' ' && c != '\t' || c == 0x7f {
			return "", false // would end the header and begin another
		}
	}
	return value, true
}

// rightMock checks the request templates of a mock.
func (i *integration) rightMock() error {
	for _, t := range i.Templates {
		if !mockTemplate().MatchString(t) {
			return bad(`Mapping templates are not offered: the request template of a mock integration is {"statusCode": N}.`)
		}
	}
	return nil
}

// mock is what a mock integration answers: its request template says a status,
// which chooses a response by pattern, else the one without a pattern. Without
// either, AWS answers as if it had failed, and so does this.
func (i *integration) mock(to *gateway.Integration) {
	to.Backend, to.MockStatus = gateway.Mock, 500
	to.MockHeader, to.MockBody = map[string]string{"Content-Type": contentJSON}, `{"message": "Internal server error"}`
	said := mockTemplate().FindStringSubmatch(i.Templates[contentJSON])
	if said == nil {
		return
	}
	chosen := ""
	for _, status := range slices.Sorted(maps.Keys(i.Responses)) {
		pattern := i.Responses[status].Pattern
		if pattern == "" {
			if chosen == "" {
				chosen = status
			}
			continue
		}
		if re, err := regexp.Compile("^(?:" + pattern + ")$"); err == nil && re.MatchString(said[1]) {
			chosen = status
			break
		}
	}
	r := i.Responses[chosen]
	if r == nil {
		return
	}
	to.MockStatus, _ = strconv.Atoi(chosen)
	to.MockBody = r.Templates[contentJSON]
	for name, from := range r.Parameters {
		if value, ok := staticValue(from); ok {
			to.MockHeader[http.CanonicalHeaderKey(strings.TrimPrefix(name, responseHeader))] = value
		}
	}
}
