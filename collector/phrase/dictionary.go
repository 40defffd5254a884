package phrase

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"sync"
)

// Pair is an English text and its translation.
type Pair struct {
	English string `json:"en"`
	Chinese string `json:"zh"`
}

//go:embed dictionary.zh-CN.json
var dictionary []byte

// Pairs returns the dictionary in its order.
func Pairs() (pairs []Pair, err error) {
	if err := json.Unmarshal(dictionary, &pairs); err != nil {
		return nil, fmt.Errorf("decode dictionary.zh-CN.json: %w", err)
	}
	return pairs, nil
}

// chinese has the Chinese text of each English one. A test reads the dictionary, so that it
// has no errors here.
var chinese = sync.OnceValue(func() map[string]string {
	pairs, _ := Pairs()
	texts := make(map[string]string, len(pairs))
	for _, p := range pairs {
		texts[p.English] = p.Chinese
	}
	return texts
})

func (l Language) lookup(english string) (text string, ok bool) {
	if l != Chinese {
		return "", false
	}
	text, ok = chinese()[english]
	return text, ok
}

// Translate returns an English text of the dictionary in the language. A text that is not in
// the dictionary stays English.
func (l Language) Translate(english string) string {
	if text, ok := l.lookup(english); ok {
		return text
	}
	return english
}

// marked matches a text in a template that is to be translated.
var marked = regexp.MustCompile(`(?s)\[\[(.*?)\]\]`)

// Template returns a template in the language. Its texts are in double square brackets:
// [[{{number .}} more]]. What is between them is a key of the dictionary, whose translation may
// have the same actions in another order.
func (l Language) Template(source string) string {
	return marked.ReplaceAllStringFunc(source, func(text string) string { return l.Translate(text[2 : len(text)-2]) })
}

// Marked returns the texts of a template that are to be translated.
func Marked(source string) (texts []string) {
	for _, m := range marked.FindAllStringSubmatch(source, -1) {
		texts = append(texts, m[1])
	}
	return texts
}
