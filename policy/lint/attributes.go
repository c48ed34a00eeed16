package lint

var (
	readers = []string{"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:PartiQLSelect"}
	writers = []string{"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}
)

// attributes looks at limits on attributes, which say what a request may name and
// nothing of what an answer may have.
func (r *review) attributes(s *statement) {
	if !s.allow {
		return
	}
	for _, c := range s.has("dynamodb:Attributes") {
		if c.family == "Null" || c.negated {
			continue
		}
		if s.does(readers...) && len(s.has("dynamodb:Select")) == 0 {
			r.reportKey("attributes-without-select", s, c, "a request that names no attributes is answered with all of them")
		}
		if s.does(writers...) && len(s.has("dynamodb:ReturnValues")) == 0 {
			r.reportKey("attributes-without-return-values", s, c, "a write with ReturnValues ALL_OLD or ALL_NEW is answered with all attributes")
		}
		return
	}
}
