package userpools

import (
	"crypto/rand"
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/store/mem"
)

// A client and its pool are read on every sign-in.
func BenchmarkGetClient(b *testing.B) {
	a := &API{Store: &mem.Engine{}, Rand: rand.Reader}
	call := &bailiwick.Call{Account: "000000000000", Region: "us-east-1"}
	p, err := a.newPool(call, &CreateUserPoolRequest{PoolName: ptr("p"), AutoVerifiedAttributes: []string{"email"}, Schema: []SchemaAttributeType{{Name: ptr("org")}, {Name: ptr("tier")}}})
	if err != nil {
		b.Fatal(err)
	}
	c := &client{ID: "c", Pool: p.ID}
	if err := c.configure(p, &UpdateUserPoolClientRequest{ClientName: ptr("c")}, "creating"); err != nil {
		b.Fatal(err)
	}
	err = a.Store.Update(b.Context(), func(tx store.Tx) error {
		if err := store.PutJSON(tx, keyPool(p.ID), p); err != nil {
			return err
		}
		return putClient(tx, c)
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		err := a.Store.View(b.Context(), func(r store.Reader) error {
			_, _, err := getClient(r, "c")
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
