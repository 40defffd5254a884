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
// joined by line feeds, and adds elements to lists by their path. It keeps all other bytes, and
// with them the order and the indentation.
func replaceStrings(source []byte, by map[string]string, added map[string][]any) ([]byte, error) {
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
			if elements := added[pathOf(above)]; delimiter == ']' && len(elements) > 0 {
				last := len(bytes.TrimRight(source[:decoder.InputOffset()-1], " \n"))
				out.Write(source[written:last])
				out.Write(appended(elements, source[last-1] == '[', len(above)))
				written = last
			}
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

// appended is the text of elements behind those of a list, or in an empty one, at a depth.
func appended(elements []any, toEmpty bool, depth int) []byte {
	var out bytes.Buffer
	indent := "\n" + strings.Repeat("  ", depth)
	for i, element := range elements {
		if i > 0 || !toEmpty {
			out.WriteByte(',')
		}
		out.WriteString(indent + "  ")
		out.Write(bytes.ReplaceAll(encoded(element), []byte("\n"), []byte(indent+"  ")))
	}
	if toEmpty {
		out.WriteString(indent)
	}
	return out.Bytes()
}

// encoded is a JSON value with <, > and & as they are.
func encoded(value any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(value) // a decoded value can always be encoded
	return bytes.TrimSpace(out.Bytes())
}
