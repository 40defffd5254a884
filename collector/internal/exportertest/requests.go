package exportertest

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

// Client keeps no connection open, because that connection would outlive the test.
var Client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// NewRequest returns a request without a body, which is cancelled when the test ends.
func NewRequest(t *testing.T, method, url string) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return request
}

// Fetch sends a request and returns the answer and its whole body.
func Fetch(client *http.Client, request *http.Request) (answer *http.Response, body string, err error) {
	answer, err = client.Do(request)
	if err != nil {
		return nil, "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return answer, string(text), err
}

// Try sends a request to the first address. Any goroutine may call it. The status is 0 if
// there is an error.
func (e *Exporter) Try(method, path string) (status int, body string, err error) {
	request, err := http.NewRequestWithContext(e.T.Context(), method, e.URLs[0]+path, nil)
	if err != nil {
		return 0, "", err
	}
	answer, body, err := Fetch(Client, request)
	if err != nil {
		return 0, "", err
	}
	return answer.StatusCode, body, nil
}

// Scrape returns /metrics. It is an error if the status is not 200. Any goroutine may call it.
func (e *Exporter) Scrape() (string, error) {
	status, text, err := e.Try(http.MethodGet, "/metrics")
	if err == nil && status != http.StatusOK {
		err = errors.New(http.StatusText(status))
	}
	return text, err
}

// Ask sends a request to the first address.
func (e *Exporter) Ask(method, path string) (status int, body string) {
	e.T.Helper()
	status, body, err := e.Try(method, path)
	if err != nil {
		e.T.Fatal(err)
	}
	return status, body
}

// Get asks for a page of the first address.
func (e *Exporter) Get(path string) (status int, body string) {
	e.T.Helper()
	return e.Ask(http.MethodGet, path)
}

// Metrics returns /metrics.
func (e *Exporter) Metrics() string {
	e.T.Helper()
	text, err := e.Scrape()
	if err != nil {
		e.T.Fatalf("/metrics: %v %s", err, text)
	}
	return text
}

// Await waits until a page contains a text.
func (e *Exporter) Await(path, text string) {
	e.T.Helper()
	Eventually(e.T, func() string {
		if _, body := e.Get(path); strings.Contains(body, text) {
			return ""
		}
		return text + " in " + path
	})
}

// AwaitMetric waits until a scrape contains a line, or a part of one.
func (e *Exporter) AwaitMetric(line string) {
	e.T.Helper()
	e.Await("/metrics", line)
}

// AwaitLog waits until the log contains a text.
func (e *Exporter) AwaitLog(text string) {
	e.T.Helper()
	Eventually(e.T, func() string {
		if strings.Contains(e.Log.String(), text) {
			return ""
		}
		return text + " in the log"
	})
}

const (
	// BasicAuthConfig is a web configuration that lets the user "prometheus" in with the password "password".
	BasicAuthConfig = "basic_auth_users: {prometheus: " + PasswordHash + "}\n"
	// PasswordHash is the hash of "password", at the lowest cost that bcrypt has.
	PasswordHash = "$2a$04$0A2tIRk3qZqjRlmvhYXg3u6LdPOEy2W4rf2zrOh2i/sqlLg5Tq.py"
)

// BasicAuthHeader is a header line with basic auth for "user:password".
func BasicAuthHeader(userAndPassword string) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(userAndPassword)) + "\r\n"
}
