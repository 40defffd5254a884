package translation

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// A Result is what Generate made of the English files.
type Result struct {
	Artefacts    []Artefact
	Files        map[string][]byte      // Chinese files by output
	Dictionaries map[string]*Dictionary // by file; they know what is missing and what is unused
	Pages        *Dictionary            // of the exporter's pages, above all others
}

// Generate makes all Chinese files of the repository in memory. It writes nothing.
func Generate(root string) (*Result, error) {
	all, err := Artefacts(root)
	if err != nil {
		return nil, err
	}
	dictionaries, onPages, err := readDictionaries(root, all)
	if err != nil {
		return nil, err
	}
	sources := map[string][]byte{}
	to := links{chinese: map[string]string{}, anchors: map[string]map[string]string{}, both: map[string]bool{}}
	for _, a := range all {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(a.Source)))
		if err != nil {
			return nil, fmt.Errorf("read English text: %w", err)
		}
		sources[a.Source], to.chinese[a.Source] = text, a.Output
		if path.Ext(a.Source) == ".md" {
			to.anchors[a.Source] = map[string]string{}
			zh := anchors(text, dictionaries[a.Dictionary].Translate)
			for i, en := range anchors(text, func(text string) string { return text }) {
				to.anchors[a.Source][en] = zh[i]
			}
		}
	}
	to.collectFolders(all)
	if err := to.collectPictures(root); err != nil {
		return nil, err
	}
	for _, a := range all {
		to.collectBoth(a, string(sources[a.Source]))
	}
	made := &Result{Artefacts: all, Files: map[string][]byte{}, Dictionaries: dictionaries, Pages: onPages}
	for _, a := range all {
		if made.Files[a.Output], err = generate(a, sources[a.Source], dictionaries[a.Dictionary], to); err != nil {
			return nil, fmt.Errorf("translate %s: %w", a.Source, err)
		}
	}
	return made, nil
}

// generate makes one Chinese file. It says on top where it comes from, unless it is JSON.
func generate(a Artefact, source []byte, dictionary *Dictionary, to links) ([]byte, error) {
	note := fmt.Sprintf("由 make update 根据 %s 和 %s 生成，请勿直接修改。", a.Source, a.Dictionary)
	switch path.Ext(a.Source) {
	case ".json":
		if strings.HasSuffix(a.Source, ".schema.json") {
			out, err := Schema(source, dictionary.Translate)
			return []byte(to.inCode(string(out))), err
		}
		return Dashboard(source, dictionary, to.onTheWeb)
	case ".yml", ".yaml":
		if strings.HasSuffix(a.Source, "/alerts.rules.yml") {
			out, err := Rules(source, dictionary, to.onTheWeb)
			return append([]byte("# "+note+"\n#\n"), out...), err
		}
		note = strings.TrimSuffix(note, "，请勿直接修改。") + "；修改本仓库时，请改这两个文件。" // users edit what they copy
		out := YAML(source, dictionary.Translate, dictionary.TranslateKnown)
		return append([]byte("# "+note+"\n#\n"), to.inCode(string(out))...), nil
	}
	if path.Ext(a.Source) == ".txt" {
		return append([]byte("{{- /* "+strings.TrimSuffix(note, "。")+" */ -}}\n"), Lines(source, dictionary.Translate)...), nil
	}
	var bad error
	out := Markdown(source, func(text string) string {
		adapted, err := to.inDocument(a, dictionary.Translate(text))
		if err != nil {
			bad = err
		}
		return adapted
	})
	out = bareURL.ReplaceAllFunc(out, func(url []byte) []byte { return []byte(to.onTheWeb(string(url))) })
	text := code.ReplaceAllStringFunc(strings.TrimLeft(string(out), "\n"), func(text string) string {
		return to.inCode(settings(text, dictionary.TranslateKnown))
	})
	return []byte("<!-- " + note + " -->\n\n" + text), bad
}
