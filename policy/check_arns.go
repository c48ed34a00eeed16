package policy

import (
	"slices"
	"strings"
)

// iamPaths are the beginnings of the resources of IAM itself, as msgIAMPath lists them.
var iamPaths = [...]string{
	"user/", "federated-user/", "role/", "group/", "instance-profile/", "mfa/", "server-certificate/", "policy/", "sms-mfa/",
	"saml-provider/", "oidc-provider/", "report/", "access-report/",
}

// s3Regional are the resources of S3 that do have a region; buckets and objects have none.
var s3Regional = [...]string{"accesspoint/", "job/", "storage-lens/", "storage-lens-group/", "access-grants/", "async-request/"}

// arns finds resources that cannot be ARNs.
func (d *checker) arns(s *Statement) *fault {
	for _, r := range joined(s.Resources, s.NotResources) {
		if f := checkARN(r); f != nil {
			return f
		}
	}
	return nil
}

func checkARN(r string) *fault {
	if r == "*" {
		return nil
	}
	if !strings.HasPrefix(r, "arn:") {
		return faultf(r, "Resource "+r+` must be in ARN format or "*".`, "%q does not begin with \"arn:\"", r)
	}
	var at colons
	n, _ := at.scan(r)
	service := ""
	switch {
	case n > servicePart+1:
		service = at.part(r, servicePart)
	case n == servicePart+1:
		service = r[at[servicePart]+1:]
	}
	if service == "" || !isVendor(service) {
		return faultf(r, msgVendor, "%q names no service", r)
	}
	if n < len(at) {
		return nil
	}
	region, resource := at.part(r, regionPart), at.part(r, resourcePart)
	if f := checkRegion(r, service, region, resource); f != nil {
		return f
	}
	if service == "iam" && resource != "*" && !hasPrefix(resource, iamPaths[:]) {
		return faultf(r, msgIAMPath, "the path of %q is %q", r, resource)
	}
	return nil
}

func checkRegion(r, service, region, resource string) *fault {
	if region == "" {
		return nil
	}
	if service == "iam" {
		return faultf(r, "IAM resource "+r+" cannot contain region information.", "%q has the region %q", r, region)
	}
	if service == "s3" && !strings.ContainsAny(region, "*?") && !hasPrefix(resource, s3Regional[:]) {
		return faultf(r, "Resource "+r+" can not contain region information.", "%q has the region %q", r, region)
	}
	return nil
}

func hasPrefix(s string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}

// principals: identity policies name none, the others only such as can exist. Patterns are refused, because AWS would
// compare them as they are and never match.
func (d *checker) principals(s *Statement) *fault {
	if d.Kind == ResourceControl {
		return checkControl(s)
	}
	if !d.Kind.named() {
		if len(s.Principals)+len(s.NotPrincipal) > 0 {
			return faultf("Principal", msgNoPrincipal, "a policy of kind %s has no principal", d.Kind)
		}
		return nil
	}
	if (len(s.Principals) == 0) == (len(s.NotPrincipal) == 0) {
		return faultf("", d.Kind.missing("Principal"), "there is no Principal")
	}
	if len(s.NotPrincipal) > 0 && (d.Kind == Trust || s.Effect != effectDeny) {
		return faultf("NotPrincipal", msgSyntax, "NotPrincipal goes with Deny only, and in no trust policy")
	}
	for _, p := range joined(s.Principals, s.NotPrincipal) {
		if _, ok := newPrincipalTest(p); !ok {
			return faultf(p.Value, d.Kind.badPrincipal(p), "there is no principal %s %q", p.Type, p.Value)
		}
	}
	return nil
}
