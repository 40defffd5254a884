package expose

import (
	"io"
	"strconv"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// flushAt is the size of the buffer, in bytes, at which it is written.
const flushAt = 32 << 10

// textSink writes the text format 0.0.4. It replaces expfmt, which needs a dozen small objects
// for each sample: with 10,000 batches they cost several times as much as writing and
// compressing the text.
type textSink struct {
	w      io.Writer
	err    error // first error of w; nothing is written after it
	buf    []byte
	family family
	headed bool   // HELP and TYPE of the family are written
	ids    []byte // encoded labels account and job_id of the current batch
}

func newTextSink(w io.Writer) *textSink {
	return &textSink{w: w, buf: make([]byte, 0, flushAt+4<<10)}
}

func (t *textSink) begin(f family) { t.family, t.headed = f, false }

func (t *textSink) batch(s *store.State) {
	t.ids = append(t.ids[:0], `{account="`...)
	t.ids = appendEscaped(t.ids, s.Account)
	t.ids = append(t.ids, `",job_id="`...)
	t.ids = appendEscaped(t.ids, s.JobID)
	t.ids = append(t.ids, '"')
}

func (t *textSink) sample(value float64, labels []label) {
	b := t.buf
	if !t.headed {
		t.headed = true
		b = append(b, "# HELP "+t.family.name+" "+t.family.help+"\n"...)
		b = append(b, "# TYPE "+t.family.name+" gauge\n"...)
	}
	b = append(b, t.family.name...)
	b = append(b, t.ids...)
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
