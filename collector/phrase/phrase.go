package phrase

import (
	"fmt"
	"strings"
)

// Text is a text that can be said in any language. A text must not change, so that several
// goroutines can say it. A nil Text says nothing.
type Text interface {
	// In returns the text in a language.
	In(l Language) string
}

// phrase is an English format as of package fmt, and its arguments. Arguments that are texts
// are said in the same language.
type phrase struct {
	english   string
	arguments []any
}

// Of returns a text from its English format, as of package fmt, which is its key in the
// dictionary. Without arguments it is no format: 10% is written as it is. Arguments that are
// texts are said in the same language. A translation may have the arguments in another order,
// such as %[2]s.
func Of(english string, arguments ...any) Text { return phrase{english, arguments} }

func (p phrase) In(l Language) string {
	format := l.Translate(p.english)
	if len(p.arguments) == 0 {
		return format
	}
	said := make([]any, len(p.arguments))
	for i, argument := range p.arguments {
		if text, ok := argument.(Text); ok {
			argument = text.In(l)
		}
		said[i] = argument
	}
	return fmt.Sprintf(format, said...)
}

// Verbatim is a text that is the same in every language, such as a name.
type Verbatim string

// In returns the text.
func (v Verbatim) In(Language) string { return string(v) }

// Word is a name of the API or the exporter that readers of English see as it is, and others
// with its meaning. Kind says what it is, because CANCELED may be said of a batch and of a
// device. A name that is not in the dictionary is said as it is.
type Word struct{ Kind, Name string }

// In returns the meaning of the name, or the name itself.
func (w Word) In(l Language) string {
	if meaning, ok := l.lookup(w.Key()); ok {
		return meaning
	}
	return w.Name
}

// Key is the word in the dictionary.
func (w Word) Key() string { return w.Kind + " " + w.Name }

// Sentences is a text of whole sentences, one after the other.
type Sentences []Text

// In returns the sentences, joined as the language does it.
func (s Sentences) In(l Language) string {
	said := make([]string, len(s))
	for i, sentence := range s {
		said[i] = sentence.In(l)
	}
	if l == Chinese { // the full stop of Chinese contains its space
		return strings.Join(said, "")
	}
	return strings.Join(said, " ")
}
