package userpools

// A codePurpose is what a code is good for. A code for one purpose is nothing
// for another.
type codePurpose string

// The purposes of codes that are sent to people.
const (
	codeSignUp         codePurpose = "sign-up"
	codeForgotPassword codePurpose = "forgot-password"
	codeVerifyEmail    codePurpose = "verify-email"
	codeVerifyPhone    codePurpose = "verify-phone_number"
)
