package expose

import (
	"io"
	"math"

	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// protoSink renders families as protobuf, each with its length in front, which
// scrapers ask for to get native histograms. It stands beside expfmt for the
// same reason as textSink. A family is rendered twice, first for its length, so
// that it never is in memory as a whole.
type protoSink struct {
	w       io.Writer
	err     error // the first one of w; nothing is written after it
	buf     []byte
	head    []byte // name, help and type of the family
	length  int    // of the family's samples
	writing bool   // the length is known
	metric  []byte // used again
	ids     []byte // account and job_id of the batch at hand, as in a metric
}

// Numbers of fields, from client_model's metrics.proto.
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

func (p *protoSink) batch(s *store.State) {
	p.ids = appendLabel(p.ids[:0], "account", s.Account)
	p.ids = appendLabel(p.ids, "job_id", s.JobID)
}

func (p *protoSink) sample(value float64, labels []label) {
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

// appendLength begins a text or a message of so many bytes.
func appendLength(b []byte, n protowire.Number, length int) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, n, protowire.BytesType), uint64(length))
}
