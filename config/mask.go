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

// maskedKey is masked for texts that may contain single asterisks.
func maskedKey(text string) bool { return keyMask.MatchString(text) }
