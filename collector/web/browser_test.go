package web

import (
	"crypto/tls"
	"net"
	"testing"
)

func TestJobsURL(t *testing.T) {
	overTLS := &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return nil, nil }} //nolint:nilnil // never called
	for name, c := range map[string]struct {
		address string
		serving *tls.Config
		want    string
	}{
		"every address":      {"[::]:10062", nil, "http://localhost:10062/jobs"},
		"every IPv4 address": {"0.0.0.0:10062", &tls.Config{}, "http://localhost:10062/jobs"},
		"one address":        {"127.0.0.1:80", nil, "http://127.0.0.1:80/jobs"},
		"an IPv6 address":    {"[::1]:8080", nil, "http://[::1]:8080/jobs"},
		"TLS":                {"192.0.2.1:443", overTLS, "https://192.0.2.1:443/jobs"},
	} {
		t.Run(name, func(t *testing.T) {
			address, err := net.ResolveTCPAddr("tcp", c.address)
			if err != nil {
				t.Fatal(err)
			}
			if got := jobsURL(address, c.serving); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
