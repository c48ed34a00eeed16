package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// A target is a row of the table, and whose it is.
type target struct {
	title, pk string
	owner     string // organisation, "" for everyone
}

func targetsOfDemo() []target {
	return []target{
		{"public", "PUBLIC#books", ""},
		{"A's", orgA + "#books", orgA},
		{"B's", orgB + "#books", orgB},
	}
}

// An attempt is something that a person tries on a target.
type attempt struct {
	title string
	try   func(*story, context.Context, person, target) error
	must  func(person, target) bool // must it be allowed?
}

// A door is a way to what belongs to tenants, with all that is tried there.
type door struct {
	title    string
	attempts []attempt
}

func doors() []door {
	reads := func(p person, t target) bool { return t.owner == "" || t.owner == p.Org }
	writes := func(p person, t target) bool { return p.Admin && t.owner == p.Org }
	copies := func(p person, t target) bool { return p.Admin && (t.owner == "" || t.owner == p.Org) }
	never := func(person, target) bool { return false }
	return []door{
		{"rows", []attempt{
			{"read", (*story).read, reads},
			{"query", (*story).query10, reads},
			{"batch", (*story).batchWithForeign, never},
			{"write", (*story).write, writes},
			{"scan", (*story).scan, never},
		}},
		{"objects", []attempt{
			{"get", (*story).getObject, reads}, {"list", (*story).listObjects, reads}, {"put", (*story).putObject, writes}, {"copy", (*story).copyObject, copies},
		}},
		{"routes", []attempt{{"GET", (*story).getRoute, reads}, {"POST", (*story).postRoute, never}}},
	}
}

func (s *story) as(ctx context.Context, p person, operation string, in fields) (fields, error) {
	in["TableName"] = demoTable
	return s.json(ctx, p.credentials, "dynamodb", operation, in)
}

func (s *story) read(ctx context.Context, p person, t target) error {
	out, err := s.as(ctx, p, "GetItem", fields{"Key": keyOf(t.pk)})
	if err == nil && len(object(out, "Item")) == 0 {
		return errors.New("the row was not there")
	}
	return err
}

func (s *story) query10(ctx context.Context, p person, t target) error {
	out, err := s.as(ctx, p, "Query", fields{
		"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": fields{":pk": fields{"S": t.pk}},
	})
	if items, _ := out["Items"].([]any); err == nil && len(items) == 0 {
		return errors.New("the rows were not there")
	}
	return err
}

// batchWithForeign asks for the target's row together with one that is foreign
// to whoever asks: one foreign key must fail the whole batch.
func (s *story) batchWithForeign(ctx context.Context, p person, t target) error {
	foreign := orgB + "#books"
	if p.Org == orgB {
		foreign = orgA + "#books"
	}
	keys := []fields{keyOf(t.pk)}
	if foreign != t.pk {
		keys = append(keys, keyOf(foreign))
	}
	_, err := s.json(ctx, p.credentials, "dynamodb", "BatchGetItem", fields{"RequestItems": fields{demoTable: fields{"Keys": keys}}})
	return err
}

func (s *story) write(ctx context.Context, p person, t target) error {
	_, err := s.as(ctx, p, "PutItem", fields{"Item": item(t.pk)})
	return err
}

func (s *story) scan(ctx context.Context, p person, t target) error {
	_, err := s.as(ctx, p, "Scan", fields{
		"FilterExpression": "pk = :pk", "ExpressionAttributeValues": fields{":pk": fields{"S": t.pk}},
	})
	return err
}

func keyOf(pk string) fields { return fields{"pk": fields{"S": pk}, "sk": fields{"S": "1"}} }

// A cell is what came of one attempt.
type cell struct {
	allowed, right bool
	refusal        *refusal
	err            error // neither allowed nor refused: something broke
}

// matrix tries everything: doors × people × targets × attempts.
func (s *story) matrix(ctx context.Context) [][][]cell {
	var all [][][]cell
	for _, d := range doors() {
		var rows [][]cell
		for _, p := range s.people {
			var row []cell
			for _, t := range targetsOfDemo() {
				for _, a := range d.attempts {
					row = append(row, judge(a.try(s, ctx, p, t), a.must(p, t)))
				}
			}
			rows = append(rows, row)
		}
		all = append(all, rows)
	}
	return all
}

// denials are the codes by which the doors refuse: DynamoDB's, S3's, API Gateway's.
var denials = map[string]bool{"AccessDeniedException": true, "AccessDenied": true, "ForbiddenException": true, "403 Forbidden": true}

func judge(err error, must bool) cell {
	var r *refusal
	switch {
	case err == nil:
		return cell{allowed: true, right: must}
	case errors.As(err, &r) && denials[r.Code]:
		return cell{refusal: r, right: !must}
	default:
		return cell{err: err}
	}
}

// printMatrix prints who reached what, a table for each door, and returns how many
// cells there are and how many are wrong. Those are marked with an exclamation
// mark: colour is never needed to read it.
func (s *story) printMatrix(std streams, all [][][]cell) (cells, wrong int) {
	for i, d := range doors() {
		var head, under strings.Builder
		width := len(d.attempts) * 7
		for _, t := range targetsOfDemo() {
			fmt.Fprintf(&head, " | %-*s", width-1, t.title)
			under.WriteString(" |")
			for _, a := range d.attempts {
				fmt.Fprintf(&under, " %-6s", a.title)
			}
		}
		fmt.Fprintf(std.out, "%-10s%s\n%-10s%s\n", d.title, head.String(), "", under.String())
		for j, row := range all[i] {
			fmt.Fprintf(std.out, "%-10s", s.people[j].Title)
			for k, c := range row {
				if k%len(d.attempts) == 0 {
					fmt.Fprint(std.out, " |")
				}
				fmt.Fprint(std.out, " ", c.paint(std.color))
				if cells++; !c.right {
					wrong++
				}
			}
			fmt.Fprintln(std.out)
		}
		fmt.Fprintln(std.out)
	}
	return cells, wrong
}

// paint is six columns wide.
func (c cell) paint(color bool) string {
	word, shade := "denied", "2"
	switch {
	case c.err != nil:
		word, shade = "BROKEN", "31"
	case c.allowed:
		word, shade = "yes   ", "32"
	}
	if !c.right && c.err == nil {
		word, shade = strings.TrimSpace(word)[:3]+"!  ", "31"
	}
	if !color {
		return word
	}
	return "\x1b[" + shade + "m" + word + "\x1b[0m"
}

// faults says in words what is wrong with which cell.
func (s *story) faults(all [][][]cell) []string {
	var out []string
	for i, rows := range all {
		d := doors()[i]
		for j, row := range rows {
			for k, c := range row {
				t, a := targetsOfDemo()[k/len(d.attempts)], d.attempts[k%len(d.attempts)]
				what := fmt.Sprintf("%s, %s, %s of %s", s.people[j].Title, t.title, a.title, d.title)
				switch {
				case c.err != nil:
					out = append(out, what+": "+c.err.Error())
				case !c.right && c.allowed:
					out = append(out, what+": was allowed and must not be")
				case !c.right:
					out = append(out, what+": was refused and must not be: "+c.refusal.Message)
				}
			}
		}
	}
	return out
}
