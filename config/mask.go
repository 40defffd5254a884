package config

import (
	"regexp"
	"strings"
)

// maskCharacters replace the hidden part of an ID in documents and screenshots. IDs of
// Alibaba Cloud never contain them.
const maskCharacters = "*＊•●…"

// masked reports whether part of an ID is hidden, as in a19mzPZ****. Calls with such an ID
// fail, and the answer of the API does not say why.
func masked(id string) bool {
	return strings.ContainsAny(id, maskCharacters) || strings.Contains(id, "...")
}

var keyMask = regexp.MustCompile(`[*＊•●]{3}|…|^[*＊•●]+$`)

// placeholderPattern matches the start of what templates and examples have in place of a value. IDs,
// keys and tokens of Alibaba Cloud never contain these characters.
var placeholderPattern = regexp.MustCompile(`^(\$[{(]|\{\{|<)`)

const notReplaced = "a placeholder such as ${NAME} or <name>, which nothing replaces here; write the value itself"

// placeholder reports whether a text is the place of a value, such as ${SECRET}. The file is used as
// it is written: it has no variables.
func placeholder(text string) bool { return placeholderPattern.MatchString(text) }

// maskedKey is masked for texts that may contain single asterisks.
func maskedKey(text string) bool { return keyMask.MatchString(text) }
