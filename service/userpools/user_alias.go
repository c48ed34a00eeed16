package userpools

import (
	"errors"

	"github.com/bailiwick-project/bailiwick/store"
)

// claimAliases saves a user whose aliases may belong to somebody else. With
// force they move over here, and are no longer verified there.
func claimAliases(tx store.Tx, p *pool, prev, next *user, force bool) error {
	for {
		err := saveUser(tx, p, prev, next)
		var taken *takenError
		if !force || !errors.As(err, &taken) || !has(p.AliasAttributes, taken.attribute) || taken.attribute == "preferred_username" {
			return err
		}
		holder, err := userBySub(tx, p.ID, taken.holder)
		if err != nil {
			return err
		}
		loser := holder.clone()
		if loser.Attributes[taken.attribute+"_verified"] != "true" {
			return taken // it is held by other means, such as a username
		}
		loser.Attributes[taken.attribute+"_verified"] = "false"
		if err := saveUser(tx, p, holder, loser); err != nil {
			return err
		}
		if still, err := owner(tx, p, p.canonical(next.Attributes[taken.attribute])); err != nil || still != "" {
			return errors.Join(taken, err)
		}
	}
}
