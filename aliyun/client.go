package aliyun

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/signature"
)

const apiVersion = "2018-01-20"

// Client makes the calls of one account. Create it with NewClient. It is safe for
// concurrent use.
type Client struct {
	keys      KeySource
	transport http.RoundTripper
	timeout   time.Duration
	userAgent string
	observe   Observer
	echo      *Echo
}

// KeySource supplies the keys of each call, as credentials.Provider does. It must be
// safe for concurrent use.
type KeySource interface {
	// Keys returns the keys to sign with. It returns early if ctx ends. The error must
	// not contain a secret.
	Keys(context.Context) (credentials.Keys, error)
	// Reject reports that the API refused these keys.
	Reject(credentials.Keys)
}

// Call describes one call to an [Observer].
type Call struct {
	Operation string
	Err       error         // nil, or an *Error
	Duration  time.Duration // until the whole answer was read, getting the keys included
	Notes     []Note        // fields of the answer that could not be read as documented
}

// Observer is called at the end of every call, on the caller's goroutine.
type Observer func(Call)

// Options are the settings of a Client that have a default. The zero value is all
// defaults.
type Options struct {
	Timeout   time.Duration     // of one call, getting the keys included; 0 is 10 s
	UserAgent string            // "" sends none
	Observe   Observer          // nil is none
	Transport http.RoundTripper // nil is a transport of the client's own that uses the proxy of the environment
	Echo      *Echo             // shared by the clients of an account; nil is one of the client's own
}

// NewClient returns a client that signs with these keys. It makes no call and opens no
// connection.
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

// Close closes the idle connections. It does not interrupt calls.
func (c *Client) Close() {
	if t, ok := c.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// call makes one signed call and decodes its answer into dst. For check, see
// decodeAnswer. It returns the RequestId of the answer if the call succeeded.
func (c *Client) call(ctx context.Context, operation string, in Instance, params url.Values, dst any, check func(*notes) error) (requestID string, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	start := time.Now()
	requestID, odd, failure := c.exchange(ctx, operation, in, params, dst, check)
	if failure != nil { // a nil *Error must not become a non-nil error
		err = failure
	}
	c.observe(Call{Operation: operation, Err: err, Duration: time.Since(start), Notes: odd})
	return requestID, err
}

// exchange sends the request, decodes the answer and classifies a failure.
func (c *Client) exchange(ctx context.Context, operation string, in Instance, params url.Values, dst any, check func(*notes) error) (requestID string, odd []Note, failure *Error) {
	keys, err := c.keys.Keys(ctx)
	if err != nil {
		return "", nil, &Error{Operation: operation, Class: ClassAuth, Err: fmt.Errorf("no credential: %w", err)}
	}
	var sent departure
	request, signed, err := c.newRequest(sent.follow(ctx), operation, in, params, keys)
	defer func() {
		requestID = cleaned(requestID, maxRequestID, keys.AccessKeySecret, keys.SecurityToken, signed)
		if failure != nil {
			if failure.HTTPStatus == 0 {
				failure.ArrivesBy = sent.arrivesBy(2 * c.timeout)
			}
			failure.clean(keys.AccessKeySecret, keys.SecurityToken, signed)
		}
	}()
	if err != nil {
		return "", nil, transportError(operation, 0, err)
	}
	// An http.Client would follow a redirect and so send the signature to another host.
	response, err := c.transport.RoundTrip(request)
	if err != nil {
		return "", nil, transportError(operation, 0, err)
	}
	defer response.Body.Close()
	body, failure := readBody(ctx, operation, response)
	if failure != nil {
		return "", nil, failure
	}
	status := response.StatusCode
	if requestID, odd, failure = decodeAnswer(operation, status, body, dst, check); failure == nil && status != http.StatusOK {
		failure = decodeError(operation, status, errUnusedStatus)
	}
	if failure != nil && failure.Class == ClassAuth {
		c.keys.Reject(keys)
	}
	return requestID, odd, failure
}

// newRequest returns the signed request of a call. It adds the parameters of every call
// to params. It also returns the signature, which must not appear in an error.
func (c *Client) newRequest(ctx context.Context, operation string, in Instance, params url.Values, keys credentials.Keys) (_ *http.Request, signed string, _ error) {
	if in.ID != "" {
		params.Set("IotInstanceId", in.ID)
	}
	call := signature.Call{Operation: operation, API: apiVersion, RegionID: in.RegionID, Keys: keys}
	request, signed, err := in.Signature.NewRequest(ctx, in.URL, call, params)
	if err != nil {
		return nil, signed, err
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Accept-Encoding", "gzip")
	request.Header.Set("User-Agent", c.userAgent)
	return request, signed, nil
}
