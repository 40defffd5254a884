package simulator

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"slices"
)

// object is a JSON object, or the children of an XML element, in order. A value
// is a string, bool, number, object, []any or, in JSON verbatim, a
// json.RawMessage. In XML a []any is its element repeated.
type object []member

type member struct {
	name  string
	value any
}

// add appends a member unless the value is the zero value of its type: the API
// leaves out what is not set.
func (o *object) add(name string, value any) {
	switch value {
	case "", 0, nil:
		return
	}
	*o = append(*o, member{name, value})
}

// with returns o with a member replaced, added, or removed by Absent.
func (o object) with(name string, value any) object {
	i := slices.IndexFunc(o, func(m member) bool { return m.name == name })
	switch {
	case value == Absent && i < 0:
		return o
	case value == Absent:
		return slices.Delete(slices.Clone(o), i, i+1)
	case i < 0:
		return append(slices.Clone(o), member{name, value})
	}
	o = slices.Clone(o)
	o[i].value = value
	return o
}

func writeJSON(b *bytes.Buffer, v any) {
	switch v := v.(type) {
	case object:
		b.WriteByte('{')
		for i, m := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			writeJSON(b, m.name)
			b.WriteByte(':')
			writeJSON(b, m.value)
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, e := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			writeJSON(b, e)
		}
		b.WriteByte(']')
	case json.RawMessage:
		// Not through Marshal, which would refuse what a test wants to be broken.
		b.Write(v)
	default:
		// The API does not escape < > & as Marshal would.
		e := json.NewEncoder(b)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			b.WriteString("null ")
		}
		b.Truncate(b.Len() - 1) // Encode's newline
	}
}

func writeXML(b *bytes.Buffer, name string, v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			writeXML(b, name, e)
		}
		return
	case json.RawMessage, map[string]any, []string, []int, []map[string]any:
		writeXML(b, name, plain(v))
		return
	}
	b.WriteString("<" + name + ">")
	switch v := v.(type) {
	case object:
		for _, m := range v {
			writeXML(b, m.name, m.value)
		}
	case nil:
	default:
		// Only a failing writer fails EscapeText.
		_ = xml.EscapeText(b, []byte(fmt.Sprint(v)))
	}
	b.WriteString("</" + name + ">")
}

// plain turns an overlay's value into what writeXML knows; text that is no JSON
// stays text.
func plain(v any) any {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("%s", v)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var decoded any
	if err := d.Decode(&decoded); err != nil {
		return string(text)
	}
	return ordered(decoded)
}

func ordered(v any) any {
	switch v := v.(type) {
	case map[string]any:
		var o object
		for name, e := range v {
			o = append(o, member{name, ordered(e)})
		}
		slices.SortFunc(o, func(a, b member) int { return bytes.Compare([]byte(a.name), []byte(b.name)) })
		return o
	case []any:
		for i := range v {
			v[i] = ordered(v[i])
		}
	}
	return v
}
