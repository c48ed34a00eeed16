package iam

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/json"
	"fmt"
	"time"

	"github.com/bailiwick-project/bailiwick/policy"
)

// awsAccount owns the managed policies that AWS provides.
const awsAccount = "aws"

// The files are named like the policies; each has the version that AWS publishes
// with its document. Only policies whose documents are known exactly are here.
//
//go:embed awsmanaged/*.json
var awsFiles embed.FS

// An awsPolicy is one of AWS's own policies.
type awsPolicy struct {
	managed
	text     string
	compiled *policy.Policy
}

// awsFile is one file of awsmanaged.
type awsFile struct {
	Path        string // "": "/"
	Description string
	Created     time.Time // of the policy
	Updated     time.Time // of this version
	Version     int64
	Document    json.RawMessage
}

// awsPolicies returns AWS's policies by ARN, read at the first use.
func (s *API) awsPolicies() map[string]*awsPolicy {
	s.once.Do(func() {
		s.builtin = map[string]*awsPolicy{}
		entries, err := awsFiles.ReadDir("awsmanaged")
		if err != nil {
			panic(fmt.Sprintf("iam: reading the embedded policies: %v", err)) // part of the binary
		}
		for _, e := range entries {
			p := readAWSPolicy(e.Name())
			s.builtin[p.arn()] = p
		}
	})
	return s.builtin
}

func readAWSPolicy(file string) *awsPolicy {
	raw, err := awsFiles.ReadFile("awsmanaged/" + file)
	if err != nil {
		panic(fmt.Sprintf("iam: reading the embedded policy %s: %v", file, err))
	}
	var f awsFile
	if err := json.Unmarshal(raw, &f); err != nil {
		panic(fmt.Sprintf("iam: reading the embedded policy %s: %v", file, err))
	}
	// Laid out as AWS keeps them, so that the simulator names the same lines.
	var text bytes.Buffer
	if err := json.Indent(&text, f.Document, "", "  "); err != nil {
		panic(fmt.Sprintf("iam: reading the embedded policy %s: %v", file, err))
	}
	p := &awsPolicy{text: text.String(), managed: managed{
		Account: awsAccount, Path: cmp.Or(f.Path, "/"), Name: file[:len(file)-len(".json")], Description: f.Description,
		Created: f.Created, Updated: f.Updated, Default: f.Version, Last: f.Version,
	}}
	p.ID = awsPolicyID(p.Name)
	doc, err := policy.Parse(policy.Managed, p.text)
	if err != nil {
		panic(fmt.Sprintf("iam: the embedded policy %s: %v", file, err))
	}
	p.compiled = policy.Compile(p.arn(), doc)
	return p
}

// awsPolicyID derives an id from the name: AWS's own ids are not published.
func awsPolicyID(name string) string {
	sum := sha256.Sum256([]byte(name))
	id := sum[:idLength]
	for i, b := range id {
		id[i] = idAlphabet[b&31]
	}
	return policyPrefix + string(id)
}
