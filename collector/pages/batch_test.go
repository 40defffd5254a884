package pages_test

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/situations"
)

// style matches the style sheet, which is the same on every page. requestID matches the
// request ids that the simulator makes at random.
var (
	style     = regexp.MustCompile(`(?s)<style>.*</style>`)
	requestID = regexp.MustCompile(`[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}`)
)

// checkGoldenPage compares a page, without its style sheet, with a golden file.
func checkGoldenPage(t *testing.T, name string, w *httptest.ResponseRecorder) {
	t.Helper()
	got := requestID.ReplaceAllString(w.Body.String(), "REQUEST-ID")
	harness.CheckGolden(t, name, style.ReplaceAllString(got, "<style></style>"))
}

// The page of each situation equals its golden file.
func TestBatchPage(t *testing.T) {
	for name, situation := range situations.All {
		t.Run(strings.ReplaceAll(name, "_", " "), func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				situation(h)
				ids := h.IDs()
				checkGoldenPage(t, "batch_"+name+".html", h.BatchPage(ids[len(ids)-1]))
			})
		})
	}
}
