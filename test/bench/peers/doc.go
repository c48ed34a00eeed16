// Command peers decides the same requests with Bailiwick's policy engine and with others, and prints what a decision costs.
//
//	go run ./peers [-rounds 7] [-time 50ms]     one line of JSON for each engine and task
//
// The task: a role has n statements; statement i allows dynamodb:GetItem and Query on table i to whom
// ForAllValues:StringLike dynamodb:LeadingKeys ["${aws:PrincipalTag/org}#*", "PUBLIC#*"] lets pass. The request is for a row of
// the last table. With "wildcards" the resource of every statement is a pattern, and "compile" is reading 1000 statements.
//
// The engines differ in what they can say, so each does the nearest to it; where work could be left out, it is left out for the
// peers. Cedar has no variables in patterns, so its leading keys are split before the clock starts. MinIO knows S3 only: tables
// are buckets, the leading keys a prefix, and the tag a claim. Casbin and OPA are given the condition as a function and a rule.
// Bailiwick alone decides with the 21 keys that a request to DynamoDB really has. Contexts and inputs are made before the clock
// starts. Every engine must allow the right request, and deny another tenant's key and a table without a statement, before it
// is timed, and again for each number of statements.
//
// Engines take turns: each round times each of them once, and what counts is the median of the rounds.
package main
