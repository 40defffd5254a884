package collector

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// Whatever is between the exporter and the endpoint, there is a cure for just that, which
// names the endpoint.
func TestEveryCauseHasACure(t *testing.T) {
	in := aliyun.Instance{URL: "https://iot.example.com"}
	seen := make(map[string]aliyun.Cause)
	for _, cause := range aliyun.Causes {
		text := cure(&aliyun.Error{Class: aliyun.ClassTransport, Cause: cause}, in, "job j")
		if !strings.Contains(text, in.URL) || strings.ContainsAny(text, "{}") {
			t.Errorf("%s: %q", cause, text)
		}
		if other, known := seen[text]; known {
			t.Errorf("%s and %s have one cure", cause, other)
		}
		seen[text] = cause
	}
	for _, class := range aliyun.Classes {
		text := cure(&aliyun.Error{Class: class, Cause: "of a newer state file"}, in, "job j")
		if text == "" || seen[text] != "" {
			t.Errorf("%s without a known cause: %q", class, text)
		}
	}
}

// Where no key could be had the API refused none. A reader whose STS cannot be reached is
// told which settings choose its endpoint.
func TestCureWithoutACredential(t *testing.T) {
	keys := aliyun.NewCredentials(aliyun.CredentialsConfig{AccessKeyID: "id", AccessKeySecretFile: filepath.Join(t.TempDir(), "none")}, nil)
	_, err := aliyun.NewClient(keys, aliyun.Options{}).QueryOTAJob(t.Context(), aliyun.Instance{URL: "http://127.0.0.1:1"}, "job")
	failure, ok := errors.AsType[*aliyun.Error](err)
	if !ok {
		t.Fatal(err)
	}
	if got := cure(failure, aliyun.Instance{}, "job"); !strings.Contains(got, "no key could be had") || !strings.Contains(got, "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED") {
		t.Errorf("%v: %s", err, got)
	}
	refused := &aliyun.Error{Class: aliyun.ClassAuth, HTTPStatus: 403}
	if got := cure(refused, aliyun.Instance{}, "job"); strings.Contains(got, "could be had") {
		t.Errorf("of a refused key: %s", got)
	}
}
