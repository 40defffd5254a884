package translation_test

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/translation"
)

var update = flag.Bool("update", false, "write the Chinese files")

// The Chinese files are those that the English ones and the dictionaries give.
func TestChineseFilesAreUpToDate(t *testing.T) {
	root := repository.Root(t)
	made := generate(t)
	for _, a := range made.Artefacts {
		text, file := made.Files[a.Output], filepath.Join(root, filepath.FromSlash(a.Output))
		if complete := len(made.Dictionaries[a.Dictionary].Missing) == 0; *update && complete {
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, text) {
			t.Errorf("%s is stale (%v): run make update", a.Output, err)
		}
	}
	for _, pattern := range []string{"*.zh-CN.md", "*/*.zh-CN.md", "deploy/*.zh-CN.yml", "deploy/*/*.zh-CN.*", "deploy/*/*/*.zh-CN.*", "deploy/*/zh-CN/*.md", "deploy/*/zh-CN/*.json", "deploy/*/zh-CN/*.yml"} {
		files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			output, err := filepath.Rel(root, file)
			if err != nil {
				t.Fatal(err)
			}
			if made.Files[filepath.ToSlash(output)] == nil && !strings.HasPrefix(filepath.Base(file), "dictionary.") {
				t.Errorf("%s is made of no English file: remove it", output)
			}
		}
	}
}

// Every document has a Chinese version, but those for visitors of GitHub alone.
func TestEveryDocumentIsTranslated(t *testing.T) {
	made := generate(t)
	root := repository.Root(t)
	documents := 0
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			if err == nil && file != root && (entry.Name()[0] == '.' || entry.Name() == "testdata") {
				return fs.SkipDir
			}
			return err
		}
		name, err := filepath.Rel(root, file)
		if name = filepath.ToSlash(name); err != nil || path.Ext(name) != ".md" || name == "CHANGELOG.md" || made.Files[name] != nil {
			return err
		}
		documents++
		if !slices.ContainsFunc(made.Artefacts, func(a translation.Artefact) bool { return a.Source == name }) {
			t.Errorf("%s has no Chinese version: it needs a line in kinds", name)
		}
		return nil
	})
	if err != nil || documents < 30 {
		t.Errorf("%d documents, error %v", documents, err)
	}
}

// Every English text has a Chinese one, and every pair of a dictionary is in use.
func TestDictionariesAreComplete(t *testing.T) {
	for file, dictionary := range generate(t).Dictionaries {
		if len(dictionary.Missing) > 0 {
			var skeleton []map[string]string
			for _, en := range dictionary.Missing {
				skeleton = append(skeleton, map[string]string{"en": en, "zh": ""})
			}
			text, err := yaml.Marshal(skeleton)
			if err != nil {
				t.Fatal(err)
			}
			t.Errorf("%s needs:\n%s", file, text)
		}
		for _, en := range dictionary.Unused() {
			t.Errorf("%s: no text is %q: remove the pair, or correct its en", file, en)
		}
	}
}

// Each pair is Chinese for its English, with the same code, links and template actions.
func TestPairs(t *testing.T) {
	made := generate(t)
	names := chineseNames(made)
	for file, dictionary := range made.Dictionaries {
		for _, p := range dictionary.Pairs {
			if translation.IsProse(p.En) && names.LeftInEnglish(p.Zh) && !setting.MatchString(p.En) {
				t.Errorf("%s: the Chinese text of %q is %q", file, p.En, p.Zh)
			}
			for what, parts := range map[string]func(string) []string{"code": codeSpans, "links": linkTargets, "actions": actions} {
				if en, zh := parts(p.En), parts(p.Zh); !slices.Equal(en, zh) {
					t.Errorf("%s: %q has the %s %q, in Chinese %q", file, p.En, what, en, zh)
				}
			}
		}
	}
}

// setting is a command or a value that differs in a Chinese file or document without being Chinese.
var setting = regexp.MustCompile(`^(?:docker compose|helm install|curl -s) |^\w+: en(?:-US)?$|^source: `)

// generate makes the Chinese files once for all tests, which only read them.
func generate(t *testing.T) *translation.Result {
	t.Helper()
	once.Do(func() { result, failure = translation.Generate(repository.Root(t)) })
	if failure != nil {
		t.Fatal(failure)
	}
	return result
}

var (
	once    sync.Once
	result  *translation.Result
	failure error
)

// chineseNames are the English words that Chinese texts of the repository use as names.
func chineseNames(made *translation.Result) translation.Names {
	var texts []string
	for _, dictionary := range allDictionaries(made) {
		for _, p := range dictionary.Pairs {
			texts = append(texts, p.Zh)
		}
	}
	return translation.NamesIn(texts...)
}
