package docs_test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// ours begins the address of a file of this repository on GitHub.
const ours = "https://github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/blob/main/"

var (
	inlineCode = regexp.MustCompile("`[^`\n]*`")
	// targets are what a document links to: [text](target), [name]: target, <a href>, <img src>.
	targets = regexp.MustCompile(`\]\(\s*([^)\s]+)\s*\)|(?m:^\[[^\]]+\]: +(\S+)$)|(?:href|src|srcset)="([^"]+)"`)
	heading = regexp.MustCompile(`(?m)^#{1,6} +(.*?) *$`)
)

// Every link leads to a file of the repository and, if it has an anchor, to a heading in it.
// Links to other sites are not followed.
func TestLinks(t *testing.T) {
	texts := documents(t)
	links := 0
	for document, text := range texts {
		prose := inlineCode.ReplaceAllString(fenced.ReplaceAllString(text, ""), "")
		for _, found := range targets.FindAllStringSubmatch(prose, -1) {
			target := found[1] + found[2] + found[3]
			file, anchor, hasAnchor := strings.Cut(target, "#")
			switch fromRoot, isOurs := strings.CutPrefix(file, ours); {
			case isOurs:
				file = fromRoot
			case strings.Contains(file, "://"):
				continue
			case file == "":
				file = document
			default:
				file = path.Join(path.Dir(document), file)
			}
			links++
			if _, err := os.Stat(repository.Path(t, file)); err != nil {
				t.Errorf("%s links to %s: there is no %s", document, target, file)
			} else if hasAnchor && !anchors(texts[file])[anchor] {
				t.Errorf("%s links to %s: %s has no such heading", document, target, file)
			}
		}
	}
	if links < 150 {
		t.Errorf("only %d links found", links)
	}
}

// files are those other than documents in which people follow links: what they copy, install
// or read in a message.
var files = regexp.MustCompile(`\.(ya?ml|json|tmpl|tpl|txt|service|socket|go)$|(^|/)(Dockerfile|Makefile)$`)

var (
	// rawOurs begins the address of a file of this repository as it is.
	rawOurs  = "https://raw.githubusercontent.com/aliyun-iot-ota/aliyun_iot_ota_exporter/main/"
	onTheWeb = regexp.MustCompile(`(?:` + regexp.QuoteMeta(ours) + `|` + regexp.QuoteMeta(rawOurs) + `)([\w./-]*)(?:#([\w-]+))?(.?)`)
	// relative is the path of a file from the folder of another one.
	relative = regexp.MustCompile(`(?:^|[^\w./])((?:\.\./)+[\w./-]*[\w/])`)
)

// So does every link and every relative path in configurations, manifests, schemas, templates
// and the program's own texts.
func TestLinksInOtherFiles(t *testing.T) {
	texts, root := documents(t), repository.Root(t)
	web, paths := 0, 0
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if entry.IsDir() {
			switch entry.Name() {
			case "testdata", ".git", "node_modules", "dist", "data":
				return fs.SkipDir
			}
			return nil
		}
		if !files.MatchString(name) || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		text := repository.Read(t, name)
		for _, found := range onTheWeb.FindAllStringSubmatch(text, -1) {
			web++
			to, anchor := found[1], found[2]
			if strings.ContainsAny(found[3], "$%{") { // the rest is filled in later
				to = path.Dir(to + "x")
			}
			to = strings.TrimSuffix(to, ".") // the end of a sentence
			if _, err := os.Stat(repository.Path(t, to)); err != nil {
				t.Errorf("%s links to %s: there is no %s", name, found[0], to)
			} else if anchor != "" && !anchors(texts[to])[anchor] {
				t.Errorf("%s links to %s: %s has no such heading", name, found[0], to)
			}
		}
		if path.Ext(name) == ".go" || path.Ext(name) == ".json" || path.Base(name) == "dictionary.zh-CN.yml" {
			return nil // imports, data, and texts for other folders
		}
		text = strings.ReplaceAll(text, "}.yml", ".yml") // the default of a variable and its extension
		for _, found := range relative.FindAllStringSubmatch(text, -1) {
			paths++
			if _, err := os.Stat(repository.Path(t, path.Join(path.Dir(name), found[1]))); err != nil {
				t.Errorf("%s names %s: %v", name, found[1], err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if web < 100 || paths < 30 {
		t.Errorf("only %d links and %d paths found", web, paths)
	}
}

// anchors returns the anchors that GitHub makes of the headings of a document.
func anchors(text string) map[string]bool {
	all := make(map[string]bool)
	for _, found := range heading.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
		anchor := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(found[1]), "")
		anchor = strings.ReplaceAll(anchor, " ", "-")
		for unique, n := anchor, 1; ; n++ { // a second heading of the same text gets a number
			if !all[unique] {
				all[unique] = true
				break
			}
			unique = fmt.Sprintf("%s-%d", anchor, n)
		}
	}
	return all
}

// The check reports what it should: a link to a file that is missing, and to a heading that
// is missing.
func TestAnchors(t *testing.T) {
	got := anchors("# TLS and *basic* auth\n## Why devices fail?\n```sh\n# no heading\n```\n## Why devices fail?\n## 故障排查\n")
	for _, want := range []string{"tls-and-basic-auth", "why-devices-fail", "why-devices-fail-1", "故障排查"} {
		if !got[want] {
			t.Errorf("no anchor %s in %v", want, got)
		}
	}
	if len(got) != 4 {
		t.Errorf("anchors %v, want four", got)
	}
}
