package config_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
)

// An endpoint overrides the region of the instance, which overrides that of the account.
func TestBaseURL(t *testing.T) {
	for _, c := range []struct {
		name                             string
		region, endpoint, instanceRegion string
		want                             string
	}{
		{"the account's region", "cn-shanghai", "", "", "https://iot.cn-shanghai.aliyuncs.com"},
		{"the instance's region over it", "cn-shanghai", "", "us-west-1", "https://iot.us-west-1.aliyuncs.com"},
		{"only the instance's region", "", "", "us-west-1", "https://iot.us-west-1.aliyuncs.com"},
		{"an endpoint over both", "cn-shanghai", "gateway.example.com", "us-west-1", "https://gateway.example.com"},
		{"an endpoint with a port", "", "gateway:8443", "", "https://gateway:8443"},
		{"an endpoint with http", "", "http://127.0.0.1:8080", "", "http://127.0.0.1:8080"},
		{"an endpoint with https", "", "https://gateway_1", "", "https://gateway_1"},
		{"an IPv6 endpoint", "", "[2001:db8::1]:443", "", "https://[2001:db8::1]:443"},
		{"an IPv6 endpoint with http", "", "http://[::1]", "", "http://[::1]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			parsed, err := config.Parse(strings.NewReader(fmt.Sprintf(
				"accounts: [{name: a, region: %q, endpoint: %q, instances: [{region: %q, jobs: [a1]}]}]", c.region, c.endpoint, c.instanceRegion)))
			if err != nil {
				t.Fatal(err)
			}
			account := parsed.Accounts[0]
			if got := account.BaseURL(account.Instances[0]); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// Only host[:port] and http(s)://host[:port] are valid endpoints.
func TestInvalidEndpoints(t *testing.T) {
	for _, endpoint := range []string{
		"http://", "//gateway", "gateway/", "gateway:", "gateway:0", "gateway:x", ":8080", "http://gateway#a", "gateway?", "mailto:a@b",
		"[gateway]", "[127.0.0.1]:80", "[fe80::1%25eth0]:80", "::1", "[::1", "a b", "-gateway", "gateway,other", "https://@gateway", "unix:///run/iot.sock",
	} {
		t.Run(endpoint, func(t *testing.T) {
			_, err := config.Parse(strings.NewReader(fmt.Sprintf("accounts: [{name: a, endpoint: %q, instances: [{jobs: [a1]}]}]", endpoint)))
			if err == nil || !strings.Contains(err.Error(), "accounts[0].endpoint: ") {
				t.Errorf("got %v, want an error about the endpoint", err)
			}
		})
	}
}
