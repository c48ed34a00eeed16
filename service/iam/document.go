package iam

import (
	"net/url"
	"strings"
)

// encoded is a policy document as IAM answers it: percent-encoded after RFC 3986.
// Source: IAM API Reference, PolicyVersion: "The policy document returned in
// this structure is URL-encoded compliant with RFC 3986".
func encoded(document string) *string {
	return ptr(strings.ReplaceAll(url.QueryEscape(document), "+", "%20"))
}
