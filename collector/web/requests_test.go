package web

import (
	"strings"
	"testing"
	"testing/synctest"
)

// Requests that are too large or malformed are rejected before they need much memory.
func TestInvalidRequests(t *testing.T) {
	large := strings.Repeat("a", 2<<20)
	for name, c := range map[string]struct {
		request string
		want    int
	}{
		"a header of usual size":    {get + "Cookie: " + large[:32<<10] + "\r\n\r\n", 200},
		"a large header":            {get + "Cookie: " + large[:128<<10] + "\r\n\r\n", 431},
		"many headers":              {get + strings.Repeat("A: b\r\n", 20_000) + "\r\n", 431},
		"a large URL":               {"GET /?" + large[:128<<10] + " HTTP/1.1\r\nHost: exporter\r\n\r\n", 431},
		"an endless line":           {large, 431},
		"a header without a colon":  {get + "Cookie\r\n\r\n", 400},
		"a line feed in a header":   {get + "A: b\n c\x00\r\n\r\n", 400},
		"two hosts":                 {get + "Host: other\r\n\r\n", 400},
		"no host":                   {"GET / HTTP/1.1\r\n\r\n", 400},
		"two lengths":               {"POST / HTTP/1.1\r\nHost: exporter\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400},
		"an unknown encoding":       {"POST / HTTP/1.1\r\nHost: exporter\r\nTransfer-Encoding: xchunked\r\n\r\n", 501},
		"a space in a header field": {get + "Content-Length : 1\r\n\r\n", 400},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, _ := serve(t, done)
				if status := ask(t, p, c.request); status != c.want {
					t.Errorf("answered with %d, want %d", status, c.want)
				}
			})
		})
	}
}
