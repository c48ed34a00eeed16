package s3

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick"
)

// A formPolicy is what the signer of a form allows its holder to send.
// Source: Amazon S3 API Reference, "Creating a POST policy".
type formPolicy struct {
	Expiration *string            `json:"expiration"`
	Conditions *[]json.RawMessage `json:"conditions"`
}

// A formCondition is one of its conditions.
type formCondition struct {
	operator, field, value string
	min, max               int64 // of content-length-range
}

func (c *formCondition) String() string {
	if c.operator == lengthRange {
		return `["content-length-range", ` + strconv.FormatInt(c.min, 10) + ", " + strconv.FormatInt(c.max, 10) + "]"
	}
	value, _ := json.Marshal(c.value) // a string always has a form
	return `["` + c.operator + `", "$` + c.field + `", ` + string(value) + "]"
}

const lengthRange = "content-length-range"

func invalidPolicy(detail string) *bailiwick.Error {
	return fail(http.StatusBadRequest, "InvalidPolicyDocument", "Invalid Policy: "+detail)
}

func notByPolicy(detail string) *bailiwick.Error {
	return fail(http.StatusForbidden, "AccessDenied", "Invalid according to Policy: "+detail)
}

// satisfies holds the fields of a form against its signed policy: not expired,
// every condition met, and no field that the signer did not think of. The length
// of the file is promised, for whoever reads it.
func satisfies(call *bailiwick.Call, encoded, bucketName string, fields map[string]string, pr *promise) error {
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return invalidPolicy("Invalid Base64 encoding.")
	}
	conditions, err := parseFormPolicy(call, raw)
	if err != nil {
		return err
	}
	covered := map[string]bool{}
	for i := range conditions {
		c := &conditions[i]
		if c.operator == lengthRange {
			pr.least, pr.limit = max(pr.least, c.min), min(pr.limit, c.max)
			continue
		}
		name := strings.ToLower(c.field)
		value := fields[name]
		if name == "bucket" {
			value = bucketName
		}
		if !c.met(name, value) {
			return notByPolicy("Policy Condition failed: " + c.String())
		}
		covered[name] = true
	}
	if !covered["bucket"] { // it would be good for every bucket of the signer
		return notByPolicy("Extra input fields: bucket")
	}
	for _, name := range sorted(fields) {
		if !covered[name] && !uncovered(name) {
			return notByPolicy("Extra input fields: " + name)
		}
	}
	if b, ok := fields["bucket"]; ok && b != bucketName {
		return notByPolicy(`Policy Condition failed: ["eq", "$bucket", "` + bucketName + `"]`)
	}
	return nil
}

// uncovered are the fields that a policy need not name.
func uncovered(name string) bool {
	return slices.Contains([]string{"policy", "x-amz-signature", "signature", "awsaccesskeyid", "file"}, name) || strings.HasPrefix(name, "x-ignore-")
}

func (c *formCondition) met(name, value string) bool {
	if c.operator == "eq" {
		return value == c.value
	}
	if name == "content-type" { // a list, of which every element must begin so
		for element := range strings.SplitSeq(value, ",") {
			if !strings.HasPrefix(strings.TrimSpace(element), c.value) {
				return false
			}
		}
	}
	return strings.HasPrefix(value, c.value)
}

func parseFormPolicy(call *bailiwick.Call, raw []byte) ([]formCondition, error) {
	var p formPolicy
	if err := json.Unmarshal(raw, &p); err != nil {
		return nil, invalidPolicy("Invalid JSON.")
	}
	switch {
	case p.Expiration == nil:
		return nil, invalidPolicy("Policy missing expiration.")
	case p.Conditions == nil:
		return nil, invalidPolicy("Policy missing conditions.")
	}
	until, err := time.Parse(time.RFC3339Nano, *p.Expiration)
	if err != nil {
		return nil, invalidPolicy("Invalid 'expiration' value: '" + *p.Expiration + "'")
	}
	if !call.Time.Before(until) {
		return nil, notByPolicy("Policy expired.")
	}
	var out []formCondition
	for _, c := range *p.Conditions {
		parsed, ok := parseFormCondition(c)
		if !ok {
			return nil, invalidPolicy("Invalid Condition: " + string(c[:min(len(c), 200)]))
		}
		out = append(out, parsed...)
	}
	return out, nil
}

// parseFormCondition reads {"field": "value"} or [operator, "$field", "value"] or
// ["content-length-range", min, max].
func parseFormCondition(raw json.RawMessage) (out []formCondition, ok bool) {
	var object map[string]string
	if json.Unmarshal(raw, &object) == nil && object != nil {
		for _, name := range sorted(object) {
			out = append(out, formCondition{operator: "eq", field: name, value: object[name]})
		}
		return out, len(out) > 0
	}
	var list []any
	if json.Unmarshal(raw, &list) != nil || len(list) != 3 {
		return nil, false
	}
	operator, ok := list[0].(string)
	if operator = strings.ToLower(operator); !ok {
		return nil, false
	}
	if operator == lengthRange {
		c := formCondition{operator: operator}
		var okMin, okMax bool
		c.min, okMin = length(list[1])
		c.max, okMax = length(list[2])
		return []formCondition{c}, okMin && okMax && c.min <= c.max
	}
	field, okField := list[1].(string)
	value, okValue := list[2].(string)
	field, dollar := strings.CutPrefix(field, "$")
	valid := okField && okValue && dollar && (operator == "eq" || operator == "starts-with")
	return []formCondition{{operator: operator, field: field, value: value}}, valid
}

// length reads a number of bytes, which some signers put in quotes.
func length(v any) (int64, bool) {
	switch n := v.(type) {
	case float64:
		return int64(n), n >= 0 && n <= 1<<53 && n == float64(int64(n))
	case string:
		i, err := strconv.ParseInt(n, 10, 64)
		return i, err == nil && i >= 0
	}
	return 0, false
}
