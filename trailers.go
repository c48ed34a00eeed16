package bailiwick

// Trailers is what a streamed body knows beside its bytes. The Body of a request
// to a service.Streamed row implements it, and its reads end with io.EOF only if
// all of it holds.
type Trailers interface {
	// DecodedLength is how many bytes come before io.EOF, without the framing of
	// aws-chunked; false where the client declared none.
	DecodedLength() (int64, bool)
	// Trailer is what came behind the bytes under a name in lower case, such as
	// x-amz-checksum-crc32. It knows nothing before io.EOF.
	Trailer(name string) (string, bool)
}
