package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/bailiwick-project/bailiwick/policy/lint"
)

const (
	sarifSchema   = "https://json.schemastore.org/sarif-2.1.0.json"
	home          = "https://github.com/bailiwick-project/bailiwick"
	invalidPolicy = "invalid-policy"
)

var ruleOfInvalid = lint.Rule{ID: invalidPolicy, Severity: lint.Error, Title: "A document that AWS refuses", Instead: "what the message asks for"}

// The parts of SARIF that code scanning reads. Source: OASIS, "Static Analysis
// Results Interchange Format (SARIF) Version 2.1.0"; GitHub, "SARIF support for
// code scanning".
type (
	sarif struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool struct {
			Driver sarifDriver `json:"driver"`
		} `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		InformationURI string      `json:"informationUri"`
		Version        string      `json:"version"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID            string          `json:"id"`
		Short         sarifText       `json:"shortDescription"`
		Full          sarifText       `json:"fullDescription"`
		Help          sarifText       `json:"help"`
		HelpURI       string          `json:"helpUri"`
		Configuration sarifLevel      `json:"defaultConfiguration"`
		Properties    sarifProperties `json:"properties"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifLevel struct {
		Level string `json:"level"`
	}
	sarifProperties struct {
		Tags     []string `json:"tags"`
		Severity string   `json:"security-severity"` // 0.0 to 10.0
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
	}
	sarifLocation struct {
		Physical struct {
			Artifact struct {
				URI string `json:"uri"`
			} `json:"artifactLocation"`
			Region struct {
				Line   int `json:"startLine"`
				Column int `json:"startColumn"`
			} `json:"region"`
		} `json:"physicalLocation"`
	}
)

// A sarifLog collects results. Rules are listed in a fixed order, so that results
// can name them by index.
type sarifLog struct {
	run   *sarifRun
	index map[string]int
	seen  map[string]int // fingerprints, for those that come again
}

func newSARIF(all []checked) sarif {
	out := sarif{Schema: sarifSchema, Version: "2.1.0", Runs: make([]sarifRun, 1)}
	log := sarifLog{&out.Runs[0], map[string]int{}, map[string]int{}}
	log.run.ColumnKind, log.run.Results = "unicodeCodePoints", []sarifResult{}
	log.run.Tool.Driver = sarifDriver{Name: "bailiwick policy check", InformationURI: home, Version: version()}
	log.rule(ruleOfInvalid)
	for _, r := range lint.Rules() {
		log.rule(r)
	}
	for _, x := range all {
		if e := x.Error; e != nil {
			text := e.Message
			if e.Detail != "" {
				text += " (" + e.Detail + ")"
			}
			log.result(x, invalidPolicy, lint.Error, text, e.Line, e.Column)
		}
		for _, f := range x.Findings {
			log.result(x, f.Rule, f.Severity, f.Message+". Instead: "+f.Instead, f.Line, f.Column)
		}
	}
	return out
}

func (l *sarifLog) rule(r lint.Rule) {
	driver := &l.run.Tool.Driver
	l.index[r.ID] = len(driver.Rules)
	severity := "5.0"
	if r.Severity == lint.Error {
		severity = "8.0"
	}
	driver.Rules = append(driver.Rules, sarifRule{
		ID: r.ID, Short: sarifText{r.Title}, Full: sarifText{r.Title}, Help: sarifText{"Instead: " + r.Instead},
		HelpURI: home + "/blob/main/docs/policy.md#" + r.ID, Configuration: sarifLevel{string(r.Severity)},
		Properties: sarifProperties{Tags: []string{"security"}, Severity: severity},
	})
}

func (l *sarifLog) result(x checked, rule string, severity lint.Severity, text string, line, column int) {
	r := sarifResult{RuleID: rule, RuleIndex: l.index[rule], Level: string(severity), Message: sarifText{text}, Locations: make([]sarifLocation, 1)}
	at := &r.Locations[0].Physical
	at.Artifact.URI = artifact(x.File)
	at.Region.Line, at.Region.Column = line, column
	// The same finding of the same line is the same alert, wherever the line moves.
	sum := sha256.Sum256([]byte(rule + "\x00" + at.Artifact.URI + "\x00" + strings.TrimSpace(lineOf(x.text, line))))
	print := hex.EncodeToString(sum[:8])
	l.seen[print]++
	r.Fingerprints = map[string]string{"primaryLocationLineHash": fmt.Sprintf("%s:%d", print, l.seen[print])}
	l.run.Results = append(l.run.Results, r)
}

// artifact is the URI of a file: relative as given, so that it is one of the
// repository.
func artifact(file string) string {
	if file == stdin {
		return "stdin"
	}
	u := url.URL{Path: filepath.ToSlash(filepath.Clean(file))}
	if filepath.IsAbs(file) {
		u.Scheme = "file"
	}
	return strings.TrimPrefix(u.String(), "./")
}

func lineOf(text string, n int) string {
	for line := range strings.Lines(text) {
		if n--; n == 0 {
			return line
		}
	}
	return ""
}
