package lint

import "strings"

// objects looks at buckets, objects and listings.
func (r *review) objects(s *statement) {
	for i, t := range s.targets {
		r.bucket(s, i, t)
	}
	for _, c := range s.has("s3:prefix") {
		r.prefix(s, c)
	}
	if at := s.listing(); s.allow && at != nil && s.does("s3:ListBucket", "s3:ListBucketVersions") && !s.limitsListing() {
		r.report("s3-list-without-prefix", s, at, "the names of all objects are listed, those of other tenants too")
	}
}

// listing is the action that lists, nil if everything is allowed, which reach looks
// at.
func (s *statement) listing() place {
	for i, p := range s.patterns {
		if p != "*" && !s.notAction && (glob(strings.ToLower(p), "s3:listbucket") || glob(strings.ToLower(p), "s3:listbucketversions")) {
			return s.atAction(i)
		}
	}
	return nil
}

// limitsListing reports whether some condition has something to say about prefixes;
// whether it is a good one, prefix looks at.
func (s *statement) limitsListing() bool {
	for _, c := range s.has("s3:prefix") {
		if c.family == "String" {
			return true
		}
	}
	return false
}

// bucket finds patterns of the names of buckets: names are taken by whoever comes
// first, of any account.
func (r *review) bucket(s *statement, i int, t string) {
	parts := strings.SplitN(t, ":", 6)
	if !s.allow || s.notResource || len(parts) < 6 || parts[2] != "s3" || parts[4] != "" {
		return
	}
	bucket, _, slash := strings.Cut(variable.ReplaceAllString(parts[5], "x"), "/")
	if bucket == "*" || !strings.ContainsAny(bucket, "*?") || names(parts[5]) && strings.HasSuffix(bucket, "x*") {
		return // everything, which reach looks at; or a variable, which separators does
	}
	if slash {
		r.report("s3-bucket-pattern", s, s.atResource(i), "%s matches buckets of other names, which anybody may have made", t)
		return
	}
	r.report("s3-bucket-pattern", s, s.atResource(i), "%s matches the bucket, all of its objects, and every bucket whose name begins so", t)
}

// prefix looks at the values of s3:prefix.
func (r *review) prefix(s *statement, c *condition) {
	if !s.allow || c.negated || c.family != "String" {
		return
	}
	for i, v := range c.Values {
		at := strings.IndexAny(v, "*")
		switch {
		case v == "":
			r.report("s3-prefix-empty", s, s.atValue(c, i), "listing without a prefix is allowed: with a delimiter it tells the names of all tenants, without one those of all objects")
		case at < 0 || !c.patterned() || strings.HasPrefix(v[at:], "*}"):
		case v == "*" || at == 0:
			r.report("s3-prefix-without-slash", s, s.atValue(c, i), "%q allows every prefix", v)
		case v[at-1] != '/':
			r.report("s3-prefix-without-slash", s, s.atValue(c, i), "%q also allows the prefixes of every longer name", v)
		}
	}
}
