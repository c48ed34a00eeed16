// Command shapegen turns a published API model into Go: the structures of the
// operations that a slice has a row for, their constraints with AWS's wording,
// and the list of all operations of the model.
//
//	go run -C ../../tools ./shapegen -model ../models/sts.json -dir ../service/sts
//
// The rows are read from the slice's own table (api.go and its neighbours), so
// that nothing is typed twice: add a row, run go generate, and its shapes exist.
//
// With -sample it writes the routes and the inputs of all operations of REST
// models into one file instead, which the tests of a protocol try:
//
//	go run -C ../../tools ./shapegen -sample ../wire/restjson/sample_gen_test.go -model ../models/lambda.json
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
)

func main() {
	log.SetFlags(0)
	modelFile := flag.String("model", "", "API model to read")
	dir := flag.String("dir", "", "slice to write shapes_gen.go into")
	types := flag.String("custom", "", "shapes with a type of the slice's own: Shape=pkg.Type,...")
	imports := flag.String("import", "", "packages those types come from, separated by commas")
	samples := flag.String("sample", "", "file to write the routes of models, separated by commas, into")
	flag.Parse()
	if *samples != "" {
		if err := sample(split(*modelFile), *samples); err != nil {
			log.Fatalf("shapegen: %v", err)
		}
		return
	}
	if err := run(*modelFile, *dir, *types, *imports); err != nil {
		log.Fatalf("shapegen: %v", err)
	}
}

func run(modelFile, dir, types, imports string) error {
	g, err := load(modelFile)
	if err != nil {
		return err
	}
	for _, pair := range split(types) {
		name, typ, _ := strings.Cut(pair, "=")
		g.custom[name] = typ
	}
	rows, err := rowsOf(dir)
	if err != nil {
		return err
	}
	out, err := g.generate(filepath.Base(modelFile), filepath.Base(dir), rows, split(imports))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "shapes_gen.go"), out, 0o644)
}

func load(modelFile string) (*generator, error) {
	text, err := os.ReadFile(modelFile)
	if err != nil {
		return nil, err
	}
	g := newGenerator()
	if err := json.Unmarshal(text, &g.model); err != nil {
		return nil, fmt.Errorf("reading %s: %w", modelFile, err)
	}
	return g, nil
}

var row = regexp.MustCompile(`service\.(?:Op|Planned|Public|Self|Authenticated)\("(\w+)"`)

// rowsOf returns the operations that the slice in dir has a row for.
func rowsOf(dir string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var rows []string
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") || strings.HasSuffix(f, "_gen.go") {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		for _, m := range row.FindAllSubmatch(text, -1) {
			rows = append(rows, string(m[1]))
		}
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s has no rows to generate shapes for", dir)
	}
	sort.Strings(rows)
	return rows, nil
}

func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}
