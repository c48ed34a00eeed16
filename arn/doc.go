// Package arn reads and prints Amazon Resource Names.
//
// An ARN is six fields joined by colons, `arn:partition:service:region:account:resource`, of which only the last may hold
// colons itself. This package only splits and joins: whether a pattern of a policy matches an ARN is the business of package
// policy, and whether the thing named exists is the business of the service that owns it. It imports nothing of Bailiwick.
//
// Source: AWS IAM User Guide, "Identify AWS resources with Amazon Resource Names (ARNs)".
package arn
