package translation

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// replaceStrings replaces strings of a JSON text by their path, whose names and indices are
// joined by line feeds. Before the override property with the path of a name it inserts that
// display name. It keeps all other bytes, and with them the order and the indentation.
func replaceStrings(source []byte, by, names map[string]string) ([]byte, error) {
	var out bytes.Buffer
	decoder := json.NewDecoder(bytes.NewReader(source))
	var above []*container
	written := 0
	for {
		before := int(decoder.InputOffset())
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("read JSON: %w", err)
		}
		if delimiter, is := token.(json.Delim); is && strings.ContainsRune("]}", rune(delimiter)) {
			above = above[:len(above)-1]
			continue
		}
		isName := false
		if len(above) > 0 {
			isName = above[len(above)-1].next(token)
		}
		if delimiter, is := token.(json.Delim); is {
			above = append(above, &container{isList: delimiter == '['})
		} else if _, is := token.(string); is && !isName {
			start := before + bytes.IndexByte(source[before:], '"')
			if text, found := by[pathOf(above)]; found {
				out.Write(source[written:start])
				written = int(decoder.InputOffset())
				out.Write(encoded(text))
			}
			if name, found := names[pathOf(above)]; found {
				out.Write(source[written:start])
				written = start
				property := source[bytes.LastIndexByte(source[:start], '{'):start] // as far as: {"id":
				inner := property[bytes.IndexByte(property, '\n'):bytes.IndexByte(property, '"')]
				fmt.Fprintf(&out, `"displayName",%s"value": %s%s},%[3]s%s`, inner, encoded(name), inner[:len(inner)-2], property)
			}
		}
	}
	out.Write(source[written:])
	return out.Bytes(), nil
}

// A container is an object or a list whose end has not been read yet.
type container struct {
	isList   bool
	index    int    // of the next element
	name     string // of the current element
	hasValue bool   // the last token of an object was a value
	started  bool
}

// next moves on to a token, and reports whether it is the name of a field.
func (c *container) next(token json.Token) (isName bool) {
	if c.isList {
		c.name = strconv.Itoa(c.index)
		c.index++
		return false
	}
	if !c.started || c.hasValue {
		c.started, c.hasValue = true, false
		c.name, _ = token.(string)
		return true
	}
	c.hasValue = true
	return false
}

func pathOf(above []*container) string {
	names := make([]string, len(above))
	for i, c := range above {
		names[i] = c.name
	}
	return strings.Join(names, "\n")
}

// encoded is a JSON string with <, > and & as they are.
func encoded(text string) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a string can always be encoded
	return bytes.TrimSpace(out.Bytes())
}
