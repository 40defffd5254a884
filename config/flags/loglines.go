package flags

import (
	"bytes"
	"io"
	"unicode/utf8"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
)

// escapingWriter escapes what the encoders of go-kit write as it is: they escape C0 control
// characters, but neither C1 ones nor bidirectional controls. It is given whole lines, as
// the encoders write each at once.
type escapingWriter struct {
	w      io.Writer
	escape func(line []byte) []byte
}

func (e escapingWriter) Write(line []byte) (int, error) {
	text, end := bytes.CutSuffix(line, []byte("\n"))
	if bytes.IndexFunc(text, printable.Unsafe) >= 0 {
		text = e.escape(text)
		if end {
			text = append(text, '\n')
		}
		if _, err := e.w.Write(text); err != nil {
			return 0, err
		}
		return len(line), nil
	}
	return e.w.Write(line)
}

// jsonLine escapes a line of JSON, in which unsafe characters stand inside quotes only.
func jsonLine(line []byte) (out []byte) {
	for _, r := range string(line) {
		out = appendRune(out, r)
	}
	return out
}

// logfmtLine escapes a line of logfmt. Only inside quotes does \u have a meaning, so a bare
// value is put into quotes. Keys are the program's own.
func logfmtLine(line []byte) (out []byte) {
	quoted := false
	value := 0 // where a bare value begins in out
	for rest := line; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case !quoted && r == '=':
			value = len(out) + 1
		case r == '"':
			quoted = !quoted
		case quoted && r == '\\': // and what it escapes
			size++
			out = append(out, rest[:size]...)
			rest = rest[size:]
			continue
		case !quoted && printable.Unsafe(r):
			end := bytes.IndexByte(rest, ' ')
			if end < 0 {
				end = len(rest)
			}
			bare := append(bytes.Clone(out[value:]), rest[:end]...)
			out = append(out[:value], '"')
			out = append(out, jsonLine(bytes.ReplaceAll(bare, []byte(`\`), []byte(`\\`)))...)
			out = append(out, '"')
			rest = rest[end:]
			continue
		}
		out = appendRune(out, r)
		rest = rest[size:]
	}
	return out
}

func appendRune(b []byte, r rune) []byte {
	if printable.Unsafe(r) {
		return append(b, printable.Escape(r)...)
	}
	return utf8.AppendRune(b, r)
}
