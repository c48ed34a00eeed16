package gateway

// IsAPIID tells whether s could be the id of an API: lower-case letters and
// digits. Ids are labels of host names.
func IsAPIID(s string) bool {
	for _, c := range []byte(s) {
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9') {
			return false
		}
	}
	return s != "" && len(s) <= 32
}
