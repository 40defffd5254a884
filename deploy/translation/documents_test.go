package translation_test

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	gmtext "github.com/yuin/goldmark/text"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/translation"
)

// A Chinese document has no English line, and the headings and the code of the English one.
func TestDocuments(t *testing.T) {
	made := generate(t)
	names := chineseNames(made)
	for _, a := range documents(made) {
		en, zh := repository.Read(t, a.Source), string(made.Files[a.Output])
		zh = strings.Replace(zh, "[English]("+path.Base(a.Source)+")", "[]()", 1)
		inCode := false
		for line := range strings.Lines(zh) {
			text := strings.TrimSpace(line)
			if strings.HasPrefix(text, "```") {
				inCode = !inCode
			}
			if inCode {
				_, text, _ = strings.Cut(" "+text, " # ") // code has comments
			}
			if translation.IsProse(text) && names.LeftInEnglish(text) {
				t.Errorf("%s: %s", a.Output, text)
			}
		}
		// A closing ** between a Chinese full stop and a letter closes nothing.
		if n, m := inline(en), inline(zh); n != m {
			t.Errorf("%s: %d links and parts in bold or italics, in Chinese %d", a.Source, n, m)
		}
		for _, other := range made.Artefacts { // code names files that people read or copy
			en = strings.ReplaceAll(en, other.Source, other.Output)
		}
		en = regexp.MustCompile(`deploy/kubernetes/(base|components|overlays|private)/`).ReplaceAllString(en, "deploy/kubernetes/zh-CN/$1/")
		en = strings.ReplaceAll(en, "deploy/kubernetes/base?", "deploy/kubernetes/zh-CN/base?")
		for _, p := range made.Dictionaries[a.Dictionary].Pairs {
			if setting.MatchString(p.En) { // as TestPairs has them
				en = strings.ReplaceAll(en, p.En, p.Zh)
			}
		}
		if a, b := structure(en), structure(zh); !slices.Equal(a, b) {
			t.Errorf("headings and code\n%s\nin Chinese\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
		}
	}
}

// Links in Chinese documents lead to the Chinese version of what has one, and those to Alibaba
// Cloud's documentation to its Chinese site. Where a document links to both languages it is free
// to do so.
func TestLinksStayInChinese(t *testing.T) {
	made := generate(t)
	chinese := map[string]string{} // output by source
	for _, a := range made.Artefacts {
		chinese[a.Source] = a.Output
	}
	links := 0
	for _, a := range documents(made) {
		if strings.Contains(repository.Read(t, a.Source), "zh-CN") {
			continue
		}
		for _, target := range linkTargets(withoutCode(string(made.Files[a.Output]))) {
			links++
			if strings.Contains(target, "alibabacloud.com/help/") {
				t.Errorf("%s: link %s leads to English", a.Output, target)
			}
			file, _, _ := strings.Cut(target, "#")
			if better := chinese[path.Join(path.Dir(a.Output), file)]; better != "" {
				t.Errorf("%s: link %s leads to English, %s is Chinese", a.Output, target, better)
			}
		}
	}
	if links < 50 {
		t.Errorf("%d links found", links)
	}
}

func documents(made *translation.Result) []translation.Artefact {
	return slices.DeleteFunc(slices.Clone(made.Artefacts), func(a translation.Artefact) bool { return path.Ext(a.Source) != ".md" })
}

var codeBlock = regexp.MustCompile("(?ms)^ *```.*?^ *```")

func withoutCode(text string) string { return codeBlock.ReplaceAllString(text, "") }

// structure is the levels of the headings of a document, and its code without comments.
func structure(text string) (parts []string) {
	for _, found := range regexp.MustCompile(`(?m)^(#+) `).FindAllStringSubmatch(withoutCode(text), -1) {
		parts = append(parts, found[1])
	}
	for _, code := range codeBlock.FindAllString(text, -1) {
		parts = append(parts, regexp.MustCompile(`(?m)\s*# .*$`).ReplaceAllString(code, ""))
	}
	return parts
}

// inline counts the links, and what is in bold or italics.
func inline(text string) (n int) {
	source := []byte(text)
	_ = ast.Walk(goldmark.New(goldmark.WithExtensions(extension.Table)).Parser().Parse(gmtext.NewReader(source)), func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering && (node.Kind() == ast.KindEmphasis || node.Kind() == ast.KindLink) {
			n++
		}
		return ast.WalkContinue, nil
	})
	return n
}
