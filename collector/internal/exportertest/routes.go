package exportertest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// Routes returns the patterns of the router, such as GET /jobs, each split into method and
// path. It reads them from the source of collector/web, because http.ServeMux does not list
// its patterns.
func Routes(t *testing.T) (methods, paths []string) {
	t.Helper()
	sources, err := filepath.Glob(repository.Path(t, "collector/web/*.go"))
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
			// The path of "GET " + path is the value of --web.telemetry-path.
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
			if path == "/" { // the answer about addresses without a page
				return true
			}
			methods = append(methods, method)
			paths = append(paths, strings.TrimSuffix(path, "{$}"))
			return true
		})
	}
	if !slices.Contains(paths, "/-/reload") {
		t.Fatalf("this test does not find the patterns of the router; it found %v", paths)
	}
	for i := range paths {
		if paths[i] == "" {
			paths[i] = "/metrics" // the flag's default
		}
	}
	return methods, paths
}

// AnyBatch fills the placeholders of a path from Routes with the batch of SmallestConfig.
func AnyBatch(path string) string {
	return strings.NewReplacer("{account}", "production", "{job_id}", "job1").Replace(path)
}
