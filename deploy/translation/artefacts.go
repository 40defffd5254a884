package translation

import (
	"cmp"
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

// A kind is a pattern of files that are translated. A Chinese file is where the English one is
// if folder were chinese, or beside it if both are "". The dictionary is in the folder of the
// English file unless dictionary names another one.
type kind struct{ pattern, folder, chinese, dictionary string }

// kinds say which files are translated; the first pattern that fits counts. A Chinese file is
// in a folder of its own where programs read all files of a folder: Prometheus would send each
// alert twice, and Grafana, which also reads the folders inside, refuses two dashboards with
// one uid. It is so too where files name each other. Elsewhere it is beside the English one.
var kinds = []kind{
	{pattern: "dashboards/*.json", folder: "dashboards", chinese: "deploy/grafana/zh-CN"},
	{pattern: "dashboards/kustomization.yaml", folder: "dashboards", chinese: "deploy/grafana/zh-CN"},
	{pattern: "deploy/alertmanager/*.yml", folder: "deploy/alertmanager", chinese: "deploy/alertmanager/zh-CN"},
	{pattern: "deploy/compose/*.yml"},
	{pattern: "deploy/compose/grafana/*.yml", dictionary: "deploy/compose"},
	{pattern: "deploy/kubernetes/base/*.yaml", folder: "deploy/kubernetes", chinese: "deploy/kubernetes/zh-CN", dictionary: "deploy/kubernetes"},
	{pattern: "deploy/kubernetes/components/*/*.yaml", folder: "deploy/kubernetes", chinese: "deploy/kubernetes/zh-CN", dictionary: "deploy/kubernetes"},
	{pattern: "deploy/kubernetes/overlays/*/*.y*ml", folder: "deploy/kubernetes", chinese: "deploy/kubernetes/zh-CN", dictionary: "deploy/kubernetes"},
	{pattern: "deploy/prometheus/*.yml", folder: "deploy/prometheus", chinese: "deploy/prometheus/zh-CN"},
	{pattern: "deploy/web/*.yml", folder: "deploy/web", chinese: "deploy/web/zh-CN"},
	{pattern: "deploy/runbooks/*.md", folder: "deploy/runbooks", chinese: "deploy/runbooks/zh-CN"},
	{pattern: "dashboards/README.md"},
	{pattern: "deploy/*/*.md"},
	{pattern: "deploy/config.example.yml"},
	{pattern: "deploy/*.schema.json"},
	{pattern: "deploy/helm/*/README.md"},
	{pattern: "deploy/helm/*/files/en/NOTES.txt", folder: "deploy/helm/aliyun-iot-ota-exporter/files/en", chinese: "deploy/helm/aliyun-iot-ota-exporter/files/zh-CN", dictionary: "deploy/helm/aliyun-iot-ota-exporter"},
	{pattern: "README.md", dictionary: "deploy"}, // in the root is only what tools and visitors expect
	{pattern: ".github/SECURITY.md", dictionary: "deploy/docs"},
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
			isCopy := path.Base(source) == "prometheusrule.yaml" // of the rules, as the Chinese one is
			if known[source] || isCopy || strings.Contains(path.Base(source), ".zh-CN.") {
				continue
			}
			known[source] = true
			all = append(all, kind.artefact(source))
		}
	}
	return all, nil
}

const dictionaryFile = "dictionary.zh-CN.yml"

// artefact is what is made of a source of this kind.
func (k kind) artefact(source string) Artefact {
	a := Artefact{Source: source, Dictionary: path.Join(cmp.Or(k.dictionary, path.Dir(source)), dictionaryFile)}
	if inside, is := strings.CutPrefix(source, k.folder+"/"); is {
		a.Output = path.Join(k.chinese, inside)
	} else {
		extension := path.Ext(source)
		a.Output = strings.TrimSuffix(source, extension) + ".zh-CN" + extension
	}
	return a
}

// shared has the texts that several folders need, beside those of the first README.
const shared = "deploy/" + dictionaryFile

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
