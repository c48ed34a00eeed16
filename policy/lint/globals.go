package lint

// globalKeys are the keys that do not belong to an action, and those whose type the
// reference has wrong: amr has several values. Source: IAM User Guide, "AWS global
// condition context keys" and "IAM and AWS STS condition context keys".
const globalKeys = `
	aws:AssumedRoot Bool
	aws:CalledVia ArrayOfString
	aws:CalledViaFirst String
	aws:CalledViaLast String
	aws:CalledViaAWSMCP String
	aws:ChatbotSourceArn ARN
	aws:CurrentTime Date
	aws:Ec2InstanceSourcePrivateIPv4 IPAddress
	aws:Ec2InstanceSourceVpc String
	aws:EpochTime Date
	aws:FederatedProvider String
	aws:MultiFactorAuthAge Numeric
	aws:MultiFactorAuthPresent Bool
	aws:PrincipalAccount String
	aws:PrincipalArn ARN
	aws:PrincipalIsAWSService Bool
	aws:PrincipalOrgID String
	aws:PrincipalOrgPaths ArrayOfString
	aws:PrincipalServiceName String
	aws:PrincipalServiceNamesList ArrayOfString
	aws:PrincipalTag/${TagKey} String
	aws:PrincipalType String
	aws:Referer String
	aws:RequestedRegion String
	aws:RequestTag/${TagKey} String
	aws:ResourceAccount String
	aws:ResourceOrgID String
	aws:ResourceOrgPaths ArrayOfString
	aws:ResourceTag/${TagKey} String
	aws:SecureTransport Bool
	aws:SignInSessionArn ARN
	aws:SourceAccount String
	aws:SourceArn ARN
	aws:SourceIdentity String
	aws:SourceIp IPAddress
	aws:SourceOrgID String
	aws:SourceOrgPaths ArrayOfString
	aws:SourceVpc String
	aws:SourceVpcArn ARN
	aws:SourceVpce String
	aws:TagKeys ArrayOfString
	aws:TokenIssueTime Date
	aws:UserAgent String
	aws:userid String
	aws:username String
	aws:ViaAWSMCPService Bool
	aws:ViaAWSService Bool
	aws:VpceAccount String
	aws:VpceOrgID String
	aws:VpceOrgPaths ArrayOfString
	aws:VpcSourceIp IPAddress
	cognito-identity.amazonaws.com:amr ArrayOfString
	cognito-identity.amazonaws.com:aud String
	cognito-identity.amazonaws.com:sub String
	lambda:SourceFunctionArn ARN
`

// alwaysPresent are the global keys of every signed request, in lower case.
var alwaysPresent = []string{
	"aws:currenttime", "aws:epochtime", "aws:principalaccount", "aws:principalarn", "aws:principalisawsservice", "aws:principaltype",
	"aws:requestedregion", "aws:resourceaccount", "aws:securetransport", "aws:userid", "aws:viaawsservice",
}

// limiting are the keys that say who may use what is open to everyone, in lower
// case. Tags of principals are not among them: every account gives its own.
var limiting = []string{
	"aws:principalaccount", "aws:principalarn", "aws:principalisawsservice", "aws:principalorgid", "aws:principalorgpaths",
	"aws:principalservicename", "aws:principalservicenameslist", "aws:sourceaccount", "aws:sourcearn", "aws:sourceip", "aws:sourceorgid",
	"aws:sourceorgpaths", "aws:sourcevpc", "aws:sourcevpcarn", "aws:sourcevpce", "aws:userid", "aws:vpcsourceip", "aws:vpceaccount",
	"aws:vpceorgid", "aws:vpceorgpaths", "s3:dataaccesspointaccount", "s3:dataaccesspointarn", "sts:externalid",
}
