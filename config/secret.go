package config

import "fmt"

const hidden = "<secret>"

// Secret is a text that must not appear in a log line, an error or a page. Printing or
// encoding it gives <secret>. The zero value means that there is none.
type Secret struct {
	// fmt does not call Format on unexported fields. With a pointer it prints an address
	// there instead of the text.
	text *string
}

// NewSecret wraps a text. An empty text gives the zero value.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{text: &text}
}

// Reveal returns the text, "" for the zero value. There is no other way to read it.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Format implements fmt.Formatter. fmt prefers it to all other methods, for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// String implements fmt.Stringer for callers that do not use fmt.
func (s Secret) String() string { return hidden }

// MarshalText implements encoding.TextMarshaler for JSON, YAML and the log encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
