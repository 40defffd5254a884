package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"sort"
	"strings"

	"gopkg.in/yaml.v3"
)

var errSecondDocument = errors.New("a second document after ---; merge the two, or write one file for each exporter")

// readDocument returns the root of the only document in r, nil if it is empty.
func readDocument(r io.Reader) (*yaml.Node, error) {
	dec := yaml.NewDecoder(r)
	var doc, second yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, err
	}
	switch err := dec.Decode(&second); {
	case errors.Is(err, io.EOF):
		return doc.Content[0], nil
	case err != nil:
		return nil, err
	}
	return nil, errSecondDocument
}

// cures maps the library's messages about common mistakes to their cures.
var cures = []struct{ words, cure string }{
	{"cannot start any token", "indent with spaces, not tabs, and put a value that starts with @, ` or % in quotes"},
	{"found a tab character", "indent with spaces, not tabs"},
	{"mapping values are not allowed", "check the indentation, and put a value that holds a colon and a space in quotes"},
	{"did not find expected key", "check the indentation and the quotes"},
	{"did not find expected '-' indicator", "check the indentation of the list"},
	{"could not find expected ':'", "write key: value, with a space after the colon"},
	{"did not find expected ',' or ']'", "close the list with ]"},
	{"did not find expected ',' or '}'", "close the brace with }"},
	{"unexpected end of stream", "close the quote"},
	{"<document start>", "write the whole file as key: value lines, without brackets, braces or quotes before the first"},
	{"unknown anchor", "put a value that starts with * in quotes, or define the anchor first"},
	{"expected alphabetic or numeric character", "put a value that starts with * or & in quotes"},
	{"incompatible YAML document", "remove the line with %YAML"},
	{"UTF-8", "save the file as UTF-8"},
	{"control characters", "remove the control character"},
}

var (
	lineOf   = regexp.MustCompile(`^line \d+: `)
	anchorOf = regexp.MustCompile(`anchor '.*' `)
)

// syntaxError converts an error of the library to one line with a line number and a cure.
func syntaxError(text []byte, err error) error {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	message = lineOf.ReplaceAllString(message, "")
	message = anchorOf.ReplaceAllString(message, "anchor ") // its name may be part of a secret
	for _, c := range cures {
		if strings.Contains(message, c.words) {
			message += "; " + c.cure
			break
		}
	}
	if !errors.Is(err, errSecondDocument) {
		message = "not valid YAML: " + message
	}
	number := failingLine(text, err)
	if wide := wideMark(strings.Split(string(text), "\n")[number-1]); wide != "" {
		message += "; the line has " + wide
	}
	return fmt.Errorf("line %d: %s", number, message)
}

// wideMarks are the marks of a Chinese keyboard and what YAML needs instead.
var wideMarks = strings.NewReplacer("：", ": and a space", "，", ", and a space", "“", `"`, "”", `"`, "‘", "'", "’", "'", "【", "[", "】", "]", "［", "[", "］", "]")

// wideMark describes the first mark of a Chinese keyboard in a text with its cure, "" if there is
// none.
func wideMark(text string) string {
	for _, c := range text {
		if plain := wideMarks.Replace(string(c)); plain != string(c) {
			return fmt.Sprintf("the full-width mark %#U; write %s", c, plain)
		}
	}
	return ""
}

// failingLine returns the number of the first line with which the text fails with the given
// error. Depending on the mistake, the library reports the line before, the start of the
// enclosing block, or no line.
func failingLine(text []byte, err error) int {
	ends := []int{}
	for i, c := range text {
		if c == '\n' {
			ends = append(ends, i+1)
		}
	}
	ends = append(ends, len(text))
	return 1 + sort.Search(len(ends)-1, func(i int) bool {
		_, got := readDocument(bytes.NewReader(text[:ends[i]]))
		return got != nil && got.Error() == err.Error()
	})
}
