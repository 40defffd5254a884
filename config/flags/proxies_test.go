package flags_test

import (
	"io"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config/flags"
)

// A variable that names no proxy is reported by its name, without its value, which may have a password.
func TestVariablesThatNameNoProxy(t *testing.T) {
	variables := []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"}
	warnings := func(t *testing.T, variable, value string) []string {
		for _, name := range variables {
			t.Setenv(name, "")
		}
		t.Setenv(variable, value)
		f, _, err := flags.Parse([]string{"--demo"}, io.Discard, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		return f.Warnings
	}
	for _, value := range []string{
		"", "proxy.example.com", "proxy.example.com:3128", "http://proxy.example.com:3128", "https://user:password@proxy.example.com",
		"socks5://127.0.0.1:1080", "socks5h://127.0.0.1:1080", "http://[::1]:3128", "192.0.2.1:3128",
	} {
		if got := warnings(t, "HTTPS_PROXY", value); len(got) != 0 {
			t.Errorf("%q: %q", value, got)
		}
	}
	for what, value := range map[string]string{
		"two ports":             "proxy.example.com:3128:secret",
		"double quotes":         `"http://user:secret@proxy.example.com:3128"`,
		"single quotes":         "'proxy.example.com:3128'",
		"a blank behind":        "http://secret.example.com:3128 ",
		"no host":               "http://",
		"another scheme":        "ftp://secret.example.com",
		"a bad escape":          "http://user:secret%zz@proxy.example.com:3128",
		"IPv6 without brackets": "http://::1:3128",
	} {
		for _, name := range variables {
			got := warnings(t, name, value)
			if len(got) != 1 || !strings.HasPrefix(got[0], "the environment variable "+name+" is not the URL of a proxy; want one such as") || strings.Contains(got[0], "secret") {
				t.Errorf("%s in %s: %q", what, name, got)
			}
		}
	}
}
