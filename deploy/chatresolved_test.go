package deploy_test

import (
	"strings"
	"testing"
	"text/template"
	"time"
)

// The message about the end of an alert says what the alert was on: a batch, an account or an exporter.
func TestResolvedMessageNamesItsSubject(t *testing.T) {
	sent := message{Status: "resolved"}
	for _, labels := range []map[string]string{
		{"alertname": "OTAJobStuck", "account": "production", "job_id": "job-1"},
		{"alertname": "OTAAccountFailing", "account": "production"},
		{"alertname": "OTAConfigReloadFailed", "instance": "192.0.2.1:10062", "job": "aliyun_iot_ota_exporter"},
	} {
		sent.Alerts = append(sent.Alerts, messageAlert{Status: "resolved", Labels: labels, EndsAt: time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)})
	}
	for language, wants := range map[string][]string{
		"en": {
			"** OTAJobStuck of account production, batch job-1, at 2026-11-28 12:00 UTC", "** OTAAccountFailing of account production, at",
			"** OTAConfigReloadFailed of exporter 192.0.2.1:10062, at",
		},
		"zh-CN": {
			"OTAJobStuck，账号 production，升级批次 job-1，恢复时间：2026-11-28 20:00", "OTAAccountFailing，账号 production，恢复",
			"OTAConfigReloadFailed，exporter 192.0.2.1:10062，恢复",
		},
	} {
		writer := template.Must(template.New("").Option("missingkey=zero").ParseFiles("alertmanager/templates/" + language + ".tmpl"))
		for _, name := range []string{"ota.text", "ota.short"} {
			var text strings.Builder
			if err := writer.ExecuteTemplate(&text, name, sent); err != nil {
				t.Fatal(err)
			}
			for _, want := range wants {
				if !strings.Contains(text.String(), want) {
					t.Errorf("%s of %s: no %q in\n%s", name, language, want, text.String())
				}
			}
		}
	}
}
