package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
)

// policies are the documents of a request, by layer: names of files, or documents,
// which begin with a brace.
type policies struct {
	identity, boundary, session documents
	resource, trust             string
	scp, rcp                    levels
}

// documents is a document or a list of them.
type documents []string

// levels are the policies of an organization, from its root to the account: those
// of each level. nil: not said; empty: there is no organization.
type levels []documents

// UnmarshalJSON reads {"identity": [...], "boundary": ..., "resource": ...}, where
// each policy is the name of a file or the document itself.
func (p *policies) UnmarshalJSON(text []byte) error {
	var layers map[string]json.RawMessage
	if err := json.Unmarshal(text, &layers); err != nil {
		return err
	}
	for name, raw := range layers {
		if name == "scp" || name == "rcp" {
			to := map[string]*levels{"scp": &p.scp, "rcp": &p.rcp}[name]
			var err error
			if *to, err = readLevels(raw); err != nil {
				return fmt.Errorf("the policies of the layer %s: %w", name, err)
			}
			continue
		}
		list, err := readDocuments(raw)
		if err != nil {
			return fmt.Errorf("the policies of the layer %s: %w", name, err)
		}
		one := func() string {
			if len(list) != 1 {
				err = fmt.Errorf("the layer %s has one policy", name)
				return ""
			}
			return list[0]
		}
		switch name {
		case "identity":
			p.identity = list
		case "boundary":
			p.boundary = list
		case "session":
			p.session = list
		case "resource":
			p.resource = one()
		case "trust":
			p.trust = one()
		default:
			return fmt.Errorf("there is no layer %q; there are identity, boundary, session, resource, trust, scp and rcp", name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func readDocuments(raw json.RawMessage) (documents, error) {
	list := []json.RawMessage{raw}
	if strings.HasPrefix(string(raw), "[") {
		if err := json.Unmarshal(raw, &list); err != nil {
			return nil, err
		}
	}
	out := documents{} // an empty list is a layer that allows nothing
	for _, item := range list {
		var file string
		switch {
		case strings.HasPrefix(string(item), "{"):
			out = append(out, string(item))
		case json.Unmarshal(item, &file) == nil && file != "":
			out = append(out, file)
		default:
			return nil, fmt.Errorf("%s is neither the name of a file nor a document", item)
		}
	}
	return out, nil
}

// readLevels reads one policy, or a list of levels, each of them a policy or a list
// of them.
func readLevels(raw json.RawMessage) (levels, error) {
	list := []json.RawMessage{raw}
	if strings.HasPrefix(string(raw), "[") {
		if err := json.Unmarshal(raw, &list); err != nil {
			return nil, err
		}
	}
	out := levels{}
	for i, item := range list {
		level, err := readDocuments(item)
		if err != nil {
			return nil, err
		}
		if len(level) == 0 {
			return nil, fmt.Errorf("level %d has no policy; AWS leaves at least one at each", i+1)
		}
		out = append(out, level)
	}
	return out, nil
}

// parseLevels reads the values of a flag: each is a level, of files between commas.
func parseLevels(flag string, values []string) (levels, error) {
	var out levels
	for _, v := range values {
		level := documents(strings.Split(v, ","))
		for i := range level {
			if level[i] = strings.TrimSpace(level[i]); level[i] == "" {
				return nil, fmt.Errorf("--%s %q names a file that has no name", flag, v)
			}
		}
		out = append(out, level)
	}
	return out, nil
}

func inline(document string) bool { return strings.HasPrefix(document, "{") }

// complete takes layers of which the request says nothing from the flags, and makes
// names of files relative to a folder.
func (p *policies) complete(base *policies, dir string) {
	file := func(s string) string {
		if s == "" || inline(s) || filepath.IsAbs(s) || s == fullAccess || s == fullControl {
			return s
		}
		return filepath.Join(dir, s)
	}
	for _, l := range []struct{ own, base *documents }{{&p.identity, &base.identity}, {&p.boundary, &base.boundary}, {&p.session, &base.session}} {
		if *l.own == nil {
			*l.own = *l.base
			continue
		}
		for i, d := range *l.own {
			(*l.own)[i] = file(d)
		}
	}
	for _, l := range []struct{ own, base *levels }{{&p.scp, &base.scp}, {&p.rcp, &base.rcp}} {
		if *l.own == nil {
			*l.own = *l.base
			continue
		}
		for _, level := range *l.own {
			for i, d := range level {
				level[i] = file(d)
			}
		}
	}
	for _, l := range []struct{ own, base *string }{{&p.resource, &base.resource}, {&p.trust, &base.trust}} {
		if *l.own == "" {
			*l.own = *l.base
		} else {
			*l.own = file(*l.own)
		}
	}
}
