package aliyun_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
)

// fixedKeys always returns the same keys or error.
type fixedKeys struct {
	keys     credentials.Keys
	err      error
	rejected atomic.Int32 // number of calls of Reject
}

func (k *fixedKeys) Keys(context.Context) (credentials.Keys, error) { return k.keys, k.err }
func (k *fixedKeys) Reject(credentials.Keys)                        { k.rejected.Add(1) }

// signing has a secret and a token that must not appear in an error. Both contain "hush".
var signing = &fixedKeys{keys: credentials.Keys{AccessKeyID: "LTAI5tSomebody", AccessKeySecret: "hush-secret", SecurityToken: "hush-token"}}

// A call without keys fails before anything is sent: nothing listens at the URL.
func TestWithoutCredentials(t *testing.T) {
	client := aliyun.NewClient(&fixedKeys{err: errors.New("nobody knows a key")}, aliyun.Options{})
	_, _, err := client.QueryOTAJob(t.Context(), aliyun.Instance{URL: "http://127.0.0.1:1"}, "job-1")
	if want := "QueryOTAJob: auth: no credential: nobody knows a key"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// The client reports refused keys to their source, so that it can get new ones.
func TestRefusedKeysAreReported(t *testing.T) {
	sim := simulator.New()
	server := httptest.NewServer(sim)
	defer server.Close()
	keys := &fixedKeys{keys: credentials.Keys{AccessKeyID: "unknown", AccessKeySecret: "s"}}
	client := aliyun.NewClient(keys, aliyun.Options{})
	defer client.Close()
	client.QueryOTAJob(t.Context(), aliyun.Instance{URL: server.URL}, "job-1")
	if keys.rejected.Load() != 1 {
		t.Error("the client did not reject the keys")
	}
}

// The gateway answers a wrong signature with the text that it signed, which contains the
// token.
func TestSecretInTheAPIsMessageIsHidden(t *testing.T) {
	const token = "tok/en+==" // percent-encoding changes it
	sim := simulator.New()
	sim.AddAccount(gateway.Account{Name: "a", Keys: []gateway.Key{{ID: "id", Secret: "right", Token: token}}})
	server := httptest.NewServer(sim)
	defer server.Close()
	client := aliyun.NewClient(&fixedKeys{keys: credentials.Keys{AccessKeyID: "id", AccessKeySecret: "wrong", SecurityToken: token}}, aliyun.Options{})
	defer client.Close()
	_, _, err := client.QueryOTAJob(t.Context(), aliyun.Instance{URL: server.URL}, "job-1")
	failure, ok := errors.AsType[*aliyun.Error](err)
	if !ok || failure.Code != "SignatureDoesNotMatch" || failure.Message == "" || failure.RequestID == "" {
		t.Fatalf("got %v", err)
	}
	if strings.Contains(failure.Message, "tok/en") {
		t.Errorf("the token is in the error: %v", err)
	}
}
