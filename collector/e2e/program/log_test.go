package program_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// No answer of an endpoint makes a log line long, or gets control characters into it.
func TestLogOfHostileAnswers(t *testing.T) {
	hostile := "\x1b]0;evil\x07\u009b2J\u202e\u2066\u2028\r\n" + strings.Repeat("冷链 ", 20_000)
	answer, err := json.Marshal(map[string]any{"RequestId": hostile, "Success": false, "Code": hostile, "ErrorMessage": hostile})
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(answer) }))
	defer api.Close()
	for _, format := range []string{"logfmt", "json"} {
		t.Run(format, func(t *testing.T) {
			e := exportertest.Start(t, "--log.format="+format, "--config.file="+exportertest.TempFile(t, "config.yml", strings.Replace(exportertest.SmallestConfig, "http://127.0.0.1:9", api.URL, 1)))
			e.AwaitLog("polling the batch fails")
			exportertest.WantIn(t, e.Log.String(), "evil")
			for line := range strings.Lines(e.Log.String()) {
				if len(line) > 8<<10 {
					t.Errorf("a log line has %d bytes", len(line))
				}
				if strings.ContainsFunc(strings.TrimSuffix(line, "\n"), printable.Unsafe) {
					t.Errorf("log line %+q has an unsafe character", line)
				}
			}
		})
	}
}
