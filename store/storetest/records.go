package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/store"
)

type user struct {
	Name  string
	Email string `json:",omitempty"`
}

func testRecords(t *testing.T, f *fixture) {
	users := []user{{Name: "alice", Email: "a@example.com"}, {Name: "alice\x00", Email: "evil"}, {Name: "bob"}}
	f.update(func(tx store.Tx) error {
		for _, u := range users {
			if err := store.PutJSON(tx, store.Key("user", "pool1", u.Name), u); err != nil {
				return err
			}
		}
		return store.PutJSONUntil(tx, store.Key("user", "pool2", "x"), user{Name: "x"}, f.clock.now().Add(time.Minute))
	})
	f.view(func(r store.Reader) error {
		from, to := store.Prefix("user", "pool1")
		i := 0
		for item, err := range store.ScanJSON[user](r, from, to, false) {
			if err != nil {
				return err
			}
			if item.Value != users[i] {
				t.Errorf("record %d is %+v, want %+v", i, item.Value, users[i])
			}
			i++
		}
		if i != len(users) {
			t.Errorf("scan has %d records, want %d", i, len(users))
		}
		if got, err := store.GetJSON[user](r, store.Key("user", "pool2", "x")); err != nil || got.Name != "x" {
			t.Errorf("got %+v, %v", got, err)
		}
		return nil
	})
	f.clock.advance(time.Minute)
	f.view(func(r store.Reader) error {
		if _, err := store.GetJSON[user](r, store.Key("user", "pool2", "x")); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("expired record: %v, want ErrNotFound", err)
		}
		return nil
	})
}

func testTwice(t *testing.T, f *fixture) {
	s, runs := Twice(f.Store), 0
	err := s.Update(t.Context(), func(tx store.Tx) error {
		runs++
		return increment("n")(tx)
	})
	if err != nil || runs < 2 {
		t.Errorf("%d runs, %v; want two", runs, err)
	}
	f.want("n=1") // the first run left nothing
	boom := errors.New("boom")
	runs = 0
	if err := s.Update(t.Context(), func(store.Tx) error { runs++; return boom }); !errors.Is(err, boom) || runs < 2 {
		t.Errorf("%d runs, %v; want two and the error of the function", runs, err)
	}
}
