package policy

import "strconv"

// AWS's sentences for MalformedPolicyDocument, in the order in which IAM looks for the faults.
const (
	msgSyntax       = "Syntax errors in policy."
	msgInvalidJSON  = "This policy contains invalid Json"
	msgVersion      = "Policy document must be version 2012-10-17 or greater."
	msgLegacy       = "The policy failed legacy parsing"
	msgSidUnique    = "Statement IDs (SID) in a single policy must be unique."
	msgSidCharset   = "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
	msgNoActions    = "Policy statement must contain actions."
	msgNoResources  = "Policy statement must contain resources."
	msgVendorPrefix = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
	msgOneColon     = "Actions/Condition can contain only one colon."
	msgVendor       = "Resource vendor must be fully qualified and cannot contain regexes."
	msgNoPrincipal  = "Policy document should not specify a principal."
	msgControl      = "The provided policy document does not meet the requirements of the specified policy type."
	msgTrustAction  = "AssumeRole policy may only specify STS AssumeRole actions."
	msgIAMPath      = `IAM resource path must either be "*" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.`

	// S3's, used for resource policies.
	msgResourceJSON   = "Policies must be valid JSON and the first byte must be '{'"
	msgPrincipal      = "Invalid principal in policy"
	msgEmptyStatement = "Could not parse the policy: Statement is empty!"
)

// notJSON is the sentence for text that is not JSON, or has one key twice.
func (k Kind) notJSON() string {
	switch k {
	case Trust:
		return msgInvalidJSON
	case Resource:
		return msgResourceJSON
	default:
		return msgSyntax
	}
}

// missing is the sentence for an element that must be there.
func (k Kind) missing(field string) string {
	if k.named() {
		return "Missing required field " + field
	}
	return msgSyntax
}

// unknown is the sentence for an element that the language does not have.
func (k Kind) unknown(field string) string {
	if k.named() {
		return "Unknown field " + field
	}
	return msgSyntax
}

// badPrincipal is the sentence for a principal that cannot exist.
func (k Kind) badPrincipal(p PrincipalEntry) string {
	if k == Resource {
		return msgPrincipal
	}
	return msgPrincipal + `: "` + p.Type + `":"` + p.Value + `"`
}

// tooLarge is the sentence for a document over the limit. For inline policies the caller adds whose.
func (k Kind) tooLarge() string {
	limit := strconv.Itoa(k.Limit())
	switch k {
	case Managed, Boundary:
		return "Cannot exceed quota for PolicySize: " + limit
	case Trust:
		return "Cannot exceed quota for ACLSizePerRole: " + limit
	default:
		return "Maximum policy size of " + limit + " bytes exceeded"
	}
}
