// Package secondopinion decides IAM policies a second time, so that the first answer can be doubted. Its only use is in tests:
// package policy decides every request of the server, compiled, indexed and fast; this package decides the same requests by walking
// over the JSON of the policies, slowly, and the tests here compare the two over millions of generated cases.
//
// Dear newcomer: it is worth something only while it is independent and can be checked by eye. It was written from AWS's documents
// by someone who had not read package policy, imports nothing but the standard library, and all of it is under 800 lines
// (arch_test.go keeps both so). Read it with the IAM User Guide's "IAM JSON policy reference" and "Policy evaluation logic" beside
// it. If the two disagree, do not copy code from one to the other: find the sentence there, and mend the one that is wrong.
//
// In reading order: decide.go puts the layers together, statement.go asks one statement and whom it means, condition.go under which
// circumstances, pattern.go compares texts with wildcards and variables, read.go reads the JSON and refuses what is no policy.
package secondopinion
