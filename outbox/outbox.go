// Package outbox keeps the messages that go to people: confirmation codes,
// invitations. A message is put in the same transaction as the state that it
// tells of, so that neither exists without the other; whoever delivers it reads
// it here. In development people read it themselves, at /_bailiwick/messages.
package outbox

import (
	"context"
	"fmt"
	"time"

	"github.com/bailiwick-project/bailiwick/store"
)

// Kept is how long a message stays readable.
const Kept = 7 * 24 * time.Hour

// maxListed bounds one listing.
const maxListed = 1000

// A Message is one e-mail or text message.
type Message struct {
	To      string    `json:"to"`      // e-mail address or phone number
	Channel string    `json:"channel"` // "EMAIL" or "SMS"
	Subject string    `json:"subject"` // empty for SMS
	Body    string    `json:"body"`
	Code    string    `json:"code"` // the code or temporary password in the body
	Time    time.Time `json:"time"`
}

// Put adds a message within a transaction. id makes it unique and is drawn
// outside of the transaction, which may run again.
func Put(tx store.Tx, id string, m Message) error {
	key := store.Key("outbox", m.To, m.Time.UnixNano(), id)
	if err := store.PutJSONUntil(tx, key, m, m.Time.Add(Kept)); err != nil {
		return fmt.Errorf("putting a message into the outbox: %w", err)
	}
	return nil
}

// List returns the messages to an address, oldest first; to "" those of all.
func List(ctx context.Context, s store.Store, to string) ([]Message, error) {
	parts := []any{"outbox"}
	if to != "" {
		parts = append(parts, to)
	}
	from, end := store.Prefix(parts...)
	list := []Message{}
	err := s.View(ctx, func(r store.Reader) error {
		list = list[:0]
		for item, err := range store.ScanJSON[Message](r, from, end, false) {
			if err != nil {
				return err
			}
			if list = append(list, item.Value); len(list) == maxListed {
				return nil
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing the outbox: %w", err)
	}
	return list, nil
}
