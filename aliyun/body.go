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

// maxAnswer limits the size of an answer in bytes, both before and after
// decompression. The largest real answer has 0.9 MiB: 200 batches of
// ListOTAJobByFirmware with 4096 characters of tags each.
const maxAnswer = 1 << 20

var errUnusedStatus = errors.New("the API does not use this HTTP status")

// readBody reads the body of an answer, at most maxAnswer bytes, until ctx ends. It
// does not read the body of a redirect, nor that of "101 Switching Protocols", which is
// the bare connection: a context does not interrupt its reads.
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
		// net/http closes the connection then. A server that sees this may still end
		// the body, so the answer can look complete.
		err = ctx.Err()
	}
	var corrupt flate.CorruptInputError
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over) || len(body) > maxAnswer:
		return nil, decodeError(operation, status, fmt.Errorf("the answer is larger than %d bytes", maxAnswer))
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, decodeError(operation, status, errors.New("the answer is incomplete"))
	case errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.As(err, &corrupt):
		return nil, decodeError(operation, status, errors.New("the answer is not gzip, although its Content-Encoding says so"))
	case err != nil:
		return nil, transportError(operation, status, err)
	}
	return body, nil
}

// unpack returns at most maxAnswer+1 bytes. It decompresses the body itself, because
// net/http does not limit the compressed bytes that it reads.
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

// toHost returns the host that a redirect leads to. The rest of the URL may contain the
// whole request or a password, so it is left out.
func toHost(response *http.Response) string {
	if to, err := response.Location(); err == nil && to.Host != "" {
		return ", to " + strconv.Quote(to.Scheme+"://"+to.Host)
	}
	return ""
}
