package expose

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/web"
)

// sink renders the families one by one, and of each the batches one by one.
type sink interface {
	begin(family)
	batch(*store.State)
	sample(value float64, labels []label) // keeps nothing of labels, which are used again
	end() (again bool)                    // the family is wanted once more, from begin on
	flush() error
	failed() error // the first error of the writer; nothing is written after it
}

// stopEvery is after how many batches of a family it is asked whether anybody still reads.
const stopEvery = 64

// NewHandler serves /metrics: the batches in the store, then what self
// gathers. Job states are the only thing kept; each scrape renders them anew
// and holds one family in memory at a time.
func NewHandler(store *store.Store, self prometheus.Gatherer, logger log.Logger) (http.Handler, error) {
	// Level 1 costs a few percent more bytes than promhttp's fixed 6 and half
	// the time of a large scrape less.
	compress, err := gzhttp.NewWrapper(gzhttp.CompressionLevel(gzip.BestSpeed), gzhttp.EnableZstd(false))
	if err != nil {
		return nil, err
	}
	return compress(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		format := expfmt.NegotiateAccept(r.Header, expfmt.FmtProtoDelim, expfmt.FmtText)
		w.Header().Set("Content-Type", string(format))
		encoder := expfmt.NewEncoder(w, format)
		var out sink = newTextSink(w)
		if format.FormatType() == expfmt.TypeProtoDelim {
			out = &protoSink{w: w}
		}
		if render(r.Context(), out, families(store.ExpectedDuration()), store.Snapshot()) != nil {
			web.BreakOff(r)
			return
		}
		// What could be gathered is served even if some of it could not.
		gathered, err := self.Gather()
		if err != nil {
			level.Error(logger).Log("msg", "gathering the exporter's own metrics", "err", err)
		}
		for _, mf := range gathered {
			if err := encoder.Encode(mf); err != nil {
				return
			}
		}
	})), nil
}

// WriteText renders the metrics of batches in the text format. expected is how
// long a static batch may take that sets no deadline itself.
func WriteText(ctx context.Context, w io.Writer, states []*store.State, expected time.Duration) error {
	return render(ctx, newTextSink(w), families(expected), states)
}

// render stops when nobody reads any more: when ctx ends, or at the first error of the
// sink's writer.
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
				out.batch(s)
				f.emit(s, r)
			}
		}
	}
	return out.flush()
}
