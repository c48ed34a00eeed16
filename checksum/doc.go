// Package checksum knows the checksums of S3: their names, headers, encodings,
// and how those of parts become one of the whole.
//
// Dear newcomer: a client sends x-amz-checksum-crc32 and its like, as a header
// or, when it computes while it sends, as a trailer; Content-MD5 is their elder.
// Whoever receives a body writes it through a [Hasher] and compares. For an
// object of parts there are two ways to one checksum: COMPOSITE, the hash of the
// hashes of the parts, which is not the hash of the bytes; and FULL_OBJECT, which
// is, and which only a CRC gives without reading the parts again, because two CRCs
// and a length combine ([Algorithm.Full]).
//
// CRCs find accidents, not attackers: nothing here decides who may do what.
//
// Source: Amazon S3 User Guide, "Checking object integrity in Amazon S3".
package checksum
