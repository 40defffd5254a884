package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// routes are the patterns that the router is given, such as GET /jobs, each split in
// two. They are read in the source, because http.ServeMux does not list them.
func routes(t *testing.T) (methods, paths []string) {
	t.Helper()
	sources, err := filepath.Glob("collector/web/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range sources {
		parsed, err := parser.ParseFile(token.NewFileSet(), source, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		// Patterns are the first arguments of mux.Handle and mux.HandleFunc.
		ast.Inspect(parsed, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			function, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || function.Sel.Name != "Handle" && function.Sel.Name != "HandleFunc" {
				return true
			}
			if router, ok := function.X.(*ast.Ident); !ok || router.Name != "mux" {
				return true
			}
			// In "GET " + path the path is that of --web.telemetry-path.
			pattern := call.Args[0]
			if sum, ok := pattern.(*ast.BinaryExpr); ok {
				pattern = sum.X
			}
			literal, ok := pattern.(*ast.BasicLit)
			if !ok {
				t.Fatalf("%s: this test cannot read a pattern of the router", source)
			}
			text, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			method, path, _ := strings.Cut(text, " ")
			methods = append(methods, method)
			paths = append(paths, strings.TrimSuffix(path, "{$}"))
			return true
		})
	}
	if !slices.Contains(paths, "/-/reload") {
		t.Fatalf("the router's patterns are not where this test looks; it found %v", paths)
	}
	for i := range paths {
		if paths[i] == "" {
			paths[i] = "/metrics" // the flag's default
		}
	}
	return methods, paths
}

// The README's table of endpoints is complete, and names none that is not there.
func TestREADMENamesEveryEndpoint(t *testing.T) {
	_, table, found := strings.Cut(read(t, readme), "\n### Endpoints\n")
	table, _, ended := strings.Cut(table, "\n## ")
	if !found || !ended {
		t.Fatal("no section on endpoints")
	}
	var documented []string
	for _, cell := range regexp.MustCompile("(?m)^\\| (`.*`) \\|").FindAllStringSubmatch(table, -1) {
		for path := range strings.SplitSeq(cell[1], ", ") {
			documented = append(documented, strings.TrimPrefix(strings.Trim(path, "`"), "POST "))
		}
	}
	_, served := routes(t)
	served = slices.DeleteFunc(served, func(path string) bool { return path == "/favicon.ico" }) // for browsers, without content
	slices.Sort(documented)
	slices.Sort(served)
	if !slices.Equal(documented, served) {
		t.Errorf("the table has %v, the router %v", documented, served)
	}
}
