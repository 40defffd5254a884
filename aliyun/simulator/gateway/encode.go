package gateway

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
)

func writeJSON(b *bytes.Buffer, v any) {
	switch v := v.(type) {
	case fleet.Record:
		b.WriteByte('{')
		for i, m := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			writeText(b, m.Name)
			b.WriteByte(':')
			writeJSON(b, m.Value)
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
		// json.Marshal would refuse a value that a test breaks on purpose.
		b.Write(v)
	case string:
		writeText(b, v)
	case int:
		b.Write(strconv.AppendInt(b.AvailableBuffer(), int64(v), 10))
	default:
		encode(b, v)
	}
}

// writeText writes a text in quotes. Few texts need the encoder.
func writeText(b *bytes.Buffer, s string) {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			encode(b, s)
			return
		}
	}
	b.WriteByte('"')
	b.WriteString(s)
	b.WriteByte('"')
}

// encode writes any value. Unlike Marshal, and like the API, it does not escape < > &.
func encode(b *bytes.Buffer, v any) {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		b.WriteString("null ") // the blank is for Truncate
	}
	b.Truncate(b.Len() - 1) // Encode's newline
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
	case fleet.Record:
		for _, m := range v {
			writeXML(b, m.Name, m.Value)
		}
	case nil:
	default:
		// Only a failing writer fails EscapeText.
		_ = xml.EscapeText(b, []byte(fmt.Sprint(v)))
	}
	b.WriteString("</" + name + ">")
}

// plain converts a value of Batch.Override to types that writeXML knows. A RawMessage that
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

// ordered converts maps to records with sorted names.
func ordered(v any) any {
	switch v := v.(type) {
	case map[string]any:
		var r fleet.Record
		for _, name := range slices.Sorted(maps.Keys(v)) {
			r = append(r, fleet.Field{Name: name, Value: ordered(v[name])})
		}
		return r
	case []any:
		for i := range v {
			v[i] = ordered(v[i])
		}
	}
	return v
}
