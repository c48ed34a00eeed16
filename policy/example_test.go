package policy_test

import (
	"errors"
	"fmt"

	"github.com/bailiwick-project/bailiwick/policy"
)

// A role's policy allows the objects below a prefix; a session of the role asks.
func Example() {
	doc, err := policy.Parse(policy.Identity, `{
	  "Version": "2012-10-17",
	  "Statement": [{
	    "Effect": "Allow",
	    "Action": ["s3:GetObject", "s3:PutObject"],
	    "Resource": "arn:aws:s3:::files/${aws:PrincipalTag/org}/*"
	  }]
	}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	role := policy.NewSet(policy.Compile("files", doc)) // keep it: it does not change, and many goroutines may use it

	layers := &policy.Layers{Identity: role, ResourceAccount: "111122223333"} // ARNs of S3 name no account
	request := &policy.Request{
		Principal: policy.Principal{
			Type: policy.AssumedRole, Account: "111122223333",
			ARN: "arn:aws:sts::111122223333:assumed-role/User/ann", RoleARN: "arn:aws:iam::111122223333:role/User",
		},
		Action:   "s3:GetObject",
		Resource: "arn:aws:s3:::files/acme/plan.pdf",
		Context:  new(policy.Context),
	}
	request.Context.Set("aws:PrincipalTag/org", "acme")
	fmt.Println(layers.Decide(request).Allowed())

	request.Resource = "arn:aws:s3:::files/globex/plan.pdf"
	decision := layers.Decide(request)
	fmt.Println(decision.Allowed(), decision.Because(request.Action))
	// Output:
	// true
	// false  because no identity-based policy allows the s3:GetObject action
}

// A document that AWS refuses gives AWS's sentence, and where and why in particular.
func ExampleParse_refused() {
	_, err := policy.Parse(policy.Managed, `{
  "Version": "2012-10-17",
  "Statement": {"Effect": "Allow", "Action": "GetObject", "Resource": "*"}
}`)
	var bad *policy.SyntaxError
	if errors.As(err, &bad) {
		fmt.Printf("%d:%d: %s\n%s\n", bad.Line, bad.Column, bad.Message, bad.Detail)
	}
	// Output:
	// 3:46: Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.
	// the action "GetObject" has no service
}

// Rows of a table that all tenants share: ForAllValues limits every key that a
// request names, and is met by a request that names none.
func ExampleLayers_Decide_fineGrained() {
	doc, err := policy.Parse(policy.Identity, `{
	  "Version": "2012-10-17",
	  "Statement": [{
	    "Effect": "Allow",
	    "Action": ["dynamodb:BatchGetItem", "dynamodb:Scan"],
	    "Resource": "arn:aws:dynamodb:*:*:table/rows",
	    "Condition": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["${aws:PrincipalTag/org}#*"]}}
	  }]
	}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	layers := &policy.Layers{Identity: policy.NewSet(policy.Compile("rows", doc))}
	ask := func(action string, keys ...string) bool {
		c := new(policy.Context)
		c.Set("aws:PrincipalTag/org", "acme")
		if len(keys) > 0 {
			c.SetAll("dynamodb:LeadingKeys", keys) // a key of several values
		}
		return layers.Decide(&policy.Request{
			Principal: policy.Principal{Type: policy.AssumedRole, ARN: "arn:aws:sts::111122223333:assumed-role/User/ann", RoleARN: "arn:aws:iam::111122223333:role/User", Account: "111122223333"},
			Action:    action, Resource: "arn:aws:dynamodb:us-east-1:111122223333:table/rows", Context: c,
		}).Allowed()
	}
	fmt.Println("own rows:", ask("dynamodb:BatchGetItem", "acme#1", "acme#2"))
	fmt.Println("a foreign one among them:", ask("dynamodb:BatchGetItem", "acme#1", "globex#1"))
	fmt.Println("a tenant whose name begins so:", ask("dynamodb:BatchGetItem", "acme2#1"))
	fmt.Println("a Scan, which has no keys:", ask("dynamodb:Scan"))
	// Output:
	// own rows: true
	// a foreign one among them: false
	// a tenant whose name begins so: false
	// a Scan, which has no keys: true
}

// A bucket lets a role of another account in. Across accounts both sides must
// allow: the policy of the bucket, and the role's own.
func ExampleLayers_Decide_crossAccount() {
	parse := func(kind policy.Kind, text string) *policy.Policy {
		doc, err := policy.Parse(kind, text)
		if err != nil {
			fmt.Println(err)
		}
		return policy.Compile(kind.String(), doc)
	}
	bucket := parse(policy.Resource, `{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
	  "Principal": {"AWS": "arn:aws:iam::444455556666:role/Reader"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shared/*"}}`)
	reader := parse(policy.Identity, `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}`)

	request := &policy.Request{
		Principal: policy.Principal{Type: policy.AssumedRole, ARN: "arn:aws:sts::444455556666:assumed-role/Reader/s", RoleARN: "arn:aws:iam::444455556666:role/Reader", Account: "444455556666"},
		Action:    "s3:GetObject", Resource: "arn:aws:s3:::shared/k",
	}
	for _, layers := range []*policy.Layers{
		{Resource: bucket, Identity: policy.NewSet(reader), ResourceAccount: "111122223333"},
		{Resource: bucket, Identity: policy.NewSet(), ResourceAccount: "111122223333"},
		{Identity: policy.NewSet(reader), ResourceAccount: "111122223333"},
	} {
		d := layers.Decide(request)
		fmt.Println(d.Effect, "by the", d.Layer)
	}
	// Output:
	// Allow by the identity-based policy
	// ImplicitDeny by the identity-based policy
	// ImplicitDeny by the resource-based policy
}

// Explain gives the same answer as Decide, and every condition with what was
// expected and what the request has.
func ExampleLayers_Explain() {
	doc, err := policy.Parse(policy.Identity, `{
  "Version": "2012-10-17",
  "Statement": [{
    "Sid": "List", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::files",
    "Condition": {"StringLike": {"s3:prefix": "${aws:PrincipalTag/org}/*"}}
  }]
}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	layers := &policy.Layers{Identity: policy.NewSet(policy.Compile("files", doc)), ResourceAccount: "111122223333"}
	c := new(policy.Context)
	c.Set("aws:PrincipalTag/org", "acme")
	c.Set("s3:prefix", "globex/")
	fmt.Print(layers.Explain(&policy.Request{
		Principal: policy.Principal{Type: policy.User, ARN: "arn:aws:iam::111122223333:user/ann", Account: "111122223333"},
		Action:    "s3:ListBucket", Resource: "arn:aws:s3:::files", Context: c,
	}).Text())
	// Output:
	// DENIED: arn:aws:iam::111122223333:user/ann, s3:ListBucket on arn:aws:s3:::files
	//   ImplicitDeny by the identity-based policy
	// nearest miss, in policy "files":
	//     statement 0 "List" (line 3): Allow does not apply: 1 of 1 conditions
	//       not met: StringLike s3:prefix ["acme/*"], the request has ["globex/"]
	// identity-based policy:
	//   policy "files"
	//     statement 0 "List" (line 3): Allow does not apply: 1 of 1 conditions
	//       not met: StringLike s3:prefix ["acme/*"], the request has ["globex/"]
}
