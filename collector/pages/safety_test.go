package pages_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

func TestJobsPageRejectsUnknownValues(t *testing.T) {
	handler := harness.SiteOfStore(store.New()).Jobs()
	for query, want := range map[string]string{
		"sort=colour":  `sort="colour": want one of [batch status`,
		"sort=-":       `sort="-": want one of`,
		"only=late":    `only="late": want one of ["" "failing" "overdue"]`,
		"page=0":       `page="0": want a number from 1`,
		"page=-1":      `page="-1": want`,
		"page=two":     `page="two": want`,
		"page=%3Cb%3E": `page="<b>": want`,
	} {
		w := harness.GetPage(handler, query)
		if got := harness.Problem(t, w, http.StatusBadRequest); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	if w := harness.GetPage(handler, "page=999999999"); w.Code != http.StatusOK {
		t.Errorf("beyond the last page: %d %s, want the last one", w.Code, w.Body)
	}
}

// No text of the API or of a URL becomes markup.
func TestJobsPageEscapes(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		const hostile = `</bdi></code></style><script>alert(1)</script><img src=x onerror=alert(1)>"'><a href="javascript:alert(1)">&lt;` + "\u202e"
		b := harness.Ordinary(time.Now())
		b.Desc, b.GroupName = hostile, hostile
		b.Override = map[string]any{"Name": hostile, "DestVersion": hostile, "JobStatus": hostile, "ProductKey": hostile, "SelectionType": hostile}
		h.CountDevices()
		h.Add(b)
		h.Pass(time.Minute)
		h.Sim.Inject(gateway.Fault{Operation: aliyun.OpQueryOTAJob, Code: hostile, Message: hostile})
		h.Pass(time.Minute)
		root := harness.Document(t, h.Page(url.Values{"text": {hostile}}.Encode()))
		row := harness.Elements(harness.Elements(root, "tbody")[0], "tr")[0]
		if n := strings.Count(harness.Text(row), harness.Folded(asShown(hostile))); n != 7 {
			t.Errorf("the hostile text is shown %d times, want name, version, description, product, status, code and message in\n%s", n, harness.Text(row))
		}
		if got := harness.Attribute(harness.Elements(root, "input")[0], "value"); got != hostile {
			t.Errorf("the value of the input is %q", got)
		}
		for _, name := range []string{"script", "img", "iframe", "object", "base"} {
			if found := harness.Elements(root, name); len(found) > 0 {
				t.Errorf("there is a <%s>", name)
			}
		}
		for n := range root.Descendants() {
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || strings.HasPrefix(strings.TrimSpace(strings.ToLower(a.Val)), "javascript:") || a.Key == "style" {
					t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
				}
			}
		}
	})
}

// The security policy allows only the style sheet of the page.
func TestJobsPagePolicy(t *testing.T) {
	w := harness.GetPage(harness.SiteOfStore(store.New()).Jobs(), "")
	policy := w.Header().Get("Content-Security-Policy")
	root := harness.Document(t, w)
	style := sha256.Sum256([]byte(harness.Elements(root, "style")[0].FirstChild.Data))
	for _, want := range []string{"default-src 'none'", "style-src 'sha256-" + base64.StdEncoding.EncodeToString(style[:]) + "'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"} {
		if !slices.Contains(strings.Split(policy, "; "), want) {
			t.Errorf("%q is missing in %q", want, policy)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
		t.Errorf("the policy allows too much: %q", policy)
	}
}
