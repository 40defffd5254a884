package collector

import (
	"github.com/prometheus/common/expfmt"

	dto "github.com/prometheus/client_model/go"
)

// dtoSink renders families in whatever format expfmt knows: protobuf, for
// scrapers that want native histograms.
type dtoSink struct {
	encoder expfmt.Encoder
	err     error
	family  *dto.MetricFamily
	ids     [2]*dto.LabelPair // account and job_id of the batch at hand
}

func (d *dtoSink) begin(f family) {
	d.family = &dto.MetricFamily{Name: new(namespace + f.name), Help: &f.help, Type: dto.MetricType_GAUGE.Enum()}
}

func (d *dtoSink) batch(s *State) {
	d.ids = [2]*dto.LabelPair{{Name: new("account"), Value: &s.Account}, {Name: new("job_id"), Value: &s.JobID}}
}

func (d *dtoSink) sample(value float64, labels []label) {
	m := &dto.Metric{Gauge: &dto.Gauge{Value: &value}, Label: append([]*dto.LabelPair(nil), d.ids[:]...)}
	for _, l := range labels {
		m.Label = append(m.Label, &dto.LabelPair{Name: &l.name, Value: &l.value})
	}
	d.family.Metric = append(d.family.Metric, m)
}

func (d *dtoSink) end() {
	if d.err == nil && len(d.family.Metric) > 0 {
		d.err = d.encoder.Encode(d.family)
	}
}

func (d *dtoSink) flush() error { return d.err }
