package sts

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
)

// decodeAuthorizationMessage opens what bailiwick explain has sealed for the
// account of the caller: why a request was refused. Whatever else it is given, it
// does not tell what is wrong with it.
// Source: STS API Reference, DecodeAuthorizationMessage.
func (a *API) decodeAuthorizationMessage(_ context.Context, call *bailiwick.Call, in *DecodeAuthorizationMessageRequest) (*DecodeAuthorizationMessageResponse, error) {
	text, err := a.Sessions.OpenMessage(call.Who.Account, *in.EncodedMessage)
	if err != nil {
		call.Note("The message was changed, or it was sealed for another account or by another server.")
		e := bailiwick.Errorf("InvalidAuthorizationMessageException", "Message is not valid")
		e.Cause = err
		return nil, e
	}
	decoded := string(text)
	return &DecodeAuthorizationMessageResponse{DecodedMessage: &decoded}, nil
}
