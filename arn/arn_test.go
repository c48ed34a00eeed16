package arn_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/arn"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want arn.ARN
	}{
		{"arn:aws:iam::123456789012:role/a/b/Reader", arn.ARN{Partition: "aws", Service: "iam", Account: "123456789012", Resource: "role/a/b/Reader"}},
		{"arn:aws:s3:::bucket", arn.ARN{Partition: "aws", Service: "s3", Resource: "bucket"}},
		{"arn:aws:s3:::bucket/a:b::c", arn.ARN{Partition: "aws", Service: "s3", Resource: "bucket/a:b::c"}},
		{"arn:aws-cn:dynamodb:cn-north-1:1:table/T", arn.ARN{Partition: "aws-cn", Service: "dynamodb", Region: "cn-north-1", Account: "1", Resource: "table/T"}},
		{"arn:aws:s3:::b/é", arn.ARN{Partition: "aws", Service: "s3", Resource: "b/é"}},
	} {
		got, err := arn.Parse(tt.in)
		if err != nil || got != tt.want {
			t.Errorf("Parse(%q) = %+v, %v; want %+v", tt.in, got, err, tt.want)
		}
		if got.String() != tt.in {
			t.Errorf("String() = %q, want %q", got.String(), tt.in)
		}
	}
}

func TestParseRejects(t *testing.T) {
	for _, in := range []string{
		"", "*", "arn", "arn:", "arn:aws", "arn:aws:s3", "arn:aws:s3:", "arn:aws:s3::", "arn:aws:s3:::", "arn::s3:::b", "arn:aws::::b",
		"ARN:aws:s3:::b", " arn:aws:s3:::b", "arn:aws:s3:::b\xff", "arn:aws:s3:::" + strings.Repeat("k", arn.MaxLength),
	} {
		if got, err := arn.Parse(in); !errors.Is(err, arn.ErrInvalid) {
			t.Errorf("Parse(%q) = %+v, %v; want ErrInvalid", in, got, err)
		}
		if arn.Valid(in) {
			t.Errorf("Valid(%q)", in)
		}
	}
}

func TestParseDoesNotAllocate(t *testing.T) {
	const in = "arn:aws:dynamodb:us-east-1:123456789012:table/Orders"
	if n := testing.AllocsPerRun(100, func() { _, _ = arn.Parse(in) }); n != 0 {
		t.Errorf("Parse allocates %v times", n)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("arn:aws:s3:::bucket/key")
	f.Add("arn:aws:iam::123456789012:root")
	f.Fuzz(func(t *testing.T, s string) {
		a, err := arn.Parse(s)
		if err != nil {
			return
		}
		if !a.Valid() || a.String() != s {
			t.Errorf("Parse(%q) = %+v, which prints as %q", s, a, a.String())
		}
	})
}
