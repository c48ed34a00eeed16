package awsquery

import (
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/bailiwick-project/bailiwick"
)

// FuzzDecode holds that every refusal has its code, that reading twice reads the
// same, and that whatever was read can be printed as XML.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		"", "Text=a+b%26&Flag=true&Small=-5&Ratio=1e-7&When=2017-01-11T19:11:30Z&Epoch=1.5", "Blob=AAE%3D",
		"Tags.member.1.Key=a&Tags.member.2.Value=b&Names.Name.1=x", "Tags=&Flat.1=a&Item.1=b", "Tags.member.999999999.Key=x",
		"Map.entry.1.key=a&Map.entry.1.value=b&Keyed.entry.1.k=a&Keyed.entry.1.v.Key=b&FlatMap.1.key=a&FlatMap.1.value=3",
		"Lists.entry.1.key=a&Lists.entry.1.value.member.1=b&Nested.member.1.member.1=a&Inner.Inner.Text=%00", "Text=a&Text=b",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, form string) {
		r := httptest.NewRequest("POST", "/", nil)
		var in, again kitchen
		if err := proto.Decode(r, []byte(form), &in); err != nil {
			var refusal *bailiwick.Error
			if !errors.As(err, &refusal) || refusal.Code != bailiwick.CodeSerialization {
				t.Fatalf("error %v has no code", err)
			}
			return
		}
		out, err := proto.Encode("Op", &in, "id")
		if err != nil {
			t.Fatalf("printing: %v", err)
		}
		wellFormed(t, out.Body)
		if err := proto.Decode(r, []byte(form), &again); err != nil {
			t.Fatalf("second reading: %v", err)
		}
		second, err := proto.Encode("Op", &again, "id")
		if err != nil || string(second.Body) != string(out.Body) {
			t.Fatalf("read differently: %s, %s", out.Body, second.Body)
		}
	})
}
