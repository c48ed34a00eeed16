package userpools

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/bailiwick-project/bailiwick/srp"
)

// A secretBlock is what SECRET_BLOCK holds, sealed: the server's half of one SRP
// exchange, and all that it was begun for. It is good for one answer.
type secretBlock struct {
	ID      string
	Pool    string
	Client  string
	Typed   string    // the name as it was typed
	Sub     string    // "": nobody
	Fill    string    // in the place of a Sub: the length of the sealed text must not tell who is nobody
	A       string    // SRP_A
	Secret  []byte    // b
	Choice  bool      // of USER_AUTH, whose answer brings a Session too
	Expires time.Time // with the validity of sessions
}

const useSecretBlock = "secret block"

// startSRP answers USER_SRP_AUTH with the challenge PASSWORD_VERIFIER.
func (a *API) startSRP(ctx context.Context, s *signIn) (*step, error) {
	typed, err := s.username()
	if err != nil {
		return nil, err
	}
	public, err := s.param("SRP_A")
	if err != nil {
		return nil, err
	}
	if err := a.SRP.CheckPublic(public); err != nil {
		s.call.Note("SRP_A was refused: %v", err)
		return nil, invalid("Invalid SRP_A: it must be a hexadecimal number that is not zero modulo N.")
	}
	c, err := a.claimant(ctx, s, typed)
	if err != nil {
		return nil, err
	}
	if c.user != nil && !s.client.hidesUsers() && !c.user.Enabled {
		return nil, errDisabled
	}
	exchange, err := a.SRP.NewServer(a.Rand, c.verifier)
	if err != nil {
		return nil, fmt.Errorf("starting an SRP exchange: %w", err)
	}
	id, err := uuid(a.Rand)
	if err != nil {
		return nil, err
	}
	block := secretBlock{
		ID: id, Pool: s.pool.ID, Client: s.client.ID, Typed: typed, A: public, Secret: exchange.Secret(), Choice: s.choice,
		Expires: s.call.Time.Add(s.client.sessionLife()),
	}
	block.Sub, block.Fill = c.sealedSub()
	sealed, err := a.sealed(useSecretBlock, block)
	if err != nil {
		return nil, err
	}
	next := &step{challenge: challengeVerifier, params: map[string]string{
		"SALT": srp.FormatSalt(c.salt), "SRP_B": exchange.B(), "SECRET_BLOCK": base64.StdEncoding.EncodeToString(sealed),
		"USERNAME": c.id, "USER_ID_FOR_SRP": c.id,
	}}
	if s.choice {
		next.session, err = a.newSession(s, challengeVerifier, c, nil)
	}
	return next, err
}
