package kubernetes_test

import (
	"slices"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
)

// All that users change in rules they change by values, and nothing else changes with it.
func TestRulesByValues(t *testing.T) {
	alerts := func(values string) (all []monitoringv1.Rule) {
		for _, g := range the[*monitoringv1.PrometheusRule](t, rendered(t, parseValues(t, "demo: true\n"+values))).Spec.Groups {
			all = append(all, g.Rules...)
		}
		return all
	}
	before := alerts("prometheusRule: {enabled: true}")
	after := alerts(`
prometheusRule:
  enabled: true
  alertLabels: {team: iot}
  severities: {critical: page, info: none}
  runbookUrl: https://wiki.example.com/ota/
  rules:
    OTAJobStuck:
      severities: {warning: critical}
      keepFiringFor: 1h
      replace: {"> 1800": "> 3600", ">= 0.9": ">= 0.95"}
    OTAPollStale: {enabled: false}
    OTAJobGone: {for: 30m}
    account_job_id:aliyun_iot_ota_job_devices_stalled:sum:
      replace: {"0.03 *": "0.1 *"}
`)
	severities := map[string]int{}
	for _, r := range after {
		switch {
		case r.Record == "account_job_id:aliyun_iot_ota_job_devices_stalled:sum":
			if !strings.Contains(r.Expr.String(), "clamp_min(0.1 * ") {
				t.Errorf("%s: %s", r.Record, r.Expr.String())
			}
		case r.Record != "":
			if !slices.ContainsFunc(before, func(b monitoringv1.Rule) bool { return b.Record == r.Record && b.Expr == r.Expr }) {
				t.Errorf("%s has changed", r.Record)
			}
		}
		if r.Alert == "" {
			continue
		}
		severities[r.Labels["severity"]]++
		if r.Labels["team"] != "iot" || r.Annotations["runbook_url"] != "https://wiki.example.com/ota/"+r.Alert+".md" {
			t.Errorf("%s: labels %v, runbook %s", r.Alert, r.Labels, r.Annotations["runbook_url"])
		}
		expr := r.Expr.String()
		switch r.Alert {
		case "OTAPollStale":
			t.Error("OTAPollStale was switched off")
		case "OTAJobGone":
			if *r.For != "30m" {
				t.Errorf("OTAJobGone: for %s", *r.For)
			}
		case "OTAJobStuck":
			if r.Labels["severity"] != "critical" || *r.KeepFiringFor != "1h" ||
				!strings.Contains(expr, "> 3600\n") || !strings.Contains(expr, ">= 0.95\n") || strings.Contains(expr, "1800") {
				t.Errorf("OTAJobStuck: %+v", r)
			}
		default:
			if !slices.ContainsFunc(before, func(b monitoringv1.Rule) bool { return b.Alert == r.Alert && b.Expr == r.Expr }) {
				t.Errorf("%s has changed", r.Alert)
			}
		}
	}
	if severities["info"] != 0 || severities["page"] < 3 || severities["critical"] != 1 || severities["warning"] < 8 {
		t.Errorf("severities: %v", severities)
	}
}
