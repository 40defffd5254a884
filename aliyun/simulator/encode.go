package simulator

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
)

// object is a JSON object, or the children of an XML element, in order. A value is
// a string, bool, int, object, []any or what Batch.Override holds. In XML a []any
// is its element repeated.
type object []member

type member struct {
	name  string
	value any
}

// add appends a member unless its value is "" or 0: the API leaves out what is not
// set.
func (o *object) add(name string, value any) {
	if value != "" && value != 0 {
		*o = append(*o, member{name, value})
	}
}

// override replaces a member, adds it or, with Absent, removes it.
func (o *object) override(name string, value any) {
	named := func(m member) bool { return m.name == name }
	if value == Absent {
		*o = slices.DeleteFunc(*o, named)
	} else if i := slices.IndexFunc(*o, named); i >= 0 {
		(*o)[i].value = value
	} else {
		*o = append(*o, member{name, value})
	}
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
		// Unlike Marshal, the API does not escape < > &.
		e := json.NewEncoder(b)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			b.WriteString("null ") // and a byte for Truncate to take
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

// plain turns a value of Batch.Override into what writeXML knows; a RawMessage that
// is not JSON stays text.
func plain(v any) any {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("%s", v)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var decoded any
	_ = d.Decode(&decoded) // text is from Marshal
	return ordered(decoded)
}

// ordered turns maps into objects with sorted names.
func ordered(v any) any {
	switch v := v.(type) {
	case map[string]any:
		var o object
		for _, name := range slices.Sorted(maps.Keys(v)) {
			o = append(o, member{name, ordered(v[name])})
		}
		return o
	case []any:
		for i := range v {
			v[i] = ordered(v[i])
		}
	}
	return v
}
