// Package link has templates of URLs, such as of a dashboard. Their placeholders stand for
// facts about a batch.
package link

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Placeholders are what may stand in braces in a template.
var Placeholders = []string{"account", "job_id", "iot_instance_id", "firmware_id"}

// Template is a URL with placeholders, such as
// https://grafana.example/d/batch?var-job_id={job_id}. It implements [flag.Value]. The zero
// value makes no URLs.
type Template struct{ text string }

// String returns the text of the template.
func (t *Template) String() string { return t.text }

// braces match a placeholder, or braces that are none.
var braces = regexp.MustCompile(`\{[^{}]*\}|[{}]`)

// Set makes the template one of the text; "" turns it off. The error names what is wrong and
// what is wanted.
func (t *Template) Set(text string) error {
	var known []string
	for _, name := range Placeholders {
		known = append(known, "{"+name+"}")
	}
	for _, found := range braces.FindAllString(text, -1) {
		if !slices.Contains(known, found) {
			return fmt.Errorf("unknown placeholder %s: want one of %s; write other braces as %%7B and %%7D", found, strings.Join(known, " "))
		}
	}
	if text == "" {
		t.text = ""
		return nil
	}
	base, _, _ := strings.Cut(text, "{")
	u, err := url.Parse(base)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return errors.New("want a URL such as https://grafana.example/d/batch?var-job_id={job_id}, which begins with http:// or https:// and a host")
	case base != text && u.Path == "" && u.RawQuery == "" && u.Fragment == "" && !strings.ContainsAny(base[len(u.Scheme)+3:], "/?#"):
		return errors.New("a placeholder in the host: want placeholders only after the host and a slash")
	case u.User != nil:
		return errors.New("want a URL without a user and a password, which everybody who reads the page would see")
	}
	filled := Template{text}
	if _, err := url.Parse(filled.Fill(nil)); err != nil || strings.ContainsAny(text, " \t\r\n\"'<>\\^`|") {
		return errors.New("want a URL whose special characters are escaped, such as %20 for a blank")
	}
	t.text = text
	return nil
}

// Fill returns the URL with the values of the placeholders, which are escaped for a path, a
// query and a fragment alike. A placeholder without a value becomes "". The zero template
// returns "".
func (t *Template) Fill(values map[string]string) string {
	return braces.ReplaceAllStringFunc(t.text, func(found string) string {
		value := values[strings.Trim(found, "{}")]
		return strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
	})
}
