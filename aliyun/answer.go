package aliyun

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
)

// envelope has the fields that surround every answer of the API and of its gateway. The
// gateway sends Message where the API sends ErrorMessage.
type envelope struct {
	RequestID    *string `json:"RequestId" max:"1048576"` // [Error.clean] shortens these texts
	Success      *bool   `json:"Success"`
	Code         *string `json:"Code" max:"1048576"`
	ErrorMessage *string `json:"ErrorMessage" max:"1048576"`
	Message      *string `json:"Message" max:"1048576"`
}

// byteOrderMark precedes the UTF-8 text of some programs. JSON forbids it, so Go's
// decoder refuses it.
var byteOrderMark = []byte("\xef\xbb\xbf")

// decodeAnswer decodes a whole answer into dst. It calls check after it has filled dst;
// check returns an error if a required field is missing or if the answer is about
// another id than the request. The request id may hold secrets of the call.
func decodeAnswer(operation string, status int, body []byte, dst any, check func(*notes) error) (requestID string, odd []Note, failure *Error) {
	var e envelope
	var found notes
	body = bytes.TrimPrefix(body, byteOrderMark)
	object, err := parseObject(body)
	if err == nil {
		decodeObject(object, reflect.ValueOf(&e).Elem(), "", new(notes))
	} else if x, ok := xmlEnvelope(body); ok {
		e, err = x, errors.New("the answer is XML, although JSON was requested")
	}
	succeeded := status < 300 && e.Success != nil && *e.Success
	if succeeded && err == nil {
		decodeObject(object, reflect.ValueOf(dst).Elem(), "", &found)
		if err = check(&found); err == nil {
			return deref(e.RequestID), found.all, nil
		}
	}

	failure = &Error{
		Operation:  operation,
		Code:       deref(e.Code),
		Message:    cmp.Or(deref(e.ErrorMessage), deref(e.Message)),
		RequestID:  deref(e.RequestID),
		HTTPStatus: status,
	}
	refused := failure.Code != "" || e.Success != nil || status >= 500 || status == http.StatusTooManyRequests
	if refused && !succeeded {
		failure.Class = classify(cut(failure.Code, maxCode), status)
		if failure.Code == "" && e.Success == nil { // it may come from a proxy
			failure.Err = notTheAPI(body, err)
		}
	} else {
		failure.Class = ClassDecode
		failure.Err = notTheAPI(body, err)
		if _, ok := errors.AsType[*overfull](err); ok {
			failure.Cause = CauseList
		}
	}
	return "", found.all, failure
}

// missing is the error for an answer without a required field.
func missing(field string) error {
	return fmt.Errorf("the answer has Success but no %s", field)
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// notTheAPI describes an answer that does not come from the API. err is the decoder's
// error.
func notTheAPI(body []byte, err error) error {
	start := strings.ToLower(string(bytes.TrimSpace(body[:min(len(body), 512)])))
	var syntax *json.SyntaxError
	var other *json.UnmarshalTypeError
	switch {
	case start == "":
		return errors.New("the answer is empty")
	case strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<html"):
		return errors.New("the answer is an HTML page, as from a proxy")
	case errors.As(err, &syntax):
		return fmt.Errorf("the answer is not JSON: %w", err)
	case errors.As(err, &other):
		return fmt.Errorf("the answer is a JSON %s, not an object", other.Value)
	case err != nil:
		return err
	}
	return errors.New("the answer has neither Success nor Code")
}

// xmlEnvelope reads a failure that a gateway sends in XML although the client asks for
// JSON. It returns false if the body is no such failure.
func xmlEnvelope(body []byte) (envelope, bool) {
	var x struct {
		Success                     *bool
		RequestID                   *string `xml:"RequestId"`
		Code, ErrorMessage, Message *string
	}
	if xml.Unmarshal(body, &x) != nil || x.Code == nil && x.Success == nil {
		return envelope{}, false
	}
	return envelope{x.RequestID, x.Success, x.Code, x.ErrorMessage, x.Message}, true
}

// The largest code and message that are kept, in bytes.
const (
	maxCode      = 128
	maxMessage   = 1024
	maxRequestID = 64
)

// clean makes the texts of the answer fit for labels, logs and pages: valid UTF-8 of
// limited length, without the secrets of the call.
func (e *Error) clean(secrets ...string) {
	for _, field := range []struct {
		text  *string
		limit int // bytes
	}{{&e.Code, maxCode}, {&e.Message, maxMessage}, {&e.RequestID, maxRequestID}} {
		*field.text = cleaned(*field.text, field.limit, secrets...)
	}
	// An error of net/http quotes the line that it could not parse.
	if e.Err != nil {
		if text := cleaned(e.Err.Error(), maxMessage, secrets...); text != e.Err.Error() {
			e.Err = errors.New(text)
		}
	}
}

// cleaned returns the first bytes of a text, at most limit, without the secrets.
func cleaned(text string, limit int, secrets ...string) string {
	return cut(redact(text, limit, secrets...), limit)
}

func cut(text string, limit int) string {
	return strings.ToValidUTF8(text[:min(len(text), limit)], "")
}
