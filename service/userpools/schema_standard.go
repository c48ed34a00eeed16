package userpools

import "slices"

// standardAttributes are those of OpenID Connect that every pool has, in the
// order in which AWS shows them, and what the pool itself keeps.
// Source: Cognito Developer Guide, "User pool attributes".
func standardAttributes() []attribute {
	text := func(name string) attribute {
		return attribute{Name: name, Type: "String", Mutable: true, MinLength: ptr("0"), MaxLength: ptr("2048")}
	}
	list := []attribute{{Name: "sub", Type: "String", Required: true, MinLength: ptr("1"), MaxLength: ptr("2048")}}
	for _, name := range []string{"name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website", "email"} {
		list = append(list, text(name))
	}
	list = append(list, attribute{Name: "email_verified", Type: "Boolean", Mutable: true})
	list = append(list, text("gender"))
	list = append(list, attribute{Name: "birthdate", Type: "String", Mutable: true, MinLength: ptr("10"), MaxLength: ptr("10")})
	for _, name := range []string{"zoneinfo", "locale", "phone_number"} {
		list = append(list, text(name))
	}
	list = append(list, attribute{Name: "phone_number_verified", Type: "Boolean", Mutable: true}, text("address"))
	list = append(list, attribute{Name: "updated_at", Type: "Number", Mutable: true, MinValue: ptr("0")})
	return append(list, attribute{Name: "identities", Type: "String", Mutable: true})
}

// standard is made once: the list is only read.
var standard = standardAttributes()

func standardAttribute(name string) (attribute, bool) {
	i := slices.IndexFunc(standard, func(a attribute) bool { return a.Name == name })
	if i < 0 {
		return attribute{}, false
	}
	return standard[i], true
}
