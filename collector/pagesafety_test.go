package collector_test

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
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

func TestJobsPageRefusesWhatItDoesNotKnow(t *testing.T) {
	handler := pageOfStore(collector.NewStore())
	for query, want := range map[string]string{
		"sort=colour":  `sort="colour": want one of [batch account`,
		"sort=-":       `sort="-": want one of`,
		"only=late":    `only="late": want one of ["" "failing" "overdue"]`,
		"page=0":       `page="0": want a number from 1`,
		"page=-1":      `page="-1": want`,
		"page=two":     `page="two": want`,
		"page=%3Cb%3E": `page="<b>": want`,
	} {
		w := getPage(handler, query)
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), want) || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
			t.Errorf("%s: %d %s, want 400 and %s", query, w.Code, w.Body, want)
		}
	}
	if w := getPage(handler, "page=999999999"); w.Code != http.StatusOK {
		t.Errorf("beyond the last page: %d %s, want the last one", w.Code, w.Body)
	}
}

// No text of the API or of an address becomes markup.
func TestJobsPageEscapes(t *testing.T) {
	simulated(t, func(t *testing.T, h *harness) {
		const hostile = `</bdi></code></style><script>alert(1)</script><img src=x onerror=alert(1)>"'><a href="javascript:alert(1)">&lt;` + "\u202e"
		b := ordinary(time.Now())
		b.Desc, b.GroupName = hostile, hostile
		b.Override = map[string]any{"Name": hostile, "DestVersion": hostile, "JobStatus": hostile, "ProductKey": hostile, "SelectionType": hostile}
		h.countDevices()
		h.add(b)
		h.pass(time.Minute)
		h.sim.Inject(simulator.Fault{Operation: aliyun.OpQueryOTAJob, Code: hostile, Message: hostile})
		h.pass(time.Minute)
		root := document(t, h.page(url.Values{"text": {hostile}}.Encode()))
		row := elements(elements(root, "tbody")[0], "tr")[0]
		if n := strings.Count(text(row), folded(asShown(hostile))); n != 7 {
			t.Errorf("the hostile text is shown %d times, want name, version, description, product, status, code and message in\n%s", n, text(row))
		}
		if got := attribute(elements(root, "input")[0], "value"); got != hostile {
			t.Errorf("the input holds %q", got)
		}
		for _, name := range []string{"script", "img", "iframe", "object", "base"} {
			if found := elements(root, name); len(found) > 0 {
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

// The policy lets a browser use this page's style sheet and nothing else.
func TestJobsPagePolicy(t *testing.T) {
	w := getPage(pageOfStore(collector.NewStore()), "")
	policy := w.Header().Get("Content-Security-Policy")
	root := document(t, w)
	style := sha256.Sum256([]byte(elements(root, "style")[0].FirstChild.Data))
	for _, want := range []string{"default-src 'none'", "style-src 'sha256-" + base64.StdEncoding.EncodeToString(style[:]) + "'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"} {
		if !slices.Contains(strings.Split(policy, "; "), want) {
			t.Errorf("%q is missing in %q", want, policy)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
		t.Errorf("the policy allows too much: %q", policy)
	}
}
