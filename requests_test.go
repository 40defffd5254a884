package main

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

// plainClient keeps no connection open, because one would outlive the test.
var plainClient = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// newRequest is a request without a body that ends with the test.
func newRequest(t *testing.T, method, url string) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return request
}

// fetch sends a request and reads all of the answer, whose body is closed then.
func fetch(client *http.Client, request *http.Request) (answer *http.Response, body string, err error) {
	answer, err = client.Do(request)
	if err != nil {
		return nil, "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return answer, string(text), err
}

// try asks the first address. Any goroutine may call it, and scrape. The methods after
// these may end the test, so they are for the test's own goroutine.
func (e *exporter) try(method, path string) (status int, body string, err error) {
	request, err := http.NewRequestWithContext(e.t.Context(), method, e.urls[0]+path, nil)
	if err != nil {
		return 0, "", err
	}
	answer, body, err := fetch(plainClient, request)
	if err != nil {
		return 0, "", err
	}
	return answer.StatusCode, body, nil
}

// scrape gets /metrics, which must answer with 200.
func (e *exporter) scrape() (string, error) {
	status, text, err := e.try(http.MethodGet, "/metrics")
	if err == nil && status != http.StatusOK {
		err = errors.New(http.StatusText(status))
	}
	return text, err
}

func (e *exporter) ask(method, path string) (status int, body string) {
	e.t.Helper()
	status, body, err := e.try(method, path)
	if err != nil {
		e.t.Fatal(err)
	}
	return status, body
}

func (e *exporter) get(path string) (status int, body string) {
	e.t.Helper()
	return e.ask(http.MethodGet, path)
}

func (e *exporter) metrics() string {
	e.t.Helper()
	text, err := e.scrape()
	if err != nil {
		e.t.Fatalf("/metrics: %v %s", err, text)
	}
	return text
}

// await waits until a page contains a text.
func (e *exporter) await(path, text string) {
	e.t.Helper()
	eventually(e.t, func() string {
		if _, body := e.get(path); strings.Contains(body, text) {
			return ""
		}
		return text + " in " + path
	})
}

// awaitMetric waits until a scrape contains a line, or a part of one.
func (e *exporter) awaitMetric(line string) {
	e.t.Helper()
	e.await("/metrics", line)
}
