package translation

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// An Artefact is an English file and the Chinese one that is made of it. Paths are relative to
// the root of the repository and have slashes.
type Artefact struct{ Source, Output, Dictionary string }

// kinds say which files are translated; the first pattern that fits counts. A Chinese file is
// in a folder of its own where programs read all files of a folder: Prometheus would send each
// alert twice, and Grafana, which also reads the folders inside, refuses two dashboards with
// one uid. Elsewhere it is beside the English one.
var kinds = []struct{ pattern, folder string }{
	{"dashboards/*.json", "deploy/grafana/zh-CN"},
	{"deploy/prometheus/alerts.rules.yml", "deploy/prometheus/zh-CN"},
	{"deploy/runbooks/*.md", "deploy/runbooks/zh-CN"},
	{"dashboards/README.md", ""},
	{"deploy/*/*.md", ""},
	{"deploy/config.example.yml", ""},
	{"deploy/helm/*/README.md", ""},
	{"README.md", ""},
}

// Artefacts returns all files that are translated.
func Artefacts(root string) (all []Artefact, err error) {
	known := map[string]bool{}
	for _, kind := range kinds {
		files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(kind.pattern)))
		if err != nil {
			return nil, fmt.Errorf("find %s: %w", kind.pattern, err)
		}
		for _, file := range files {
			relative, err := filepath.Rel(root, file)
			if err != nil {
				return nil, fmt.Errorf("find %s: %w", kind.pattern, err)
			}
			source := filepath.ToSlash(relative)
			if known[source] || strings.HasSuffix(source, ".zh-CN.md") {
				continue
			}
			known[source] = true
			a := Artefact{Source: source, Dictionary: dictionaryOf(source)}
			if kind.folder != "" {
				a.Output = path.Join(kind.folder, path.Base(source))
			} else {
				extension := path.Ext(source)
				a.Output = strings.TrimSuffix(source, extension) + ".zh-CN" + extension
			}
			all = append(all, a)
		}
	}
	return all, nil
}

// dictionaryOf is in the folder of the source, or in deploy for the root, where only what
// tools and visitors expect may be.
func dictionaryOf(source string) string {
	folder := path.Dir(source)
	if folder == "." {
		folder = "deploy"
	}
	return path.Join(folder, "dictionary.zh-CN.yml")
}

// readDictionaries reads each dictionary once. One that does not exist yet has no pairs.
func readDictionaries(root string, all []Artefact) (map[string]*Dictionary, error) {
	dictionaries := map[string]*Dictionary{}
	for _, a := range all {
		if dictionaries[a.Dictionary] != nil {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(a.Dictionary)))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("read dictionary: %w", err)
		}
		if dictionaries[a.Dictionary], err = ParseDictionary(text); err != nil {
			return nil, fmt.Errorf("%s: %w", a.Dictionary, err)
		}
	}
	return dictionaries, nil
}
