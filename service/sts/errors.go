package sts

import "github.com/bailiwick-project/bailiwick"

// notAuthorizedWeb is every refusal of AssumeRoleWithWebIdentity: it tells
// neither which condition failed nor whether the role exists.
func notAuthorizedWeb() *bailiwick.Error {
	return bailiwick.Errorf(bailiwick.CodeAccessDenied, "Not authorized to perform sts:AssumeRoleWithWebIdentity")
}

func invalidParameter(format string, args ...any) *bailiwick.Error {
	return bailiwick.Errorf("InvalidParameterValue", format, args...)
}

func validation(format string, args ...any) *bailiwick.Error {
	return bailiwick.Errorf(bailiwick.CodeValidation, format, args...)
}
