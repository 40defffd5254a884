package aliyun

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
)

const apiVersion = "2018-01-20"

// Client makes the calls of one main account. It is safe for concurrent use.
type Client struct {
	keys      KeySource
	transport http.RoundTripper
	timeout   time.Duration
	userAgent string
	observe   Observer
	echo      *Echo
}

// KeySource is where the keys of each call come from; [Credentials] is one.
// It must be safe for concurrent use.
type KeySource interface {
	// Keys gives the keys to sign with.
	Keys(context.Context) (credentials.Keys, error)
	// Reject says that the API refused these keys.
	Reject(credentials.Keys)
}

// Call is what an [Observer] learns of one call.
type Call struct {
	Operation string
	Err       error         // nil, or an *Error
	Duration  time.Duration // until the whole answer was read
	Notes     []Note        // what was odd in the answer
}

// Observer is told of every call when it has ended, on the caller's goroutine.
type Observer func(Call)

// Options are the parts of a Client that have a default.
type Options struct {
	Timeout   time.Duration     // of one call, keys included; 0: 10 s
	UserAgent string            // "": Go's own
	Observe   Observer          // may be nil
	Transport http.RoundTripper // nil: one of its own, with the environment's proxy
	Echo      *Echo             // of the account; nil: one of its own
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
		o.Transport = newTransport(o.Timeout)
	}
	if o.Echo == nil {
		o.Echo = new(Echo)
	}
	return &Client{
		keys:      keys,
		transport: o.Transport,
		timeout:   o.Timeout,
		userAgent: o.UserAgent,
		observe:   o.Observe,
		echo:      o.Echo,
	}
}

// Close drops the idle connections. Calls that still run are not touched.
func (c *Client) Close() {
	if t, ok := c.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// call makes one signed call and reads its answer into dst; for check, see
// decodeAnswer.
func (c *Client) call(ctx context.Context, operation string, in Instance, params url.Values, dst any, check func(*notes) error) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	start := time.Now()
	odd, err := c.exchange(ctx, operation, in, params, dst, check)
	report := Call{Operation: operation, Duration: time.Since(start), Notes: odd}
	if err != nil { // a nil *Error must not become a non-nil error
		report.Err = err
	}
	c.observe(report)
	return report.Err
}

// exchange sends the request and sorts whatever comes back.
func (c *Client) exchange(ctx context.Context, operation string, in Instance, params url.Values, dst any, check func(*notes) error) (odd []Note, failure *Error) {
	keys, err := c.keys.Keys(ctx)
	if err != nil {
		return nil, &Error{Operation: operation, Class: ClassAuth, Err: fmt.Errorf("no credential: %w", err)}
	}
	var sent departure
	request, signed, err := c.newRequest(sent.follow(ctx), operation, in, params, keys)
	defer func() {
		if failure != nil {
			if failure.HTTPStatus == 0 {
				failure.ArrivesBy = sent.arrivesBy(2 * c.timeout)
			}
			failure.clean(keys.AccessKeySecret, keys.SecurityToken, signed)
		}
	}()
	if err != nil {
		return nil, transportError(operation, 0, err)
	}
	// Not by an http.Client, which would follow a redirect and so carry the
	// signature to another host.
	response, err := c.transport.RoundTrip(request)
	if err != nil {
		return nil, transportError(operation, 0, err)
	}
	defer response.Body.Close()
	body, failure := readBody(ctx, operation, response)
	if failure != nil {
		return nil, failure
	}
	status := response.StatusCode
	if odd, failure = decodeAnswer(operation, status, body, dst, check); failure == nil && status != http.StatusOK {
		failure = decodeError(operation, status, errUnusedStatus)
	}
	if failure != nil && failure.Class == ClassAuth {
		c.keys.Reject(keys)
	}
	return odd, failure
}
