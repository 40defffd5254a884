// Package docs_test holds all Markdown of the repository to what it speaks of.
package docs_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// documents returns the text of every Markdown file of the repository by its path from the
// root, with slashes.
func documents(t *testing.T) map[string]string {
	t.Helper()
	root := repository.Root(t)
	texts := make(map[string]string)
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		switch {
		case entry.IsDir() && (entry.Name() == "testdata" || entry.Name()[0] == '.' && name != "." && name != ".github"):
			return fs.SkipDir
		case filepath.Ext(file) == ".md":
			texts[filepath.ToSlash(name)] = repository.Read(t, filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(texts) < 30 {
		t.Fatalf("only %d Markdown files found", len(texts))
	}
	return texts
}

// isChinese reports whether a document is a translation. Its code is that of the English one.
func isChinese(document string) bool {
	return strings.HasSuffix(document, ".zh-CN.md") || slices.Contains(strings.Split(document, "/"), "zh-CN")
}

// block is a fenced block of code.
type block struct {
	language string // the first word after the fence
	mark     string // the words that follow it
	text     string
}

var fenced = regexp.MustCompile("(?ms)^```(\\S*) ?(.*?)\n(.*?)^```$")

// blocks returns the blocks of code of a document in their order.
func blocks(text string) (all []block) {
	for _, found := range fenced.FindAllStringSubmatch(text, -1) {
		all = append(all, block{found[1], found[2], found[3]})
	}
	return all
}

// Each folder for users has a README. Its first paragraph says what the folder is for and
// how to undo what it installs.
func TestFoldersSayWhatForAndHowToUndoIt(t *testing.T) {
	texts := documents(t)
	folders := []string{"dashboards", "deploy/helm/aliyun-iot-ota-exporter"}
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name := entry.Name()
		files, err := filepath.Glob(filepath.Join("..", name, "*"))
		if err != nil {
			t.Fatal(err)
		}
		forUsers := slices.ContainsFunc(files, func(file string) bool { // a folder of translations has its README elsewhere
			return filepath.Ext(file) != ".go" && filepath.Base(file) != "zh-CN"
		})
		if entry.IsDir() && forUsers && name != "docs" && name != "helm" {
			folders = append(folders, path.Join("deploy", name))
		}
	}
	for _, folder := range folders {
		text, has := texts[folder+"/README.md"]
		if !has {
			t.Errorf("%s has no README.md", folder)
			continue
		}
		paragraphs := strings.SplitN(text, "\n\n", 3)
		if !regexp.MustCompile(`\b(undo|undone)\b`).MatchString(paragraphs[1]) {
			t.Errorf("%s/README.md does not begin with what it is for and how to undo it: %q", folder, paragraphs[1])
		}
	}
}

// The table of folders for developers has each folder of the program and its tests, and only
// folders that exist.
func TestFoldersAreInTheTable(t *testing.T) {
	const document = "deploy/docs/development.md"
	text := documents(t)[document]
	for _, parent := range []string{"", "collector/", ".ci/"} {
		entries, err := os.ReadDir(repository.Path(t, parent))
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			name := entry.Name()
			if !entry.IsDir() || name[0] == '.' || name == "dist" || name == "data" { // what make dist and the demo leave
				continue
			}
			if !strings.Contains(text, "\n| `"+parent+name+"/` |") {
				t.Errorf("%s does not have the folder %s", document, parent+name)
			}
		}
	}
	for _, row := range regexp.MustCompile("(?m)^\\| `([\\w./]+/)` \\|").FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(repository.Path(t, row[1])); err != nil {
			t.Errorf("%s: %v", document, err)
		}
	}
}

// makeTarget matches a command of the Makefile in a text.
var makeTarget = regexp.MustCompile("`make ([a-z-]+)[` ]")

// Every target of the Makefile that a document names exists.
func TestMakeTargets(t *testing.T) {
	makefile := repository.Read(t, "Makefile")
	for document, text := range documents(t) {
		for _, found := range makeTarget.FindAllStringSubmatch(text, -1) {
			if !regexp.MustCompile(`(?m)^` + found[1] + `:`).MatchString(makefile) {
				t.Errorf("%s: the Makefile has no target %s", document, found[1])
			}
		}
	}
}

// flagInText matches a flag of the exporter.
var flagInText = regexp.MustCompile(`--(?:config|persistence|web|log)\.[a-z.-]*[a-z]`)

// Every flag that a document names exists. Prometheus and Alertmanager have such flags too.
func TestFlags(t *testing.T) {
	table := documents(t)["deploy/docs/running.md"]
	foreign := regexp.MustCompile(`(?m)^ *(?:\S+/)?(?:prometheus|alertmanager)\b.*$`)
	for document, text := range documents(t) {
		for _, flag := range flagInText.FindAllString(foreign.ReplaceAllString(text, ""), -1) {
			if !strings.Contains(table, "\n| `"+flag+"` |") {
				t.Errorf("%s names the flag %s, which the exporter does not have", document, flag)
			}
		}
	}
}
