package pages_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// Each text that the pages say is in the dictionary once, with a translation that has the same
// arguments and actions. The dictionary has no other text.
func TestDictionary(t *testing.T) {
	pairs, err := phrase.Pairs()
	if err != nil {
		t.Fatal(err)
	}
	known := make(map[string]bool)
	for _, p := range pairs {
		if known[p.English] {
			t.Errorf("%q is twice in the dictionary", p.English)
		}
		known[p.English] = true
		if strings.TrimSpace(p.Chinese) == "" {
			t.Errorf("%q has an empty translation", p.English)
		}
		if want, got := placeholders(p.English), placeholders(p.Chinese); !slices.Equal(want, got) {
			t.Errorf("%q has the arguments %q, its translation %q", p.English, want, got)
		}
	}
	said := textsOfPages(t)
	for _, text := range said {
		if !known[text] {
			t.Errorf("not in the dictionary: {%q: %q}", "en", text)
		}
	}
	for _, p := range pairs {
		if !slices.Contains(said, p.English) {
			t.Errorf("no page says %q", p.English)
		}
	}
}

var (
	verb = regexp.MustCompile(`%(?:\[(\d+)\])?([a-z])`)
	// action matches an action of a template, or a word in an advice that stands for another.
	action = regexp.MustCompile(`\{\{-?\s*(.*?)\s*-?\}\}|\{[a-z ]+\}`)
)

// builtInReason matches the constant of a built-in reason.
var builtInReason = regexp.MustCompile(`(?m)^\t\w+ += "(\w+)" `)

// basis matches the constant of a basis of a deadline.
var basis = regexp.MustCompile(`(?m)^\tbasis\w+ += "(\w+)" `)

// placeholders returns what stands for other texts in a text, in no particular order.
func placeholders(text string) (all []string) {
	for i, m := range verb.FindAllStringSubmatch(text, -1) {
		if m[1] == "" {
			m[1] = strconv.Itoa(i + 1)
		}
		all = append(all, "%["+m[1]+"]"+m[2])
	}
	all = append(all, action.FindAllString(text, -1)...)
	slices.Sort(all)
	return all
}

// textsOfPages returns the texts that the templates mark, those that the code gives to
// phrase.Of, all advice, and the documented statuses and reasons.
func textsOfPages(t *testing.T) (all []string) {
	t.Helper()
	for _, folder := range []string{"collector/pages", "collector/api", "collector/advice", "collector/phrase"} {
		files, err := os.ReadDir(repository.Path(t, folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			switch name := folder + "/" + file.Name(); {
			case filepath.Ext(name) == ".html":
				all = append(all, phrase.Marked(repository.Read(t, name))...)
			case filepath.Ext(name) == ".go" && !strings.HasSuffix(name, "_test.go"):
				all = append(all, textsOfCode(t, name, repository.Read(t, name))...)
			}
		}
	}
	for _, status := range aliyun.Statuses {
		all = append(all, phrase.Word{Kind: "batch", Name: status}.Key())
	}
	for _, status := range aliyun.TaskStatuses {
		all = append(all, phrase.Word{Kind: "device", Name: status}.Key())
	}
	for _, constant := range builtInReason.FindAllStringSubmatch(repository.Read(t, "collector/reason/reason.go"), -1) {
		all = append(all, phrase.Word{Kind: "reason", Name: constant[1]}.Key())
	}
	for _, class := range aliyun.Classes {
		all = append(all, phrase.Word{Kind: "class", Name: string(class)}.Key())
	}
	for _, constant := range basis.FindAllStringSubmatch(repository.Read(t, "collector/store/deadline.go"), -1) {
		all = append(all, phrase.Word{Kind: "basis", Name: constant[1]}.Key())
	}
	all = append(all, phrase.Word{Kind: "page", Name: "NO_DATA"}.Key(), phrase.Word{Kind: "list", Name: "every product"}.Key())
	slices.Sort(all)
	return slices.Compact(all)
}

// textsOfCode returns the texts of a file of Go: the first argument of each call of phrase.Of,
// and of invalid, which passes it on, and the fields of an advice.
func textsOfCode(t *testing.T, name, source string) (texts []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, source, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		var text ast.Expr
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			if field, ok := n.Key.(*ast.Ident); ok && (field.Name == "Meaning" || field.Name == "Action") {
				text = n.Value
			}
		case *ast.CallExpr:
			passesOn := n.Ellipsis != token.NoPos
			if says(file.Name.Name, n.Fun) && !passesOn {
				text = n.Args[0]
			}
		}
		if text == nil {
			return true
		}
		literal, ok := text.(*ast.BasicLit)
		if !ok {
			t.Errorf("%s: a text that is not written where it is said", name)
			return true
		}
		said, err := strconv.Unquote(literal.Value)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, said)
		return true
	})
	return texts
}

// says reports whether a function of a package takes a text of the dictionary.
func says(of string, function ast.Expr) bool {
	switch f := function.(type) {
	case *ast.SelectorExpr:
		from, ok := f.X.(*ast.Ident)
		return ok && from.Name == "phrase" && f.Sel.Name == "Of"
	case *ast.Ident:
		return f.Name == "invalid" || f.Name == "Of" && of == "phrase"
	}
	return false
}
