// Package userpools is Amazon Cognito user pools (cognito-idp, AWS JSON 1.1, API
// version 2016-04-18): pools, app clients, users, groups, sign-up and sign-in.
//
// Dear newcomer: start at api.go, the table of everything that can be asked.
// A pool holds users; an app client is the door through which an application
// reaches them; a group gives its members an IAM role. The nouns have a file each
// (pool.go, client.go, user.go, group.go), their keys are in store.go, what IAM
// must allow is in checks.go. Whoever signs up is in signup.go, the codes that
// prove an address are in codes.go; sign-in is auth*.go, the second factor mfa*.go,
// tokens are tokens*.go.
//
// Two ideas carry the rest. First, a user's record is kept under the sub, which
// is never used again, so that nobody inherits what a deleted namesake left. All
// names by which a user can be found (username, sub, verified e-mail address...)
// are handles in one space for each pool: whoever holds a handle holds it alone,
// so that a preferred_username can never shadow another's username. saveUser is
// the only way to write a user, and keeps the handles in step.
//
// Second, passwords are not here: a record has an SRP salt and verifier, made
// with the internal username, outside of transactions.
//
// Functions of the pool's owner have a say in much of this: trigger_run.go runs
// them, the other trigger files say when, and what their answers can do. None runs
// inside of a transaction, and what was decided before one ran is looked at again
// after it (conclude, in trigger_auth.go, before tokens).
//
// Differences from AWS are listed in docs/differences.md. What is not here is
// refused rather than stored and ignored: a setting that seems to protect and does
// not is worse than an error.
package userpools

//go:generate go run -C ../../tools ./shapegen -model ../models/cognito-idp.json -dir ../service/userpools
