package expose

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/klauspost/compress/gzhttp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/web"
)

// Rendering stops, in every format, when the client closes its connection in the middle of
// the answer, entirely or only for sending.
func TestScrapeWithoutAClient(t *testing.T) {
	const batches, families = 20_000, 200
	state := &store.State{Target: target.Target{Account: "production", JobID: "job-1"}}
	states := make([]*store.State, batches)
	for i := range states {
		states[i] = state
	}
	for format, newSink := range map[string]func(w io.Writer) sink{
		"text":     func(w io.Writer) sink { return newTextSink(w) },
		"protobuf": func(w io.Writer) sink { return &protoSink{w: w} },
	} {
		for how, leave := range map[string]func(c *net.TCPConn) error{
			"it closes the connection":           (*net.TCPConn).Close,
			"it resets the connection":           func(c *net.TCPConn) error { return errors.Join(c.SetLinger(0), c.Close()) },
			"it ends its side of the connection": (*net.TCPConn).CloseWrite,
		} {
			for _, encoding := range []string{"identity", "gzip"} {
				t.Run(format+", "+how+", "+encoding, func(t *testing.T) {
					rendered := 0 // batches, counted again for each family
					table := make([]family, families)
					left, began := make(chan struct{}), false
					for i := range table {
						table[i] = family{name: "aliyun_iot_ota_x", help: "x", emit: func(s *store.State, r *row) {
							if rendered++; began {
								<-left
								began = false
							}
							r.sample(1)
						}}
					}
					ended := make(chan error, 1)
					server := httptest.NewServer(gzhttp.GzipHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						io.WriteString(w, "# start of the answer\n")
						_ = http.NewResponseController(w).Flush()
						began = true
						err := render(r.Context(), newSink(w), table, states)
						ended <- err
						if err != nil {
							web.BreakOff(r)
						}
					})))
					defer server.Close()
					conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
					if err != nil {
						t.Fatal(err)
					}
					defer conn.Close()
					io.WriteString(conn, "GET /metrics HTTP/1.1\r\nHost: exporter\r\nAccept-Encoding: "+encoding+"\r\n\r\n")
					answer := bufio.NewReader(conn)
					response, err := http.ReadResponse(answer, nil)
					if err != nil {
						t.Fatal(err)
					}
					defer response.Body.Close()
					if err := leave(conn.(*net.TCPConn)); err != nil {
						t.Fatal(err)
					}
					close(left)
					if how == "it ends its side of the connection" {
						if _, err := io.Copy(io.Discard, response.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
							t.Errorf("the rest of the answer ends with %v, want it to be cut off", err)
						}
					}
					if err := <-ended; err == nil {
						t.Errorf("all %d batches of %d families were rendered", batches, families)
					}
					if all := batches * families; rendered > all/2 {
						t.Errorf("%d of %d batches were rendered", rendered, all)
					}
				})
			}
		}
	}
}

// closedWriter is a writer to a closed connection.
type closedWriter struct{ writes int }

func (w *closedWriter) Write([]byte) (int, error) { w.writes++; return 0, net.ErrClosed }

// Rendering stops at the first error of the writer. It also stops when the context ends before
// anything is written, as in the first pass of protobuf.
func TestRenderStops(t *testing.T) {
	states := make([]*store.State, 10_000)
	for i := range states {
		states[i] = &store.State{}
	}
	for name, c := range map[string]struct {
		newSink func(w io.Writer) sink
		cancel  bool // the context ends; else writes fail
		most    int  // batches that may be rendered
	}{
		"text, a write fails":       {func(w io.Writer) sink { return newTextSink(w) }, false, 1000},
		"protobuf, a write fails":   {func(w io.Writer) sink { return &protoSink{w: w} }, false, 10_000 + 2000},
		"text, the client goes":     {func(w io.Writer) sink { return newTextSink(w) }, true, 100 + stopEvery},
		"protobuf, the client goes": {func(w io.Writer) sink { return &protoSink{w: w} }, true, 100 + stopEvery},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			rendered := 0
			table := []family{{name: "aliyun_iot_ota_x", help: "x", emit: func(_ *store.State, r *row) {
				if rendered++; c.cancel && rendered == 100 {
					cancel()
				}
				r.sample(1)
			}}}
			w := &closedWriter{}
			if err := render(ctx, c.newSink(w), append(table, table...), states); err == nil {
				t.Error("no error")
			}
			if rendered > c.most || w.writes > 1 || c.cancel && w.writes > 0 {
				t.Errorf("%d batches rendered, want at most %d; %d writes", rendered, c.most, w.writes)
			}
		})
	}
}
