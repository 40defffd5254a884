package program_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// If the proxy refuses a connection, the error says so, for calls of the API and of STS.
// It does not quote the proxy's answer, which can repeat the password of the proxy.
func TestProxyThatRefuses(t *testing.T) {
	t.Parallel()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		io.WriteString(conn, "HTTP/1.1 407 "+r.Header.Get("Proxy-Authorization")+" is wrong\r\nContent-Length: 0\r\n\r\n")
	}))
	t.Cleanup(proxy.Close)
	config := exportertest.TempFile(t, "config.yml", `accounts:
  - name: an assumed role
    region: cn-shanghai
    credentials: {access_key_id: id, access_key_secret: secret, role_arn: "acs:ram::1:role/r"}
    instances: [{jobs: [j]}]
  - name: a key pair
    region: cn-shanghai
    credentials: {access_key_id: id-2, access_key_secret: secret}
    instances: [{jobs: [j]}]
`)
	cmd := exportertest.Command(t, "--config.file="+config, "--config.check-live")
	cmd.Env = []string{"HTTPS_PROXY=" + strings.Replace(proxy.URL, "://", "://user:password@", 1)}
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Error("no error")
	}
	const answer = "the proxy answers CONNECT with HTTP 407 Proxy Authentication Required"
	for _, want := range []string{"role_arn: call https://sts.aliyuncs.com: " + answer, "QueryOTAJob: transport: " + answer} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(string(out), "dXNlcjpwYXNzd29yZA") || strings.Contains(string(out), "password@") {
		t.Errorf("the proxy's password is in\n%s", out)
	}
}
