package credentials_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
)

// A call that fails because of the content of a secret file does not quote that content.
// "HUSHHUSH" stands for the secret.
func TestSecretFilesAreNotQuoted(t *testing.T) {
	api := simulator.New()
	api.AddAccount(gateway.Account{Name: "main", Keys: []gateway.Key{{ID: "id", Secret: "right", Token: "right"}}})
	server := httptest.NewServer(api)
	defer server.Close()
	for name, content := range map[string]string{
		"another secret":         "HUSHHUSH",
		"two lines":              "HUSHHUSH\nHUSHHUSH\n",
		"a carriage return":      "HUSHHUSH\rX-Acs-Evil: HUSHHUSH",
		"a NUL":                  "HUSHHUSH\x00HUSHHUSH",
		"bytes that are no text": "\xff\xfeHUSHHUSH\x80",
		"a whole key file":       `{"AccessKeyId":"HUSHHUSH","AccessKeySecret":"HUSHHUSH"}`,
		"a shell's variables":    "export ALIBABA_CLOUD_ACCESS_KEY_SECRET='HUSHHUSH'",
		"far too much":           strings.Repeat("HUSHHUSH", 64<<10),
	} {
		for _, key := range []string{"access key secret", "security token"} {
			t.Run(name+" as the "+key, func(t *testing.T) {
				file := filepath.Join(t.TempDir(), "file")
				if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
				cfg := credentials.Config{AccessKeyID: "id", AccessKeySecretFile: file, SecurityToken: "right"}
				if key == "security token" {
					cfg = credentials.Config{AccessKeyID: "id", AccessKeySecret: "right", SecurityTokenFile: file}
				}
				var failures []error
				client := aliyun.NewClient(credentials.New(cfg, func(err error) { failures = append(failures, err) }), aliyun.Options{})
				defer client.Close()
				_, _, err := client.QueryOTAJob(t.Context(), aliyun.Instance{URL: server.URL}, "job-1")
				if err == nil {
					t.Fatal("the API took it")
				}
				if text := fmt.Sprintf("%v %+v %q %v", err, err, err, failures); strings.Contains(text, "HUSH") {
					t.Errorf("it is in: %.500s", text)
				}
			})
		}
	}
}
