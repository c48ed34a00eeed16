// Package policy is the IAM policy language: it reads policies, compiles them, decides requests by them, and says why.
//
// The way of a policy: Parse turns text into a Document, refusing everything that AWS refuses, with AWS's sentence. Compile
// turns the Document into a Policy (Read does both at once), NewSet several of them into a Set; both are immutable and worth keeping. The way of a
// request: the caller says who asks (Principal), for what (action, resource) and under which circumstances (Context), gathers
// the Sets and the resource's Policy in Layers, and calls Decide. Explain gives the same answer with every statement,
// condition and value that led to it, and Decision.Because the words in which AWS tells the caller.
//
// Where to look: parse.go, elements.go and check*.go hold the grammar, in the order in which AWS finds faults; below them are
// json.go and tree.go. compiler.go prepares what request.go, match.go and template.go compare: they are matching with wildcards and
// variables, condition.go the condition operators, principal.go who is meant by a principal. match.go asks one statement, set.go,
// index.go and branch.go many, weigh.go puts the layers together. explain.go records. source.go tells where the parts of a document
// stand. words.go is how all of it is fast.
//
// The rule that runs through all of it: what cannot be read, matched or computed never allows, and never removes a Deny. A
// stored policy that no longer parses is Broken and denies. Where AWS's answer is not known, an Allow fails and a Deny holds.
//
// The package does no I/O, reads no clock and keeps no state. What is elsewhere: which policies a principal has (service/iam),
// which context keys a request has (each service), the record of decisions (authz), what is accepted and surely not meant
// (policy/lint).
//
// Source: IAM User Guide, "IAM JSON policy reference" and "Policy evaluation logic".
package policy
