package deploy_test

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"
	"time"
	"unicode/utf8"
)

// A short message names other alerts by their batch or their account if the alerts have one name, as
// those of a missing shard do.
func TestShortMessageOfOneAlertName(t *testing.T) {
	sent := message{Status: "firing", Receiver: "on-call", CommonLabels: map[string]string{"alertname": "OTAExporterDown"}}
	for _, account := range []string{"production", "partner", "生产"} {
		sent.Alerts = append(sent.Alerts,
			messageAlert{Status: "firing", Labels: map[string]string{"alertname": "OTAExporterDown", "account": account}},
			messageAlert{Status: "resolved", Labels: map[string]string{"alertname": "OTAExporterDown", "instance": account + ":10062"}})
	}
	sent.Alerts = append(sent.Alerts, messageAlert{Status: "firing", Labels: map[string]string{"alertname": "OTAExporterDown", "account": "production", "job_id": "job-1"}})
	for language, wants := range map[string][]string{
		"en":    {": production, partner, 生产, job-1\n", "[Resolved] production:10062, partner:10062, 生产:10062"},
		"zh-CN": {"：production、partner、生产、job-1\n", "【已恢复】production:10062、partner:10062、生产:10062"},
	} {
		var text strings.Builder
		writer := template.Must(template.New("").Option("missingkey=zero").ParseFiles("alertmanager/templates/" + language + ".tmpl"))
		if err := writer.ExecuteTemplate(&text, "ota.short", sent); err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(text.String(), want) {
				t.Errorf("%s: no %q in\n%s", language, want, text.String())
			}
		}
	}
}

// No chat rejects a message because it is too long, however much there is to say.
func TestChatMessagesFit(t *testing.T) {
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	var all []messageAlert
	for _, r := range alerts(t) {
		all = append(all, messageAlert{
			Labels: map[string]string{
				"alertname": r.Alert, "severity": "critical", "account": strings.Repeat("生产账号", 50), "job_id": "wahVIzGkCMuAUE2gDERM020001",
			},
			Annotations: map[string]string{
				"summary": strings.Repeat("升级批次", 100), "description": strings.Repeat("升级批次", 1000), "runbook_url": r.Annotations["runbook_url"],
			},
			StartsAt: now, EndsAt: now, GeneratorURL: "https://prometheus.monitoring.example.com/graph?g0.expr=" + url.QueryEscape(r.Expr) + "&g0.tab=1",
		})
	}
	// The most that a message can have: those with the longest links come first.
	slices.SortFunc(all, func(a, b messageAlert) int { return len(b.GeneratorURL) - len(a.GeneratorURL) })
	for _, status := range []string{"firing", "resolved", "both", "both of one name"} {
		sent := message{Status: "firing", Receiver: "working-day", ExternalURL: "https://alertmanager.monitoring.example.com"}
		for _, a := range all {
			for _, a.Status = range []string{"firing", "resolved"} {
				if status == a.Status || strings.HasPrefix(status, "both") {
					sent.Alerts = append(sent.Alerts, a)
				}
			}
		}
		switch status {
		case "resolved":
			sent.Status = status
		case "both of one name": // so they are listed by account
			sent.CommonLabels = map[string]string{"alertname": "OTAExporterDown"}
		}
		for _, language := range []string{"en", "zh-CN"} {
			writer := template.Must(template.New("").Option("missingkey=zero").ParseFiles("alertmanager/templates/" + language + ".tmpl"))
			size := func(names ...string) int {
				var text strings.Builder
				for _, name := range names {
					if err := writer.ExecuteTemplate(&text, name, sent); err != nil {
						t.Fatal(err)
					}
				}
				body, err := json.Marshal(text.String())
				if err != nil {
					t.Fatal(err)
				}
				if !utf8.ValidString(text.String()) {
					t.Errorf("%s, %s: %v cuts a character in two", language, status, names)
				}
				return len(body)
			}
			// DingTalk and Feishu count the bytes of the request, some hundred of which are not text.
			if got := size("ota.title", "ota.text"); got > 19500 || got < 500 {
				t.Errorf("%s, %s: a message has %d bytes", language, status, got)
			}
			if got := size("ota.short"); got > 2048 || got < 200 {
				t.Errorf("%s, %s: a message for WeCom has %d bytes, which accepts 2048", language, status, got)
			}
		}
	}
}

// Every message has the keyword that a bot of Feishu may require, and not only in a link.
func TestChatMessagesHaveTheKeyword(t *testing.T) {
	link := regexp.MustCompile(`\]\([^)]*\)`)
	for _, r := range alerts(t) {
		for _, status := range []string{"firing", "resolved"} {
			sent := message{Status: status, Alerts: messageAlerts{{Status: status, Labels: map[string]string{"alertname": r.Alert}, Annotations: r.Annotations}}}
			for _, language := range []string{"en", "zh-CN"} {
				writer := template.Must(template.New("").Option("missingkey=zero").ParseFiles("alertmanager/templates/" + language + ".tmpl"))
				for _, name := range []string{"ota.text", "ota.short"} {
					var text strings.Builder
					if err := writer.ExecuteTemplate(&text, name, sent); err != nil {
						t.Fatal(err)
					}
					if !strings.Contains(link.ReplaceAllString(text.String(), "]"), "OTA") {
						t.Errorf("%s, %s of %s: no OTA in\n%s", language, name, r.Alert, text.String())
					}
				}
			}
		}
	}
}
