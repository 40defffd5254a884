package aliyun

import (
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// maxAnswer caps an answer, in bytes, both as it is sent and as it is after
// unpacking. The largest real one, 200 batches of ListOTAJobByFirmware with
// 4096 characters of tags each, is 0.9 MiB.
const maxAnswer = 1 << 20

var errUnusedStatus = errors.New("the API does not use this HTTP status")

// readBody reads the body of an answer within maxAnswer, until the context of
// the request ends. It reads none of a redirect, nor of "101 Switching
// Protocols": that body is the bare connection, whose reads no context ends.
func readBody(ctx context.Context, operation string, response *http.Response) ([]byte, *Error) {
	status := response.StatusCode
	switch {
	case status >= 300 && status < 400:
		return nil, decodeError(operation, status, errors.New("a redirect, which is not followed"+toHost(response)))
	case status < 200:
		return nil, decodeError(operation, status, errUnusedStatus)
	}
	body, err := unpack(response)
	if ctx.Err() != nil {
		// What net/http does then can look like the end of the answer: a server
		// that sees the connection being closed may still end the body.
		err = ctx.Err()
	}
	var corrupt flate.CorruptInputError
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over) || len(body) > maxAnswer:
		return nil, decodeError(operation, status, fmt.Errorf("the answer is larger than %d bytes", maxAnswer))
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, decodeError(operation, status, errors.New("the answer is cut off"))
	case errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.As(err, &corrupt):
		return nil, decodeError(operation, status, errors.New("the answer is not the gzip that its Content-Encoding says"))
	case err != nil:
		return nil, transportError(operation, status, err)
	}
	return body, nil
}

// unpack gives at most one byte more than maxAnswer. net/http would unpack by
// itself, but then nothing bounds what is read for it.
func unpack(response *http.Response) ([]byte, error) {
	sent := http.MaxBytesReader(nil, response.Body, maxAnswer)
	if !strings.EqualFold(response.Header.Get("Content-Encoding"), "gzip") {
		return io.ReadAll(sent)
	}
	unpacked, err := gzip.NewReader(sent)
	if errors.Is(err, io.EOF) {
		return nil, nil // an empty body
	} else if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(unpacked, maxAnswer+1))
}

// toHost names the host of a redirect. The rest of its address can hold the
// whole request, or a password.
func toHost(response *http.Response) string {
	if to, err := response.Location(); err == nil && to.Host != "" {
		return ", to " + strconv.Quote(to.Scheme+"://"+to.Host)
	}
	return ""
}
