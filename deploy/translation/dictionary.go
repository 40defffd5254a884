package translation

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"gopkg.in/yaml.v3"
)

// A Pair is one English text and its Chinese translation.
type Pair struct{ En, Zh string }

// A Dictionary translates the texts of one folder. It remembers which pairs were used and
// which texts it did not have. It is not safe for concurrent use.
type Dictionary struct {
	Pairs   []Pair   // as in the file
	Missing []string // texts that need a translation and have none, in the order of the first use
	byText  map[string]string
	used    map[string]bool
}

// ParseDictionary reads a YAML list of pairs. A pair without one of its texts, and an English
// text that is there twice, is an error. An empty file has no pairs.
func ParseDictionary(text []byte) (*Dictionary, error) {
	d := &Dictionary{byText: map[string]string{}, used: map[string]bool{}}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&d.Pairs); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("decode dictionary: %w", err)
	}
	for i, p := range d.Pairs {
		key := oneLine(p.En)
		if key == "" || strings.TrimSpace(p.Zh) == "" {
			return nil, fmt.Errorf("pair %d (%q): en or zh is empty", i+1, p.En)
		}
		if _, twice := d.byText[key]; twice {
			return nil, fmt.Errorf("pair %d (%q): an earlier pair has the same en", i+1, p.En)
		}
		d.byText[key] = strings.TrimSpace(p.Zh)
	}
	return d, nil
}

// Translate returns the Chinese text of an English one. Line breaks and repeated spaces do
// not matter. A text without words to translate stays as it is, unless it has a pair.
func (d *Dictionary) Translate(text string) string {
	key := oneLine(text)
	if zh, known := d.byText[key]; known {
		d.used[key] = true
		return zh
	}
	if IsProse(text) && !d.used[key] {
		d.used[key] = true
		d.Missing = append(d.Missing, key)
	}
	return text
}

// Unused returns the English texts of the pairs that no Translate has asked for.
func (d *Dictionary) Unused() (unused []string) {
	for _, p := range d.Pairs {
		if key := oneLine(p.En); !d.used[key] {
			unused = append(unused, key)
		}
	}
	return unused
}

// oneLine has single spaces in the place of line breaks and repeated spaces.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
