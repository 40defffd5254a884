package rawjson

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// Text decodes a JSON text as [encoding/json] does: bytes that are not UTF-8 become
// U+FFFD.
func Text(value []byte) string {
	inside := value[1 : len(value)-1]
	if bytes.IndexByte(inside, '\\') < 0 && utf8.Valid(inside) {
		return string(inside)
	}
	var s string
	_ = json.Unmarshal(value, &s) // every valid text becomes a string
	return s
}
