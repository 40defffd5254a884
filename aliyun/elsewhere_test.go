package aliyun_test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// A redirect with any status and target is an error. The client does not follow it, so
// that no other server gets the signature and the token.
func TestNoRedirectIsFollowed(t *testing.T) {
	var requests atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
	defer elsewhere.Close()
	_, port, _ := strings.Cut(strings.TrimPrefix(elsewhere.URL, "http://"), ":")
	for _, status := range []int{301, 302, 303, 307, 308} {
		for name, location := range map[string]string{
			"another host":               elsewhere.URL + "/",
			"another name of the host":   "http://localhost:" + port + "/",
			"without a scheme":           "//127.0.0.1:" + port + "/",
			"without TLS":                "http://127.0.0.1:" + port + "/",
			"no address at all":          "http://[::1",
			"nowhere":                    "",
			"itself":                     "/",
			"many kilobytes":             elsewhere.URL + "/" + strings.Repeat("a", 32<<10),
			"what the request was about": elsewhere.URL + "/?token=hush-token",
			"that in the hundredth byte": elsewhere.URL + "/?token=" + strings.Repeat("a", 95-len(elsewhere.URL+"/?token=")) + "hush-token",
		} {
			t.Run(fmt.Sprintf("%d to %s", status, name), func(t *testing.T) {
				asked := 0
				api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					asked++
					if location != "" {
						w.Header().Set("Location", location)
					}
					w.WriteHeader(status)
				}))
				defer api.Close()
				client := aliyun.NewClient(signing, aliyun.Options{})
				defer client.Close()
				_, _, err := client.QueryOTAJob(t.Context(), aliyun.Instance{URL: api.URL}, "job-1")
				failure, ok := errors.AsType[*aliyun.Error](err)
				// For a Location that it cannot parse, net/http returns an error.
				_, notParsed := url.Parse(location)
				if !ok || notParsed == nil && (failure.Class != aliyun.ClassDecode || failure.HTTPStatus != status) {
					t.Errorf("got %v, want class decode", err)
				}
				if len(err.Error()) > 300 || strings.Contains(err.Error(), "hush") {
					t.Errorf("the error says too much: %v", err)
				}
				if asked != 1 || requests.Load() != 0 {
					t.Errorf("%d requests to the API, %d elsewhere", asked, requests.Load())
				}
			})
		}
	}
}

// An endpoint with an untrusted certificate gets no request.
func TestAStrangersCertificateIsNotTrusted(t *testing.T) {
	stranger := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("it got the request")
	}))
	stranger.Config.ErrorLog = log.New(io.Discard, "", 0) // it would report the failed handshake
	stranger.StartTLS()
	defer stranger.Close()
	client := aliyun.NewClient(signing, aliyun.Options{})
	defer client.Close()
	_, _, err := client.QueryOTAJob(t.Context(), aliyun.Instance{URL: stranger.URL}, "job-1")
	failure, ok := errors.AsType[*aliyun.Error](err)
	if !ok || failure.Class != aliyun.ClassTransport || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("got %v, want a transport error about the certificate", err)
	}
}
