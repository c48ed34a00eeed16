package main

import (
	"fmt"
	"strings"

	"github.com/bailiwick-project/bailiwick/policy"
)

// The policies that AWS attaches to every level of an organization by itself. Their
// names stand for them.
const (
	fullAccess  = "FullAWSAccess"    // may be taken away
	fullControl = "RCPFullAWSAccess" // may not
)

var awsDocuments = map[string]string{
	fullAccess:  `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`,
	fullControl: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`,
}

// organization compiles the policies of the organizations of the principal and of
// the resource. Who has no account is bound by no service control policy.
// Source: AWS Organizations User Guide, "SCP evaluation", "RCP evaluation".
func (p *policies) organization(l *policy.Layers, f *policyFiles, who policy.Principal) error {
	for _, level := range p.scp {
		set, err := f.set(policy.Identity, level)
		if err != nil {
			return err
		}
		if bound(who) {
			l.ServiceControl = append(l.ServiceControl, set)
		}
	}
	for _, level := range p.rcp {
		set, err := f.set(policy.ResourceControl, append(documents{fullControl}, level...))
		if err != nil {
			return err
		}
		l.ResourceControl = append(l.ResourceControl, set)
	}
	return nil
}

// bound tells whether service control policies can bind a principal.
func bound(who policy.Principal) bool {
	return who.Type != policy.Anonymous && who.Type != policy.Service && who.Type != policy.WebIdentity
}

// notes say what surprises about the policies of an organization.
func (p *policies) notes(who policy.Principal, x *policy.Explanation) []string {
	if len(p.scp) > 0 && !bound(who) {
		return []string{"service control policies bind users, roles and root users of the organization's accounts only, so --scp was not asked"}
	}
	var out []string
	level := 0
	for _, l := range x.Layers {
		if l.Layer != policy.LayerServiceControl.String() {
			continue
		}
		level++
		allows, applies := 0, false
		for _, document := range l.Policies {
			for i := range document.Statements {
				if s := &document.Statements[i]; s.Effect == "Allow" {
					allows++
					applies = applies || s.Applies
				}
			}
		}
		if applies {
			continue
		}
		names := strings.Join(p.scp[level-1].names(), ",")
		note := fmt.Sprintf("level %d of the service control policies (%s) does not allow the action; every level must", level, names)
		if allows == 0 {
			note += fmt.Sprintf(". It has no Allow at all: AWS attaches %s beside such policies, so perhaps --scp %[1]s,%s", fullAccess, names)
		}
		out = append(out, note)
	}
	return out
}

// names are those of the files; a document in the request has none.
func (d documents) names() []string {
	var out []string
	for _, one := range d {
		if inline(one) {
			one = "a document of the request"
		}
		out = append(out, one)
	}
	return out
}
