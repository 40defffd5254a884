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

// A Dictionary translates the texts of one folder. What it does not have, the dictionary above
// it may have. It remembers for whom its pairs were used, and which texts it did not find. It is
// not safe for concurrent use.
type Dictionary struct {
	Pairs   []Pair   // as in the file
	Missing []string // texts that need a translation and have none, in the order of the first use
	above   *Dictionary
	byText  map[string]string
	blanks  []blank
	users   map[string]map[*Dictionary]bool // the dictionaries that needed a pair, by its English text
}

// ParseDictionary reads a YAML list of pairs. A pair without one of its texts, and an English
// text that is there twice, is an error. An empty file has no pairs. above has the texts that
// several folders share; it is nil for the last one.
func ParseDictionary(text []byte, above *Dictionary) (*Dictionary, error) {
	var pairs []Pair
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&pairs); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("decode dictionary: %w", err)
	}
	return newDictionary(pairs, above)
}

func newDictionary(pairs []Pair, above *Dictionary) (*Dictionary, error) {
	d := &Dictionary{Pairs: pairs, above: above, byText: map[string]string{}, users: map[string]map[*Dictionary]bool{}}
	for i, p := range d.Pairs {
		key := oneLine(p.En)
		if key == "" || strings.TrimSpace(p.Zh) == "" {
			return nil, fmt.Errorf("pair %d (%q): en or zh is empty", i+1, p.En)
		}
		if _, twice := d.byText[key]; twice {
			return nil, fmt.Errorf("pair %d (%q): an earlier pair has the same en", i+1, p.En)
		}
		d.byText[key] = strings.TrimSpace(p.Zh)
		d.users[key] = map[*Dictionary]bool{}
		if b, is := newBlank(p); is {
			d.blanks = append(d.blanks, b)
		}
	}
	return d, nil
}

// Translate returns the Chinese text of an English one. Line breaks and repeated spaces do
// not matter. A text that has no pair as a whole is translated sentence by sentence. A text
// without words to translate stays as it is, unless it has a pair.
func (d *Dictionary) Translate(text string) string {
	if zh, known := d.find(oneLine(text)); known || !IsProse(text) {
		if known {
			return zh
		}
		return text
	}
	parts, unknown := d.parts(Sentences(text))
	if len(unknown) > 0 {
		d.miss(unknown)
		return text
	}
	return joined(parts)
}

// find looks a text up here and above.
func (d *Dictionary) find(key string) (zh string, known bool) {
	if zh, known = d.byText[key]; known {
		d.users[key][d] = true
		return zh, true
	}
	return d.findAbove(key)
}

// findAbove looks a text up in the dictionaries above, as a whole, then as one that a pair with
// names such as {endpoint} becomes.
func (d *Dictionary) findAbove(key string) (zh string, known bool) {
	for from := d.above; from != nil; from = from.above {
		if zh, known = from.byText[key]; known {
			from.users[key][d] = true
			return zh, true
		}
	}
	for from := d.above; from != nil; from = from.above {
		for _, b := range from.blanks {
			if zh, fits := b.fill(key, d.find); fits {
				from.users[b.key][d] = true
				return zh, true
			}
		}
	}
	return "", false
}

// Repeated returns the sentences that a dictionary above has too. Only a text of a few words may
// have another translation here, because it may mean something else.
func (d *Dictionary) Repeated() (sentences []string) {
	for _, p := range d.Pairs {
		all := Sentences(p.En)
		isOne := len(all) == 1
		if len(all) > 1 {
			all = append(all, oneLine(p.En))
		}
		for _, text := range all {
			zh, known := d.findAbove(text)
			if known && (!IsShort(text) || isOne && zh == strings.TrimSpace(p.Zh)) {
				sentences = append(sentences, text)
			}
		}
	}
	return sentences
}

func (d *Dictionary) miss(texts []string) {
	for _, text := range texts {
		if _, known := d.users[text]; !known {
			d.users[text] = nil
			d.Missing = append(d.Missing, text)
		}
	}
}

// TranslateKnown returns the Chinese text of an English one that has a pair in this dictionary, or
// "".
func (d *Dictionary) TranslateKnown(text string) string {
	key := oneLine(text)
	zh, known := d.byText[key]
	if known {
		d.users[key][d] = true
	}
	return zh
}

// Unused returns the English texts of the pairs that no folder needs, and of those that only one
// needs although the pair is above its dictionary.
func (d *Dictionary) Unused() (unused []string) {
	for _, p := range d.Pairs {
		key := oneLine(p.En)
		if users := d.users[key]; !users[d] && len(users) < 2 {
			unused = append(unused, key)
		}
	}
	return unused
}

// oneLine has single spaces in the place of line breaks and repeated spaces.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
