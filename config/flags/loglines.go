package flags

import (
	"bytes"
	"io"
	"unicode/utf8"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
)

// escapingWriter escapes the unsafe characters that go-kit's encoders leave unchanged: they
// escape C0 control characters, but no C1 or bidirectional controls. Each call of Write gets
// one whole line from the encoder.
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

// jsonLine escapes a line of JSON, which has unsafe characters only inside quotes.
func jsonLine(line []byte) (out []byte) {
	for _, r := range string(line) {
		out = appendRune(out, r)
	}
	return out
}

// logfmtLine escapes a line of logfmt. Since \u has a meaning only inside quotes, it quotes a
// bare value that has to be escaped. Keys need no escaping: the program chooses them.
func logfmtLine(line []byte) (out []byte) {
	quoted := false
	value := 0 // index in out where the current bare value starts
	for rest := line; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case !quoted && r == '=':
			value = len(out) + 1
		case r == '"':
			quoted = !quoted
		case quoted && r == '\\': // with the character that it escapes
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
