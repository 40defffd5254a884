package security_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// --web.listen-address can be repeated. All addresses are served.
func TestTwoAddresses(t *testing.T) {
	t.Parallel()
	e := exportertest.Start(t, "--config.file="+exportertest.TempFile(t, "config.yml", exportertest.SmallestConfig), exportertest.AnyPort)
	if e.URLs[0] == e.URLs[1] {
		t.Fatalf("both addresses are %s", e.URLs[0])
	}
	for _, url := range e.URLs {
		answer, body, err := exportertest.Fetch(exportertest.Client, exportertest.NewRequest(t, http.MethodGet, url+"/-/healthy"))
		if err != nil {
			t.Fatal(err)
		}
		if answer.StatusCode != 200 {
			t.Errorf("%s: %s %s", url, answer.Status, body)
		}
	}
}

// --web.telemetry-path moves the metrics to another path.
func TestTelemetryPath(t *testing.T) {
	t.Parallel()
	e := exportertest.Start(t, "--config.file="+exportertest.TempFile(t, "config.yml", exportertest.SmallestConfig), "--web.telemetry-path=/ota")
	for path, want := range map[string]int{"/ota": 200, "/metrics": 404, "/": 200} {
		if status, _ := e.Get(path); status != want {
			t.Errorf("%s: status %d, want %d", path, status, want)
		}
	}
}

// The exporter does not start with a web configuration that is missing or wrong, because
// it would be open to everybody.
func TestBadWebConfig(t *testing.T) {
	config := "--config.file=" + exportertest.TempFile(t, "config.yml", exportertest.SmallestConfig)
	for name, c := range map[string]struct{ web, want string }{
		"a missing file":            {"missing.yml", "no such file"},
		"an unknown key":            {exportertest.TempFile(t, "unknown.yml", "basic_auth: {}\n"), "line 1: basic_auth is not a key of a web configuration"},
		"an invalid hash":           {exportertest.TempFile(t, "hash.yml", "basic_auth_users: {prometheus: password}\n"), "not the bcrypt hash of a password; create one with: htpasswd"},
		"a user without a hash":     {exportertest.TempFile(t, "user.yml", "basic_auth_users: prometheus\n"), "line 1: not a set of keys; compare the file"},
		"two unknown keys":          {exportertest.TempFile(t, "two.yml", "tls_server_config: {cert: a, crt: b, kye: c}\n"), "crt is not a key of a web configuration, or not in this place; line 1: kye is not"},
		"a list of users":           {exportertest.TempFile(t, "users.yml", "basic_auth_users: [prometheus]\n"), "line 1: not a set of keys"},
		"a tab":                     {exportertest.TempFile(t, "tab.yml", "tls_server_config:\n\tcert_file: a\n"), "line 2: not valid YAML: "},
		"a switch that is a word":   {exportertest.TempFile(t, "switch.yml", "http_server_config: {http2: perhaps}\n"), "line 1: neither true nor false"},
		"a certificate without key": {exportertest.TempFile(t, "key.yml", "tls_server_config: {cert_file: server.crt}\n"), "missing one of key or key_file"},
		"a missing certificate":     {exportertest.TempFile(t, "certificate.yml", "tls_server_config: {cert_file: none.crt, key_file: none.key}\n"), "none.crt"},
	} {
		t.Run(name, func(t *testing.T) {
			_, stderr, err := exportertest.Run(t, config, "--web.config.file="+c.web, exportertest.AnyPort)
			if err == nil || !strings.HasPrefix(err.Error(), "--web.config.file="+c.web+": ") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want an error that begins with the flag and contains %q", err, c.want)
			}
			if stderr != "" {
				t.Errorf("it logs before it fails: %s", stderr)
			}
		})
	}
}
