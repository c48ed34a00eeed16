package session

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"sync"
)

// vocabulary is what most sessions say. Every request carries its token, so that
// a token half as long is read, scanned and hashed in half the time. It must never
// change: tokens that were sealed with it need it to open. Another one is another
// version.
const vocabulary = `-1"]"us-gov-eu-central-eu-west-ap-southeast-us-west-2us-east-2unauthenticated` +
	`"policyArns":["arn:aws:iam::aws:policy/","sourceIdentity":"","transitive":["","policy":"{\"Version\":\"2012-10-17\",\"Statement\":[{` +
	`\"Effect\":\"Allow\",\"Action\":[\"\"],\"Resource\":\"*\"}]}","self":{"type":"User","arn":"arn:aws:iam::","id":"AIDA` +
	`{"account":"000000000000","role":"arn:aws:iam::000000000000:role/","roleId":"AROA","name":"CognitoIdentityCredentials","tags":{"org":"` +
	`"},"provider":"cognito-identity.amazonaws.com","web":{"cognito-identity.amazonaws.com:amr":["authenticated",` +
	`"cognito-idp.us-east-1.amazonaws.com/us-east-1_","cognito-idp.us-east-1.amazonaws.com/us-east-1_:CognitoSignIn:` +
	`"],"cognito-identity.amazonaws.com:aud":["us-east-1:"],"cognito-identity.amazonaws.com:sub":["us-east-1:"]},"iat":"2026-` +
	`Z","exp":"2026-`

// maxPlain bounds what a token unpacks to, in bytes.
const maxPlain = 64 << 10

// packers keeps the compressor's tables, which are large.
var packers = sync.Pool{New: func() any {
	w, err := flate.NewWriterDict(nil, flate.DefaultCompression, []byte(vocabulary))
	if err != nil {
		return err // the level is constant and valid
	}
	return w
}}

func pack(plain []byte) ([]byte, error) {
	w, ok := packers.Get().(*flate.Writer)
	if !ok {
		return nil, fmt.Errorf("packing: no compressor")
	}
	defer packers.Put(w)
	var out bytes.Buffer
	w.Reset(&out)
	if _, err := w.Write(plain); err != nil {
		return nil, fmt.Errorf("packing: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("packing: %w", err)
	}
	return out.Bytes(), nil
}

func unpack(packed []byte) ([]byte, error) {
	plain, err := io.ReadAll(io.LimitReader(flate.NewReaderDict(bytes.NewReader(packed), []byte(vocabulary)), maxPlain+1))
	if err != nil {
		return nil, fmt.Errorf("unpacking: %w", err)
	}
	if len(plain) > maxPlain {
		return nil, ErrInvalid
	}
	return plain, nil
}
