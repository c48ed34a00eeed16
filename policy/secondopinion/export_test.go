package secondopinion

// Glob matches a pattern with * and ? against a whole text.
func Glob(pattern, text string) bool { return glob(mark(pattern, "*?"), text) }
