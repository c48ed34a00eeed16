package userpools

import "context"

// maxPassword bounds a password, in bytes: AWS takes 256 characters.
const maxPassword = 1024

// signInWithPassword is USER_PASSWORD_AUTH and its administrators' kin.
func (a *API) signInWithPassword(ctx context.Context, s *signIn) (*step, error) {
	typed, err := s.username()
	if err != nil {
		return nil, err
	}
	password, err := s.param("PASSWORD")
	if err != nil {
		return nil, err
	}
	c, err := a.claimant(ctx, s, typed)
	if err != nil {
		return nil, err
	}
	return a.settle(ctx, s, c, proof{right: a.checkPassword(s, c, password)})
}

func (a *API) checkPassword(s *signIn, c *claimant, password string) bool {
	return len(password) <= maxPassword && a.SRP.CheckPassword(s.pool.name(), c.id, password, c.salt, c.verifier)
}
