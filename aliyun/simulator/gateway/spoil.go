package gateway

import (
	"bytes"
	"crypto/tls"
	"maps"
	"net"
	"net/http"
)

// Kind is a way to break an answer. The zero value does not.
type Kind string

// The status is HTTP 200 unless noted. Hang and Reset send nothing.
const (
	Hang     Kind = "hang"     // no answer until the client closes the connection
	Reset    Kind = "reset"    // the connection is reset
	Truncate Kind = "truncate" // the usual status and half of the body, then the connection closes
	Garbage  Kind = "garbage"  // bytes that are not JSON, XML or UTF-8
	HTML     Kind = "html"     // a page of a proxy, HTTP 502
	Empty    Kind = "empty"    // no body
	Redirect Kind = "redirect" // HTTP 302 to Fault.Location
	Huge     Kind = "huge"     // Fault.Size bytes of JSON that end inside a string
	Bomb     Kind = "bomb"     // the same in gzip
	Switch   Kind = "switch"   // HTTP 101, then nothing until the client closes the connection
	Hints    Kind = "hints"    // HTTP 103 without end
	Headers  Kind = "headers"  // headers without end
	Trickle  Kind = "trickle"  // one byte of the body per second, without end
)

// spoil changes the usual answer to the kind of the fault.
func (f *Fault) spoil(a answer) answer {
	spoilt := answer{status: http.StatusOK, code: string(f.Kind), header: http.Header{}}
	switch f.Kind {
	case Hang:
		spoilt.deliver = hang
	case Reset:
		spoilt.deliver = reset
	case Truncate:
		spoilt = a
		spoilt.code, spoilt.deliver = string(f.Kind), truncate
	case Garbage:
		spoilt.header.Set("Content-Type", "application/json;charset=utf-8")
		spoilt.body = []byte("\x1f\x8b\x00\xff\xfe{]garbage\x80\x81")
	case HTML:
		spoilt.status = http.StatusBadGateway
		spoilt.header.Set("Content-Type", "text/html")
		spoilt.body = []byte("<html><head><title>502 Bad Gateway</title></head>" +
			"<body><center><h1>502 Bad Gateway</h1></center><hr><center>Tengine</center></body></html>\n")
	case Empty: // nothing to add
	case Redirect:
		spoilt.status = http.StatusFound
		spoilt.header.Set("Location", f.Location)
	case Huge:
		spoilt.header.Set("Content-Type", "application/json;charset=utf-8")
		spoilt.deliver = f.huge
	default:
		spoilt.deliver = f.deliverEndless()
	}
	return spoilt
}

func hang(_ http.ResponseWriter, r *http.Request, _ answer) { <-r.Context().Done() }

// reset closes the connection. Over TCP it sends a reset instead of a regular end.
func reset(w http.ResponseWriter, _ *http.Request, _ answer) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // net/http then drops it
	}
	if over, ok := conn.(*tls.Conn); ok {
		conn = over.NetConn()
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// truncate announces the length of the whole body but sends half of it.
func truncate(w http.ResponseWriter, _ *http.Request, a answer) {
	a.writeHead(w)
	_, _ = w.Write(a.body[:len(a.body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// huge writes the body in pieces, so that it needs little memory.
func (f *Fault) huge(w http.ResponseWriter, r *http.Request, a answer) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	chunk := []byte(`{"Success":true,"Data":{"JobDesc":"`)
	for left := f.Size; left > 0; {
		n, err := w.Write(chunk[:min(int64(len(chunk)), left)])
		if err != nil || r.Context().Err() != nil {
			return
		}
		left -= int64(n)
		if len(chunk) < 32<<10 {
			chunk = bytes.Repeat([]byte("a"), 32<<10)
		}
	}
}
