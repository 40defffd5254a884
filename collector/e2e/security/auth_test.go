package security_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// raw sends a request line and headers as they are. http.Client would correct them.
func raw(t *testing.T, url, line, headers string) (status int, body string) {
	t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	io.WriteString(connection, line+" HTTP/1.1\r\nHost: exporter\r\nConnection: close\r\n"+headers+"\r\n")
	method, _, _ := strings.Cut(line, " ")
	response, err := http.ReadResponse(bufio.NewReader(connection), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return response.StatusCode, string(text)
}

// Without the password every request gets a bare 401 and has no effect, whatever its path,
// method and headers are. The exporter has two addresses, because exporter-toolkit adds the
// check to each server separately.
func TestEveryRequestNeedsThePassword(t *testing.T) {
	t.Parallel()
	config := exportertest.TempFile(t, "config.yml", exportertest.SmallestConfig)
	e := exportertest.Start(t, "--config.file="+config, "--web.config.file="+exportertest.TempFile(t, "web.yml", exportertest.BasicAuthConfig), exportertest.AnyPort)
	methods, paths := exportertest.Routes(t)
	// refused checks that each address answers with a bare 401. An answer to HEAD has no body.
	refused := func(t *testing.T, line, headers string) {
		t.Helper()
		for _, url := range e.URLs {
			status, body := raw(t, url, line, headers)
			if status != 401 || body != "Unauthorized\n" && (body != "" || !strings.HasPrefix(line, "HEAD ")) {
				t.Errorf("%s %q: status %d, body %.200q, want a bare 401", line, headers, status, body)
			}
		}
	}
	// The time of the last reload shows whether there was a reload.
	loaded := regexp.MustCompile(`\naliyun_iot_ota_exporter_config_last_reload_success_timestamp_seconds .*`)
	lastReload := func() string {
		_, body := raw(t, e.URLs[0], "GET /metrics", exportertest.BasicAuthHeader("prometheus:password"))
		return loaded.FindString(body)
	}
	before := lastReload()
	if before == "" {
		t.Fatal("the password does not open /metrics")
	}

	refused(t, "OPTIONS *", "")
	for i, path := range append(paths, "/nowhere") {
		path = exportertest.AnyBatch(path)
		t.Run(path, func(t *testing.T) {
			for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"} {
				refused(t, method+" "+path, "")
				refused(t, method+" "+path, exportertest.BasicAuthHeader("prometheus:wrong"))
			}
			// Spellings that a router may take for the path although the check before it does not.
			for _, trick := range []string{path + "?x=1", "/" + path, path + "/", "/." + path, "/nowhere/.." + path, "/%2e%2e" + path,
				path + "%00", path + ";/", path + "#", strings.ToUpper(path), "http://exporter" + path, "http://elsewhere" + path} {
				refused(t, "GET "+trick, "")
				refused(t, "POST "+trick, "Content-Length: 0\r\nX-HTTP-Method-Override: GET\r\n")
			}
			if i < len(methods) { // not /nowhere
				if status, body := raw(t, e.URLs[0], methods[i]+" "+path, exportertest.BasicAuthHeader("prometheus:password")); status >= 400 {
					t.Errorf("with the password: status %d, body %.200q, want a page or the address of one", status, body)
				}
			}
		})
	}

	for name, header := range map[string]string{
		"nothing after the name":     "Authorization:\r\n",
		"no credentials":             "Authorization: Basic\r\n",
		"not base64":                 "Authorization: Basic ????\r\n",
		"not in base64":              "Authorization: Basic prometheus:password\r\n",
		"no colon":                   exportertest.BasicAuthHeader("prometheus"),
		"nothing but a colon":        exportertest.BasicAuthHeader(":"),
		"no password":                exportertest.BasicAuthHeader("prometheus:"),
		"another case of the user":   exportertest.BasicAuthHeader("Prometheus:password"),
		"a longer password":          exportertest.BasicAuthHeader("prometheus:password "),
		"a NUL after the password":   exportertest.BasicAuthHeader("prometheus:password\x00"),
		"the hash as the password":   exportertest.BasicAuthHeader("prometheus:" + exportertest.PasswordHash),
		"another scheme":             strings.Replace(exportertest.BasicAuthHeader("prometheus:password"), "Basic", "Bearer", 1),
		"another header":             "Proxy-" + exportertest.BasicAuthHeader("prometheus:password"),
		"the wrong one of two first": exportertest.BasicAuthHeader("prometheus:wrong") + exportertest.BasicAuthHeader("prometheus:password"),
		"a user in the cookie":       "Cookie: user=prometheus\r\n",
		"a trusted proxy's header":   "X-Forwarded-User: prometheus\r\nX-Forwarded-For: 127.0.0.1\r\n",
	} {
		t.Run(name, func(t *testing.T) { refused(t, "GET /metrics", header) })
	}

	// Only the reload with the password took place.
	exportertest.WriteFile(t, config, "not a configuration")
	refused(t, "POST /-/reload", "Content-Length: 0\r\n")
	if strings.Contains(e.Log.String(), "not reloaded") {
		t.Error("a reload without the password took place")
	}
	if after := lastReload(); after == before {
		t.Error("the reload with the password did not take place")
	}
}
