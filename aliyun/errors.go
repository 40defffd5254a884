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

// Error describes a failed call. A field is "" or 0 if the API did not send it.
type Error struct {
	Operation  string // the API's name, such as QueryOTAJob
	Class      Class
	Code       string // the API's own code, "" if the answer had none
	Message    string // the API's own text, without the secrets of the call
	RequestID  string // Alibaba's support asks for it
	HTTPStatus int    // 0 without an answer
	Cause      Cause  // more about a failure without a code; "" if unknown
	Err        error  // the underlying error; nil if the API refused the call

	// ArrivesBy is the latest time at which the request can still reach the API, twice
	// the timeout after it was sent. It is zero if there was an answer, or if nothing
	// was sent.
	ArrivesBy time.Time
}

// Error returns one line: operation, class and what else is known. It escapes
// characters with which an answer could break the line or control a terminal.
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

// Unwrap returns the underlying error, nil if the API refused the call.
func (e *Error) Unwrap() error { return e.Err }

// transportError classifies an error of net/http. It removes the URL that net/url puts in
// front: the query is long and says nothing that the Error does not say.
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

// decodeError is the error for an answer that does not come from the API, such as a page
// of a proxy.
func decodeError(operation string, httpStatus int, err error) *Error {
	return &Error{Operation: operation, Class: ClassDecode, HTTPStatus: httpStatus, Err: err}
}

// AccountWide reports whether a call failed for a reason that is likely to affect all
// batches of the account. It is false for nil.
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

// AsError returns the [*Error] in the chain of err, nil if there is none.
func AsError(err error) *Error {
	failure, _ := errors.AsType[*Error](err)
	return failure
}
