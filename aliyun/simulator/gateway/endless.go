package gateway

import (
	"compress/gzip"
	"io"
	"maps"
	"net/http"
	"strings"
	"time"
)

// bare takes over the connection to send text that net/http would not send: first once,
// then again at each interval, until the client closes the connection. If again is "",
// it sends first only.
func bare(first, again string, every time.Duration) func(http.ResponseWriter, *http.Request, answer) {
	return func(w http.ResponseWriter, _ *http.Request, _ answer) {
		conn, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(http.ErrAbortHandler) // net/http then drops it
		}
		defer conn.Close()
		gone := make(chan struct{})
		go func() {
			defer close(gone)
			_, _ = io.Copy(io.Discard, buffered) // until the client closes
		}()
		_, err = io.WriteString(conn, first)
		for err == nil {
			if again == "" {
				<-gone
				return
			}
			if every > 0 {
				select {
				case <-gone:
					return
				case <-time.After(every):
				}
			}
			_, err = io.WriteString(conn, again)
		}
	}
}

const (
	switching   = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
	earlyHint   = "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
	chunkedHead = "HTTP/1.1 200 OK\r\nContent-Type: application/json;charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"
)

// deliverEndless returns the delivery of an endless answer, nil for another kind.
func (f *Fault) deliverEndless() func(http.ResponseWriter, *http.Request, answer) {
	switch f.Kind {
	case Switch:
		return bare(switching, "", 0)
	case Hints:
		return bare("", earlyHint, 0)
	case Headers:
		return bare("HTTP/1.1 200 OK\r\n", strings.Repeat("X-Padding: a\r\n", 64), 0)
	case Trickle:
		return bare(chunkedHead, "1\r\n \r\n", time.Second)
	case Bomb:
		return f.bomb
	}
	return nil
}

// bomb sends the body of huge in gzip, which has a thousandth of the size.
func (f *Fault) bomb(w http.ResponseWriter, r *http.Request, a answer) {
	maps.Copy(w.Header(), a.header)
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.Header().Set("Content-Encoding", "gzip")
	packed := zipped{w, gzip.NewWriter(w)}
	f.huge(packed, r, a)
	_ = packed.zip.Close() // a client that has gone is no error here
}

// zipped compresses the body.
type zipped struct {
	http.ResponseWriter
	zip *gzip.Writer
}

func (z zipped) Write(p []byte) (int, error) { return z.zip.Write(p) }
