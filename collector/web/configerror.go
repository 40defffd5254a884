package web

import (
	"regexp"
	"strings"
	"syscall"
)

// configWords replaces what the YAML library says of the web configuration. Its errors name types
// of Go, and quote values, which may be passwords.
var configWords = []struct {
	text  *regexp.Regexp
	words string
}{
	{regexp.MustCompile("`[^`]*`"), "<value>"},
	{regexp.MustCompile(`yaml: line (\d+): `), "line $1: not valid YAML: "},
	{regexp.MustCompile(`yaml: unmarshal errors:\s*`), ""},
	{regexp.MustCompile(`field (\S+) not found in type \S+`), "$1 is not a key of a web configuration, or not in this place"},
	{regexp.MustCompile(`cannot unmarshal !!\S+( <value>)? into \[\]\S+`), "not a list"},
	{regexp.MustCompile(`cannot unmarshal !!\S+( <value>)? into (?:map|web\.\w*Config)\S*`), "not a set of keys"},
	{regexp.MustCompile(`cannot unmarshal !!\S+( <value>)? into bool`), "neither true nor false"},
	{regexp.MustCompile(`cannot unmarshal !!\S+( <value>)? into \S+`), "a value of the wrong kind"},
	{regexp.MustCompile(`\n\s*`), "; "},
}

// inConfig returns an error of exporter-toolkit about the web configuration as one line, with what
// to do about it. Some of its errors are only text.
func inConfig(err error) string {
	text := inWords(err.Error())
	switch {
	case strings.Contains(text, "htpasswd"):
		return text
	case strings.Contains(text, syscall.ENOENT.Error()):
		return text + "; correct the path. Paths in the file start at its folder"
	case strings.Contains(text, syscall.EACCES.Error()):
		return text + "; let the exporter's user read the file, and enter its folder"
	case strings.Contains(text, syscall.EISDIR.Error()):
		return text + "; want the path of the file in it"
	}
	return text + "; compare the file with those in deploy/web"
}

// inWords says the text of such an error in words of this program, without values. An error of
// bcrypt can quote the start of a password, too.
func inWords(text string) string {
	if strings.Contains(text, "crypto/bcrypt: ") {
		return "basic_auth_users: a value is not the bcrypt hash of a password; create one with: htpasswd -nBC 10 USER"
	}
	for _, w := range configWords {
		text = w.text.ReplaceAllString(text, w.words)
	}
	return text
}
