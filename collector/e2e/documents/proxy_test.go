package documents_test

import (
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/http/httpproxy"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// NO_PROXY works as the documents say. The test uses a package that is also part of net/http.
func TestNoProxyAsDocumented(t *testing.T) {
	for form, c := range map[string]struct{ direct, proxied []string }{
		"example.com":      {[]string{"example.com", "iot.example.com", "a.b.example.com:8443"}, []string{"badexample.com", "example.com.cn"}},
		".example.com":     {[]string{"iot.example.com"}, []string{"example.com"}},
		"192.0.2.1":        {[]string{"192.0.2.1", "192.0.2.1:8443"}, []string{"192.0.2.2"}},
		"192.0.2.0/24":     {[]string{"192.0.2.1", "192.0.2.255:8443"}, []string{"192.0.3.1", "example.com"}},
		"example.com:8443": {[]string{"example.com:8443"}, []string{"example.com"}},
		"192.0.2.1:8443":   {[]string{"192.0.2.1:8443"}, []string{"192.0.2.1"}},
		"*":                {[]string{"example.com", "192.0.2.1"}, nil},
	} {
		if !strings.Contains(repository.Read(t, configuration), "`"+form+"`") {
			t.Errorf("%s does not document %s", configuration, form)
		}
		config := httpproxy.Config{HTTPSProxy: "http://proxy", NoProxy: "other.invalid, " + form}
		for _, want := range []struct {
			hosts  []string
			direct bool
		}{{c.direct, true}, {c.proxied, false}, {[]string{"localhost", "127.0.0.1:8080", "[::1]"}, true}} {
			for _, host := range want.hosts {
				by, err := config.ProxyFunc()(&url.URL{Scheme: "https", Host: host})
				if err != nil || (by == nil) != want.direct {
					t.Errorf("NO_PROXY=%s: %s goes through the proxy %v, error %v", form, host, by, err)
				}
			}
		}
	}
}
