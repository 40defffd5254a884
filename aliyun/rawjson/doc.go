// Package rawjson takes JSON apart without decoding it. It reads JSON that
// [encoding/json.Valid] accepts, in one pass and without copies; other input may panic.
// A value is a part of the input: without spaces around it, a text with its quotes.
//
// It is our own because the libraries with such a walk, gjson, jsonparser and jsontext, make
// copies and take 1.5 to 4 times as long, and the first two keep bytes in keys that are not
// UTF-8.
package rawjson
