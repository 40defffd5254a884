package network

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
)

// Direct is a transport without a network: it calls the handler for each request, on the
// goroutine of the client. A call costs half of what it costs over a connection in memory.
//
// The handler must return when the context of its request ends. If it aborts with
// http.ErrAbortHandler, the client sees a connection that was closed. It can neither take
// over the connection nor send informational answers. Direct is safe for concurrent use if
// the handler is.
type Direct struct{ Handler http.Handler }

// RoundTrip implements [http.RoundTripper]. The request counts as sent when the handler is
// called.
func (d Direct) RoundTrip(r *http.Request) (*http.Response, error) {
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && trace.WroteRequest != nil {
		trace.WroteRequest(httptrace.WroteRequestInfo{})
	}
	answer := &directAnswer{header: make(http.Header)}
	complete := answer.by(d.Handler, arrived(r))
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	var body io.Reader = &answer.body
	if !complete {
		if answer.status == 0 {
			return nil, io.EOF
		}
		body = io.MultiReader(body, cutOff{})
	}
	answer.WriteHeader(http.StatusOK) // unless the handler chose one
	return &http.Response{
		StatusCode: answer.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: answer.header, Body: io.NopCloser(body), ContentLength: -1, Request: r,
	}, nil
}

// arrived returns a client's request as a server gets it.
func arrived(r *http.Request) *http.Request {
	request := r.Clone(r.Context())
	request.RequestURI = r.URL.RequestURI()
	if request.Host == "" {
		request.Host = r.URL.Host
	}
	if request.Body == nil {
		request.Body = http.NoBody
	}
	return request
}

// directAnswer is the http.ResponseWriter of a handler that is called directly.
type directAnswer struct {
	header http.Header
	status int // 0 until it is written
	body   bytes.Buffer
}

// mostDirect limits the body of an answer, in bytes: no client here reads as much. A handler
// that writes more sees what it would see if the client had closed the connection.
const mostDirect = 2 << 20

// by calls the handler and reports whether it answered without aborting.
func (a *directAnswer) by(handler http.Handler, r *http.Request) (complete bool) {
	defer func() {
		if !complete {
			reason := recover()
			if err, ok := reason.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
				panic(reason)
			}
		}
	}()
	handler.ServeHTTP(a, r)
	return true
}

func (a *directAnswer) Header() http.Header { return a.header }

func (a *directAnswer) WriteHeader(status int) {
	if status < http.StatusOK {
		panic("network.Direct: an informational answer needs a connection")
	}
	if a.status == 0 {
		a.status = status
	}
}

func (a *directAnswer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	if a.body.Len()+len(p) > mostDirect {
		return 0, io.ErrClosedPipe
	}
	return a.body.Write(p)
}

// cutOff is the end of a body that was announced longer.
type cutOff struct{}

func (cutOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
