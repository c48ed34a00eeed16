// Package totp is time-based one-time passwords as authenticator apps compute
// them: RFC 6238 with SHA-1, steps of 30 seconds and six digits, the parameters
// that Cognito's software tokens have.
//
// Dear newcomer: NewSecret makes what an app is given once, and Check tells for
// which step a code is right. Two things are the caller's. A code must count
// once (RFC 6238 section 5.2), so whoever accepts one keeps the step and takes
// none that is not greater: Check returns the step for that. And six digits are
// few: whoever asks for them must count wrong ones.
//
// The clock of a phone may be off. A code counts one step early and one step
// late, so that three of a million are right at a time.
//
// The arithmetic is github.com/pquerna/otp, which is imported here alone.
package totp
