package userpools_test

import (
	"sync"
	"testing"
	"time"
)

const locked = "Password attempts exceeded"

// TestLockout: after five wrong passwords the door closes for a second, and twice
// as long each time, whether or not there is a user behind it.
func TestLockout(t *testing.T) {
	for _, name := range []string{"alice", "nobody"} {
		t.Run(name, func(t *testing.T) {
			r := newRealm(t, "PreventUserExistenceErrors", "ENABLED")
			fail := func(message string) {
				t.Helper()
				r.wants(r.try(name, "Wrong1234!"), notAuthorized, message)
			}
			for range 5 {
				fail(wrongPassword)
			}
			fail(locked)
			r.wants(r.try(name, password), notAuthorized, locked)
			r.reopen()
			fail(locked)
			for _, d := range []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900} {
				r.now = r.now.Add(d*time.Second - time.Millisecond)
				fail(locked)
				r.now = r.now.Add(time.Millisecond)
				fail(wrongPassword)
			}
			r.now = r.now.Add(30 * time.Minute) // the door opens, and a quarter of an hour later all is forgotten
			for range 5 {
				fail(wrongPassword)
			}
			fail(locked)
		})
	}
}

func TestLockoutEnds(t *testing.T) {
	r := newRealm(t)
	for range 4 {
		r.wants(r.try("alice", "Wrong1234!"), notAuthorized, wrongPassword)
	}
	r.in() // the right one forgets the wrong ones
	for range 4 {
		r.wants(r.answerSRP(r.responses(r.startSRP("alice", "Wrong1234!"))), notAuthorized, wrongPassword)
	}
	r.wants(r.try("alice", "Wrong1234!"), notAuthorized, wrongPassword)
	r.wants(r.answerSRP(r.responses(r.startSRP("alice", password))), notAuthorized, locked)
	r.call("AdminSetUserPassword", "UserPoolId", r.id, "Username", "alice", "Password", password, "Permanent", true)
	r.in()
}

// TestLockoutParallel: guesses that are made at the same time are counted one by
// one, and a right one among them does not get in behind the lock.
func TestLockoutParallel(t *testing.T) {
	r := newRealm(t)
	var mu sync.Mutex
	heard := map[string]int{}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			in := doc("ClientId", r.app, "AuthFlow", "USER_PASSWORD_AUTH", "AuthParameters", m{"USERNAME": "alice", "PASSWORD": "Wrong1234!"})
			message := r.post("InitiateAuth", in)
			mu.Lock()
			defer mu.Unlock()
			heard[message]++
		})
	}
	wg.Wait()
	if heard[wrongPassword] != 5 || heard[locked] != 11 {
		t.Error(heard)
	}
}
