package expose

import (
	"io"
	"math"

	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/encoding/protowire"
)

// protoSink writes length-delimited protobuf, which scrapers request to get native
// histograms. It replaces expfmt for the same reason as textSink. It needs each family twice:
// the first pass computes the length, the second one writes. So a family is never in memory
// as a whole.
type protoSink struct {
	w       io.Writer
	err     error // first error of w; nothing is written after it
	buf     []byte
	head    []byte // name, help and type of the family
	length  int    // of the samples of the family, in bytes
	writing bool   // second pass
	metric  []byte // the current sample; reused

	account, name, id string // the first labels: account, and name with the value id
	ids               []byte // both, encoded; empty until a sample needs them
}

// Field numbers of client_model's metrics.proto.
const (
	familyName, familyHelp, familyType, familyMetric protowire.Number = 1, 2, 3, 4

	metricLabel, metricGauge protowire.Number = 1, 2
	labelName, labelValue    protowire.Number = 1, 2
	gaugeValue               protowire.Number = 1
)

func (p *protoSink) begin(f family) {
	p.head = appendText(p.head[:0], familyName, f.name)
	p.head = appendText(p.head, familyHelp, f.help)
	p.head = protowire.AppendTag(p.head, familyType, protowire.VarintType)
	p.head = protowire.AppendVarint(p.head, uint64(dto.MetricType_GAUGE))
	if p.writing {
		p.buf = protowire.AppendVarint(p.buf, uint64(len(p.head)+p.length))
		p.buf = append(p.buf, p.head...)
	}
}

func (p *protoSink) of(account, name, id string) {
	p.account, p.name, p.id, p.ids = account, name, id, p.ids[:0]
}

func (p *protoSink) sample(value float64, labels []label) {
	if len(p.ids) == 0 {
		p.ids = appendLabel(appendLabel(p.ids, "account", p.account), p.name, p.id)
	}
	m := append(p.metric[:0], p.ids...)
	for _, l := range labels {
		m = appendLabel(m, l.name, l.value)
	}
	m = appendLength(m, metricGauge, protowire.SizeTag(gaugeValue)+protowire.SizeFixed64())
	m = protowire.AppendTag(m, gaugeValue, protowire.Fixed64Type)
	m = protowire.AppendFixed64(m, math.Float64bits(value))
	p.metric = m
	if !p.writing {
		p.length += protowire.SizeTag(familyMetric) + protowire.SizeBytes(len(m))
		return
	}
	p.buf = append(appendLength(p.buf, familyMetric, len(m)), m...)
	if len(p.buf) >= flushAt {
		p.flush()
	}
}

func (p *protoSink) end() (again bool) {
	p.writing = !p.writing && p.length > 0
	if !p.writing {
		p.length = 0
	}
	return p.writing
}

func (p *protoSink) flush() error {
	if p.err == nil {
		_, p.err = p.w.Write(p.buf)
	}
	p.buf = p.buf[:0]
	return p.err
}

func (p *protoSink) failed() error { return p.err }

func appendLabel(b []byte, name, value string) []byte {
	size := func(n protowire.Number, s string) int { return protowire.SizeTag(n) + protowire.SizeBytes(len(s)) }
	b = appendLength(b, metricLabel, size(labelName, name)+size(labelValue, value))
	return appendText(appendText(b, labelName, name), labelValue, value)
}

func appendText(b []byte, n protowire.Number, s string) []byte {
	return append(appendLength(b, n, len(s)), s...)
}

// appendLength appends the tag and the length of a string or of a message.
func appendLength(b []byte, n protowire.Number, length int) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, n, protowire.BytesType), uint64(length))
}
