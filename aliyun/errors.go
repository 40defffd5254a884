package aliyun

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
)

// Error is a call that failed. Whatever the API said is in it; whatever it did
// not say is "" or 0.
type Error struct {
	Operation  string // the API's name, such as QueryOTAJob
	Class      Class
	Code       string // the API's own code, "" if the answer had none
	Message    string // the API's own text, free of our secrets
	RequestID  string // what Alibaba's support asks for
	HTTPStatus int    // 0 if no answer came
	Cause      Cause  // why the endpoint cannot be asked, as far as that is known
	Err        error  // the cause on our side; nil when the API itself refused

	// ArrivesBy is set when the request may have been sent and no answer came:
	// the API may still get it until then, twice the timeout after it was sent.
	ArrivesBy time.Time
}

// Error gives one line: operation, class, then whatever is known. What the API said can
// neither break it nor steer a terminal.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Operation, e.Class)
	if e.Code != "" {
		b.WriteString(": " + e.Code)
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	if e.HTTPStatus != 0 {
		fmt.Fprintf(&b, " (HTTP %d)", e.HTTPStatus)
	}
	if e.RequestID != "" {
		b.WriteString(" (request id " + e.RequestID + ")")
	}
	return printable.Text(b.String())
}

// Unwrap gives the cause on our side, nil when the API itself refused.
func (e *Error) Unwrap() error { return e.Err }

// transportError sorts what net/http returns. The URL that net/url puts in front
// is cut off: the query is long and says nothing that the Error does not.
func transportError(operation string, httpStatus int, err error) *Error {
	if asURL, ok := errors.AsType[*url.Error](err); ok {
		err = asURL.Err
	}
	class := ClassTransport
	var asNet net.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &asNet) && asNet.Timeout() {
		class = ClassTimeout
	}
	return &Error{Operation: operation, Class: class, HTTPStatus: httpStatus, Cause: causeOf(err), Err: err}
}

// decodeError is an answer that is not the API's, such as a proxy's page.
func decodeError(operation string, httpStatus int, err error) *Error {
	return &Error{Operation: operation, Class: ClassDecode, HTTPStatus: httpStatus, Err: err}
}

// AccountWide says whether a poll failed for a reason that other batches share.
func AccountWide(err *Error) bool {
	if err == nil {
		return false
	}
	switch err.Class {
	case ClassAuth, ClassPermission, ClassTransport, ClassTimeout:
		return true
	}
	return false
}

// AsError is nil for a nil error.
func AsError(err error) *Error {
	failure, _ := errors.AsType[*Error](err)
	return failure
}
