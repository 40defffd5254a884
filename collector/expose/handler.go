package expose

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/web"
)

// sink encodes the samples of one family after the other to a writer. It is not safe for
// concurrent use.
type sink interface {
	// begin starts a family.
	begin(family)
	// of sets what the following samples are about: their first labels are account, and
	// job_id or another name with an id.
	of(account, name, id string)
	// sample adds a sample with labels in addition to those of of. It must not keep
	// labels, because the caller reuses them.
	sample(value float64, labels []label)
	// end ends the family. again means that the sink needs the whole family a second time,
	// starting with begin.
	end() (again bool)
	// flush writes what is buffered. It returns the first error of the writer.
	flush() error
	// failed returns the first error of the writer. Nothing is written after it.
	failed() error
}

// stopEvery is the number of batches between two checks whether the client is still there.
const stopEvery = 64

// NewHandler returns the handler of /metrics. It serves the metrics of the batches in the
// store, then those that self gathers. The handler is safe for concurrent use.
func NewHandler(store *store.Store, self prometheus.Gatherer, logger log.Logger) (http.Handler, error) {
	// Compared with promhttp's fixed level 6, level 1 gives a few percent more bytes, but
	// halves the CPU time of a large scrape.
	compress, err := gzhttp.NewWrapper(gzhttp.CompressionLevel(gzip.BestSpeed), gzhttp.EnableZstd(false))
	if err != nil {
		return nil, fmt.Errorf("compression of /metrics: %w", err)
	}
	return compress(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		format := negotiate(r.Header)
		w.Header().Set("Content-Type", string(format))
		w.Header().Add("Vary", "Accept")
		out, encoder := encoders(w, format)
		err := render(r.Context(), out, families(store.ExpectedDuration()), store.Snapshot())
		if err == nil {
			err = renderFirmwares(r.Context(), out, store.Firmwares())
		}
		if err != nil {
			web.BreakOff(r)
			return
		}
		// Gather may return metrics together with an error.
		gathered, err := self.Gather()
		if err != nil {
			level.Error(logger).Log("msg", "some of the exporter's own metrics could not be gathered", "err", err)
		}
		for _, mf := range gathered {
			if err := encoder.Encode(mf); err != nil {
				return
			}
		}
		if end, ok := encoder.(expfmt.Closer); ok {
			_ = end.Close() // the scraper is gone if it fails
		}
	})), nil
}

// encoders returns what writes a format: out for the metrics of batches and packages, encoder for
// those of the exporter itself.
func encoders(w io.Writer, format expfmt.Format) (out sink, encoder expfmt.Encoder) {
	switch format.FormatType() {
	case expfmt.TypeProtoDelim:
		return &protoSink{w: w}, expfmt.NewEncoder(w, format)
	case expfmt.TypeOpenMetrics:
		text := newTextSink(w)
		text.openMetrics = true
		return text, &openMetricsEncoder{w: w, names: make(map[string]bool)}
	}
	return newTextSink(w), expfmt.NewEncoder(w, format)
}

// render writes all families of the table to out. It stops when the client has gone: when ctx
// ends, or at the first error of the writer.
func render(ctx context.Context, out sink, table []family, states []*store.State) error {
	r := &row{sink: out}
	for _, f := range table {
		for again := true; again; again = out.end() {
			out.begin(f)
			for i, s := range states {
				if i%stopEvery == 0 {
					if err := cmp.Or(out.failed(), ctx.Err()); err != nil {
						return err
					}
				}
				out.of(s.Account, "job_id", s.JobID)
				f.emit(s, r)
			}
		}
	}
	return out.flush()
}
