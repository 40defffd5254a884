package config

import "fmt"

const hidden = "<secret>"

// Secret is a text that no log line, error or page may show: whatever prints it prints
// <secret>. The zero value is no secret at all.
type Secret struct {
	// A pointer, because fmt cannot call Format on what sits in an unexported field of
	// somebody else's struct: it prints an address there instead of the text.
	text *string
}

// NewSecret wraps a text. Of "" it makes the zero value.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{text: &text}
}

// Reveal returns the text itself, "" for the zero value. It is the only way to the
// text.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Format implements fmt.Formatter, which fmt asks first, for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// String implements fmt.Stringer for callers that do not go through fmt.
func (s Secret) String() string { return hidden }

// MarshalText implements encoding.TextMarshaler, which JSON, YAML and the log encoders
// ask.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
