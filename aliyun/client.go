package aliyun

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

const (
	apiVersion = "2018-01-20"

	// maxAnswer caps an answer, in bytes. The largest real one, 200 batches
	// of ListOTAJobByFirmware with 4096 characters of tags each, is 0.9 MiB.
	maxAnswer = 1 << 20

	// maxHeader caps the headers of an answer, in bytes. Go's own cap is 10 MiB,
	// for each of the calls at a time. Real ones have less than 1 KiB.
	maxHeader = 64 << 10

	// idleTimeout closes a connection that nobody used. It is shorter than
	// usual servers' so that a call does not meet one that the server is just
	// closing, which would fail it: a POST is not sent twice.
	idleTimeout = 15 * time.Second
)

// Client makes the calls of one main account. It is safe for concurrent use.
type Client struct {
	keys      KeySource
	http      *http.Client
	timeout   time.Duration
	userAgent string
	observe   Observer
}

// KeySource is where the keys of each call come from; [Credentials] is one.
// It must be safe for concurrent use.
type KeySource interface {
	// Keys gives the keys to sign with.
	Keys(context.Context) (Keys, error)
	// Reject says that the API refused these keys.
	Reject(Keys)
}

// Call is what an [Observer] learns of one call.
type Call struct {
	Operation  string
	Err        error         // nil, or an *Error
	Duration   time.Duration // until the whole answer was read
	Unreadable []string      // fields that were sent but cannot be read
}

// Observer is told of every call when it has ended, on the caller's goroutine.
type Observer func(Call)

// Options are the parts of a Client that have a default.
type Options struct {
	Timeout   time.Duration     // of one call, keys included; 0: 10 s
	UserAgent string            // "": Go's own
	Observe   Observer          // may be nil
	Transport http.RoundTripper // nil: one of its own, with the environment's proxy
}

// NewClient makes no call and opens no connection.
func NewClient(keys KeySource, o Options) *Client {
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	if o.Observe == nil {
		o.Observe = func(Call) {}
	}
	if o.Transport == nil {
		o.Transport = newTransport()
	}
	return &Client{
		keys: keys,
		http: &http.Client{
			Transport: o.Transport,
			// A redirect would carry the signature to another host.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		timeout:   o.Timeout,
		userAgent: o.UserAgent,
		observe:   o.Observe,
	}
}

// newTransport speaks HTTP/1.1 only: HTTP/2 may send a request twice by itself,
// which the rate budget would not know of.
func newTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	t.ForceAttemptHTTP2 = false
	t.MaxResponseHeaderBytes = maxHeader
	t.MaxIdleConnsPerHost = 64 // four operations of 10 slots each, and some
	t.IdleConnTimeout = idleTimeout
	return t
}

// Close drops the idle connections. Calls that still run are not touched.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// call makes one signed call and reads its answer into dst; complete says
// whether dst then holds what the operation promises.
func (c *Client) call(ctx context.Context, operation string, in Instance, params url.Values, dst any, complete func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	start := time.Now()
	unreadable, err := c.exchange(ctx, operation, in, params, dst, complete)
	report := Call{Operation: operation, Duration: time.Since(start), Unreadable: unreadable}
	if err != nil { // a nil *Error must not become a non-nil error
		report.Err = err
	}
	c.observe(report)
	return report.Err
}

// exchange sends the request and sorts whatever comes back.
func (c *Client) exchange(ctx context.Context, operation string, in Instance, params url.Values, dst any, complete func() bool) (unreadable []string, failure *Error) {
	keys, err := c.keys.Keys(ctx)
	if err != nil {
		return nil, &Error{Operation: operation, Class: ClassAuth, Err: fmt.Errorf("no credential: %w", err)}
	}
	request, signature, err := c.newRequest(ctx, operation, in, params, keys)
	defer func() {
		if failure != nil {
			failure.clean(keys.AccessKeySecret, keys.SecurityToken, signature)
		}
	}()
	if err != nil {
		return nil, transportError(operation, 0, err)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, transportError(operation, 0, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch status := response.StatusCode; {
	case status >= 300 && status < 400:
		return nil, decodeError(operation, status, errors.New("a redirect, which is not followed"+toHost(response)))
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, decodeError(operation, status, errors.New("the answer is cut off"))
	case err != nil:
		return nil, transportError(operation, status, err)
	case len(body) > maxAnswer:
		return nil, decodeError(operation, status, fmt.Errorf("the answer is larger than %d bytes", maxAnswer))
	}
	unreadable, failure = decodeAnswer(operation, response.StatusCode, body, dst, complete)
	if failure != nil && failure.Class == ClassAuth {
		c.keys.Reject(keys)
	}
	return unreadable, failure
}

// toHost names the host of a redirect. The rest of its address can hold the
// whole request, or a password.
func toHost(response *http.Response) string {
	if to, err := response.Location(); err == nil && to.Host != "" {
		return ", to " + strconv.Quote(to.Scheme+"://"+to.Host)
	}
	return ""
}
