// Package secondopinion decides IAM policies a second time, so that the first
// answer can be doubted. Its only use is in tests: package policy decides
// every request of the server, compiled, indexed and fast; this package decides
// the same requests by walking over the text of the policies, slowly, and the
// tests here compare the two over millions of generated cases.
//
// Dear newcomer: it is worth something only while it is independent. It was
// written from AWS's documents by someone who had not read package policy, it
// imports nothing but the standard library (arch_test.go keeps it so), and it
// parses its own JSON. If the two disagree, do not copy code from one to the
// other: find the sentence in AWS's documents, and mend the one that is wrong.
//
// Where to look, in reading order: decide.go puts the layers together,
// statement.go asks one statement, principal.go, condition.go, operator.go and
// glob.go its parts, variable.go fills in policy variables, read.go reads the
// JSON. truth.go has the one unusual idea: matching answers yes, no or
// doubtful. Doubtful is where AWS's documents do not say or contradict each
// other. A doubtful Allow does not allow and a doubtful Deny denies.
//
// Source: IAM User Guide, "IAM JSON policy reference" and "Policy evaluation
// logic".
package secondopinion
