package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

type ref struct {
	Shape        string `json:"shape"`
	LocationName string `json:"locationName"`
	TSFormat     string `json:"timestampFormat"`
	Location     string `json:"location"`
	Streaming    bool   `json:"streaming"`
	Flattened    bool   `json:"flattened"`
	Attribute    bool   `json:"xmlAttribute"`
}

type shape struct {
	Type      string         `json:"type"`
	Members   map[string]ref `json:"members"`
	Required  []string       `json:"required"`
	Member    *ref           `json:"member"`
	Key       *ref           `json:"key"`
	Value     *ref           `json:"value"`
	Enum      []string       `json:"enum"`
	Min       *json.Number   `json:"min"`
	Max       *json.Number   `json:"max"`
	Pattern   string         `json:"pattern"`
	Sensitive bool           `json:"sensitive"`
	Flattened bool           `json:"flattened"`
	Document  bool           `json:"document"` // any JSON
	TSFormat  string         `json:"timestampFormat"`
	Payload   string         `json:"payload"` // member that is the whole body
	Streaming bool           `json:"streaming"`
	Events    bool           `json:"eventstream"`
}

type operation struct {
	Name   string `json:"name"`
	Input  *ref   `json:"input"`
	Output *ref   `json:"output"`
	HTTP   struct {
		Method string `json:"method"`
		URI    string `json:"requestUri"`
		Status int    `json:"responseCode"`
	} `json:"http"`
	Deprecated bool `json:"deprecated"`
}

type model struct {
	Metadata   map[string]any       `json:"metadata"`
	Operations map[string]operation `json:"operations"`
	Shapes     map[string]*shape    `json:"shapes"`
}

func sorted[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }

// export and lower follow AWS: IdentityPoolId is identityPoolId in messages.
func export(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
func lower(s string) string  { return strings.ToLower(s[:1]) + s[1:] }
