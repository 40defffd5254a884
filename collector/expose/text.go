package expose

import (
	"io"
	"strconv"
)

// flushAt is the size of the buffer, in bytes, at which it is written.
const flushAt = 32 << 10

// textSink writes the text format 0.0.4 or OpenMetrics 1.0.0, whose samples are the same. It
// replaces expfmt, which needs a dozen small objects for each sample: with 10,000 batches they
// cost several times as much as writing and compressing the text.
type textSink struct {
	w           io.Writer
	openMetrics bool
	err         error // first error of w; nothing is written after it
	buf         []byte
	family      family
	headed      bool // HELP and TYPE of the family are written

	account, name, id string // the first labels: account, and name with the value id
	ids               []byte // both, encoded; empty until a sample needs them
}

func newTextSink(w io.Writer) *textSink {
	return &textSink{w: w, buf: make([]byte, 0, flushAt+4<<10)}
}

func (t *textSink) begin(f family) { t.family, t.headed = f, false }

func (t *textSink) of(account, name, id string) {
	t.account, t.name, t.id, t.ids = account, name, id, t.ids[:0]
}

// appendIDs appends the first labels of a sample. They are encoded when the first sample
// needs them: most metrics have no sample for most batches.
func (t *textSink) appendIDs(b []byte) []byte {
	if len(t.ids) == 0 {
		t.ids = append(t.ids, `{account="`...)
		t.ids = appendEscaped(t.ids, t.account)
		t.ids = append(t.ids, `",`...)
		t.ids = append(t.ids, t.name...)
		t.ids = append(t.ids, `="`...)
		t.ids = appendEscaped(t.ids, t.id)
		t.ids = append(t.ids, '"')
	}
	return append(b, t.ids...)
}

func (t *textSink) sample(value float64, labels []label) {
	b := t.buf
	switch {
	case t.headed:
	case t.openMetrics:
		b = appendMetadata(b, t.family.name, "gauge", t.family.help)
	default:
		b = append(b, "# HELP "+t.family.name+" "+t.family.help+"\n"...)
		b = append(b, "# TYPE "+t.family.name+" gauge\n"...)
	}
	t.headed = true
	b = append(b, t.family.name...)
	b = t.appendIDs(b)
	for _, l := range labels {
		b = append(b, ',')
		b = append(b, l.name...)
		b = append(b, `="`...)
		b = appendEscaped(b, l.value)
		b = append(b, '"')
	}
	b = append(b, "} "...)
	b = strconv.AppendFloat(b, value, 'g', -1, 64)
	t.buf = append(b, '\n')
	if len(t.buf) >= flushAt {
		t.flush()
	}
}

func (t *textSink) end() (again bool) { return false }

func (t *textSink) flush() error {
	if t.err == nil {
		_, t.err = t.w.Write(t.buf)
	}
	t.buf = t.buf[:0]
	return t.err
}

func (t *textSink) failed() error { return t.err }

// appendEscaped appends a label value in one pass.
func appendEscaped(b []byte, s string) []byte {
	plain := 0 // start of the part that is not appended yet
	for i := range len(s) {
		var escaped string
		switch s[i] {
		case '\\':
			escaped = `\\`
		case '\n':
			escaped = `\n`
		case '"':
			escaped = `\"`
		default:
			continue
		}
		b = append(append(b, s[plain:i]...), escaped...)
		plain = i + 1
	}
	return append(b, s[plain:]...)
}
