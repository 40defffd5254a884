package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"regexp"
	"strings"
)

// site is where the repository is on the web.
const site = "https://github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/"

// leftOut are files in deploy/ and dashboards/ that are not for users, or that have a package of their own.
var leftOut = regexp.MustCompile(`\.go$|/testdata/|/dictionary\.zh-CN\.yml$|/\.gitattributes$|^deploy/(helm/|Dockerfile$)`)

// documents returns what a user of the program needs beside it, by path from the root of the
// repository. A link to a file that is not among them leads to the tag of the version.
func documents(ctx context.Context, version string) (map[string]file, error) {
	// Git knows which files are the repository's. A secret that somebody put beside them is not.
	list := exec.CommandContext(ctx, "git", "ls-files", "-z")
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("git ls-files: %w", err)
	}
	all := make(map[string]bool) // files and folders
	packed := make(map[string]bool)
	files := make(map[string]file)
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		add(all, name)
		if !forUsers(name) {
			continue
		}
		add(packed, name)
		content, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		files[name] = file{content: content}
	}
	for name, f := range files {
		if path.Ext(name) == ".md" {
			files[name] = file{content: leadToTag(f.content, name, version, all, packed)}
		}
	}
	return files, nil
}

// add adds a file and all folders that it is in.
func add(names map[string]bool, name string) {
	for ; name != "."; name = path.Dir(name) {
		names[name] = true
	}
}

func forUsers(name string) bool {
	switch folder, _, _ := strings.Cut(name, "/"); folder {
	case "LICENSE", "README.md", "README.zh-CN.md", "CHANGELOG.md", "CHANGELOG.zh-CN.md":
		return true
	case ".github":
		return strings.HasPrefix(name, ".github/SECURITY")
	case "dashboards", "deploy":
		return !leftOut.MatchString(name)
	}
	return false
}

var (
	fences = regexp.MustCompile("(?ms)^```.*?^```$")
	// target is behind the text of a link, or the address of a picture.
	target = regexp.MustCompile(`(\]\(|(?m:^\[[^\]\n]+\]: )|(?:src|srcset|href)=")([^)"\s]+)`)
)

// leadToTag makes the links of a document absolute that lead out of the archive.
func leadToTag(text []byte, document, version string, all, packed map[string]bool) []byte {
	var adapted bytes.Buffer
	from := 0
	prose := func(part []byte) {
		adapted.Write(target.ReplaceAllFunc(part, func(found []byte) []byte {
			parts := target.FindSubmatch(found)
			name, anchor, hasAnchor := strings.Cut(string(parts[2]), "#")
			leads := path.Join(path.Dir(document), name)
			if name == "" || packed[leads] || !all[leads] {
				return found
			}
			address := site + "blob/v" + version + "/" + leads
			if hasAnchor {
				address += "#" + anchor
			}
			return append(parts[1], address...)
		}))
	}
	for _, code := range fences.FindAllIndex(text, -1) {
		prose(text[from:code[0]])
		adapted.Write(text[code[0]:code[1]])
		from = code[1]
	}
	prose(text[from:])
	return adapted.Bytes()
}
