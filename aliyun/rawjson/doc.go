// Package rawjson takes JSON apart without decoding it. It reads JSON that
// [encoding/json.Valid] accepts, in one pass and without copies; other input may panic.
// A value is a part of the input: without spaces around it, a text with its quotes.
package rawjson
