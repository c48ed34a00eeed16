// Package server puts the system together: a [Config] becomes engines, slices
// and one http.Handler. It is the only package that knows everyone, and the
// place to see how everything hangs together: wire.go.
package server
