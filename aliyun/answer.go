package aliyun

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// envelope is around every answer of the API and of its gateway. The gateway
// says Message where the API says ErrorMessage.
type envelope struct {
	RequestID    *string `json:"RequestId"`
	Success      *bool   `json:"Success"`
	Code         *string `json:"Code"`
	ErrorMessage *string `json:"ErrorMessage"`
	Message      *string `json:"Message"`
}

// decodeAnswer reads a whole answer into dst, or says why it is none; complete
// says whether dst then holds what the operation promises. The unreadable
// fields are named where the answer as a whole is good.
func decodeAnswer(operation string, status int, body []byte, dst any, complete func() bool) (unreadable []string, _ *Error) {
	var e envelope
	fields, err := objectFields(body)
	if err == nil {
		decodeFields(fields, &e, "")
	} else if x, ok := xmlEnvelope(body); ok {
		e, err = x, errors.New("the answer is XML, although JSON was asked for")
	}
	succeeded := status < 300 && e.Success != nil && *e.Success
	if succeeded && err == nil {
		if unreadable = decodeFields(fields, dst, ""); complete() {
			return unreadable, nil
		}
		err = errors.New("the answer has Success but no Data")
	}

	failure := &Error{
		Operation:  operation,
		Code:       deref(e.Code),
		Message:    cmp.Or(deref(e.ErrorMessage), deref(e.Message)),
		RequestID:  deref(e.RequestID),
		HTTPStatus: status,
	}
	refused := failure.Code != "" || e.Success != nil || status >= 500 || status == http.StatusTooManyRequests
	if refused && !succeeded {
		failure.Class = classify(failure.Code, status)
	} else {
		failure.Class = ClassDecode
		failure.Err = notTheAPI(body, err)
	}
	return nil, failure
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// notTheAPI says what is wrong with an answer that is not the API's. err is
// what the decoder said of it.
func notTheAPI(body []byte, err error) error {
	start := strings.ToLower(string(bytes.TrimSpace(body[:min(len(body), 512)])))
	var syntax *json.SyntaxError
	switch {
	case start == "":
		return errors.New("the answer is empty")
	case strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<html"):
		return errors.New("the answer is an HTML page, as from a proxy")
	case errors.As(err, &syntax):
		return fmt.Errorf("the answer is not JSON: %w", err)
	case err != nil:
		return err
	}
	return errors.New("the answer has neither Success nor Code")
}

// objectFields splits a JSON object by its keys, lower-cased: an
// API-compatible gateway is known to spell them its own way. Of keys that
// differ in case only, the one with its capitals first counts, as the API's own
// have them, and the same one each time.
func objectFields(data []byte) (map[string]json.RawMessage, error) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, err
	}
	fields := make(map[string]json.RawMessage, len(raw))
	for _, key := range slices.Backward(slices.Sorted(maps.Keys(raw))) {
		fields[strings.ToLower(key)] = raw[key]
	}
	return fields, nil
}

// xmlEnvelope reads the failure that a gateway sends in XML without being
// asked to. It says false when there is none in it.
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

// clean makes what came back fit for labels, logs and pages: valid UTF-8 of a
// sane length, without the secrets of the call.
func (e *Error) clean(secrets ...string) {
	const longest = 1024 // bytes
	for _, field := range []struct {
		text  *string
		limit int // bytes
	}{{&e.Code, 128}, {&e.Message, longest}, {&e.RequestID, 64}} {
		*field.text = cut(redact(*field.text, secrets...), field.limit)
	}
	// net/http quotes the line that it cannot read.
	if e.Err != nil {
		if text := cut(redact(e.Err.Error(), secrets...), longest); text != e.Err.Error() {
			e.Err = errors.New(text)
		}
	}
}

func cut(text string, limit int) string {
	return strings.ToValidUTF8(text[:min(len(text), limit)], "")
}
