package config

import (
	"regexp"
	"strings"
)

// maskCharacters stand in documents and screenshots for the part of an ID that is not
// shown. No ID of Alibaba Cloud has one of them.
const maskCharacters = "*＊•●…"

// masked says whether a part of an ID is hidden, as in a19mzPZ****. Calls with such an
// ID can only fail, and the API's answer does not say why.
func masked(id string) bool {
	return strings.ContainsAny(id, maskCharacters) || strings.Contains(id, "...")
}

var keyMask = regexp.MustCompile(`[*＊•●]{3}|…|^[*＊•●]+$`)

// maskedKey is masked for a text that may have an asterisk of its own.
func maskedKey(text string) bool { return keyMask.MatchString(text) }
