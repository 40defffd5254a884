package translation

import (
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// pages is where the repository's files are on the web.
const pages = "https://github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/blob/main/"

// links leads from Chinese documents to Chinese ones.
type links struct {
	chinese map[string]string            // output by source
	anchors map[string]map[string]string // by source: Chinese anchor by English one
	both    map[string]bool              // document and source, if the document also links to the Chinese version
}

// inDocument adapts the links of a translated text: one to a file with a Chinese version leads
// to that, one to a section follows the Chinese heading, and all are relative to the output.
// Where the English document links to both languages, both links stay.
func (l links) inDocument(a Artefact, text string) (adapted string, err error) {
	adapted = linkTarget.ReplaceAllStringFunc(text, func(found string) string {
		parts := linkTarget.FindStringSubmatch(found)
		target, bad := l.target(a, parts[2])
		if bad != nil {
			err = bad
		}
		return parts[1] + target
	})
	return adapted, err
}

// collectBoth finds the languages to choose between in the English text of a document.
func (l links) collectBoth(a Artefact, text string) {
	for _, found := range linkTarget.FindAllStringSubmatch(text, -1) {
		leads := path.Join(path.Dir(a.Source), found[2])
		for source, output := range l.chinese {
			if leads == output {
				l.both[a.Source+" "+source] = true
			}
		}
	}
}

// collectFolders finds the folders that have a Chinese counterpart and no README: the whole
// folder is for people to apply.
func (l links) collectFolders(all []Artefact) {
	for _, a := range all {
		from, to := path.Dir(a.Source), path.Dir(a.Output)
		if _, has := l.chinese[from+"/README.md"]; !has && from != to && path.Base(from) == path.Base(to) {
			l.chinese[from] = to
		}
	}
	l.chinese["deploy/kubernetes/private"] = "deploy/kubernetes/zh-CN/private" // where users put copies of such folders
}

// collectPictures finds the pictures of dashboards that there are with Chinese texts.
func (l links) collectPictures(root string) error {
	pictures, err := filepath.Glob(filepath.Join(root, "deploy", "grafana", "zh-CN", "*.png"))
	if err != nil {
		return fmt.Errorf("find pictures: %w", err)
	}
	for _, file := range pictures {
		name := filepath.Base(file)
		l.chinese["dashboards/"+name] = "deploy/grafana/zh-CN/" + name
	}
	return nil
}

// bareURL leads to a file of the repository without being a link of Markdown.
var bareURL = regexp.MustCompile(regexp.QuoteMeta(pages) + `[\w./-]*\w`)

// forDevelopers is the document whose links lead to the files that developers edit.
const forDevelopers = "deploy/docs/development.md"

// linkTarget is behind the text of a link, in a definition ([name]: target), or the address of a
// picture.
var linkTarget = regexp.MustCompile(`(\]\(|(?m:^\[[^]\n]+\]: )|src(?:set)?=")([^)"\s]+)`)

func (l links) target(a Artefact, target string) (string, error) {
	if strings.Contains(target, "://") {
		return l.onTheWeb(target), nil
	}
	file, anchor, hasAnchor := strings.Cut(target, "#")
	source := a.Source
	if file != "" {
		source = path.Join(path.Dir(a.Source), file)
	}
	if _, folder := l.chinese[source+"/README.md"]; folder {
		source += "/README.md"
	}
	if hasAnchor {
		if of, translated := l.anchors[source]; translated {
			zh, known := of[anchor]
			if !known {
				return target, fmt.Errorf("%s: link %s: no heading of %s has this anchor", a.Source, target, source)
			}
			anchor = zh
		}
		anchor = "#" + anchor
	}
	if file == "" {
		return anchor, nil
	}
	leads := source
	edited := a.Source == forDevelopers && path.Ext(source) != ".md" // and not a file that is generated
	if output, translated := l.chinese[source]; translated && !edited && !l.both[a.Source+" "+source] {
		leads = output
	}
	relative, err := filepath.Rel(path.Dir(a.Output), leads)
	if err != nil {
		return target, fmt.Errorf("%s: link %s: %w", a.Source, target, err)
	}
	relative = filepath.ToSlash(relative)
	if strings.HasSuffix(file, "/") && leads == source {
		relative += "/"
	}
	return relative + anchor, nil
}

// onTheWeb adapts a URL, or the beginning of one that a dashboard completes.
func (l links) onTheWeb(url string) string {
	file, is := strings.CutPrefix(url, pages)
	if !is {
		return vendorsChinese(url)
	}
	file, anchor, _ := strings.Cut(file, "#")
	if output, translated := l.chinese[file]; translated {
		if zh := l.anchors[file][anchor]; zh != "" {
			output += "#" + zh
		}
		return pages + output
	}
	if output, translated := l.chinese[file+"README.md"]; translated && strings.HasSuffix(file, "/") {
		return pages + path.Dir(output) + "/"
	}
	return url
}

// numbered is a page of Alibaba Cloud's documentation without a name of its own.
var numbered = regexp.MustCompile(`^https://www\.alibabacloud\.com/help/doc-detail/(\d+)\.htm$`)

// vendorsChinese leads from a page of Alibaba Cloud's English documentation to the Chinese one.
// Both sites have the same paths and numbers. Other URLs stay.
func vendorsChinese(url string) string {
	if name, is := strings.CutPrefix(url, "https://www.alibabacloud.com/help/en/"); is {
		return "https://help.aliyun.com/zh/" + name
	}
	return numbered.ReplaceAllString(url, "https://help.aliyun.com/document_detail/$1.html")
}

var (
	// code is a block of code or a code span of a document.
	code = regexp.MustCompile("(?ms)^ *```.*?^ *```|`[^`\n]+`")
	// fromRoot is a path of a file from the root of the repository.
	fromRoot = regexp.MustCompile(`\b(?:dashboards|deploy)/[\w./-]+\b`)
)

// inCode leads commands and settings to the Chinese version of a file or folder that they name by
// its path from the root.
func (l links) inCode(text string) string {
	return fromRoot.ReplaceAllStringFunc(text, func(named string) string {
		for known := named; known != "."; known = path.Dir(known) {
			if output, translated := l.chinese[known]; translated {
				return output + strings.TrimPrefix(named, known)
			}
		}
		return named
	})
}
