package translation

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
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

// shared has the texts that several folders need, beside those of the first README.
var shared = dictionaryOf("README.md")

// readDictionaries reads the dictionary of each folder. Above them is the shared one, and above
// that the one of the exporter's pages, which is part of the program: documents say what the
// pages say. A file that does not exist yet has no pairs.
func readDictionaries(root string, all []Artefact) (of map[string]*Dictionary, onPages *Dictionary, err error) {
	if onPages, err = pagesDictionary(); err != nil {
		return nil, nil, err
	}
	of = map[string]*Dictionary{}
	for _, file := range append([]string{shared}, dictionaryFiles(all)...) {
		if of[file] != nil {
			continue
		}
		above := of[shared]
		if file == shared {
			above = onPages
		}
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, nil, fmt.Errorf("read dictionary: %w", err)
		}
		if of[file], err = ParseDictionary(text, above); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return of, onPages, nil
}

func dictionaryFiles(all []Artefact) (files []string) {
	for _, a := range all {
		files = append(files, a.Dictionary)
	}
	return files
}

func pagesDictionary() (*Dictionary, error) {
	said, err := phrase.Pairs()
	if err != nil {
		return nil, fmt.Errorf("read dictionary of the pages: %w", err)
	}
	pairs := make([]Pair, len(said))
	for i, p := range said {
		pairs[i] = Pair{En: p.English, Zh: p.Chinese}
	}
	d, err := newDictionary(pairs, nil)
	if err != nil {
		return nil, fmt.Errorf("dictionary of the pages: %w", err)
	}
	return d, nil
}
