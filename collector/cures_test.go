package collector

import (
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
