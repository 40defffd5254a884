package kubernetes_test

import (
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/chartutil"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

// Each name of a release that Helm accepts gives names that Kubernetes accepts, or an
// error that says what to do.
func TestReleaseNames(t *testing.T) {
	c := loadChart(t)
	long := strings.Repeat("x", 53) // Helm accepts no longer one
	for name, r := range map[string]struct{ release, values, service, want string }{
		"an ordinary one":                      {"ota", "", "ota-aliyun-iot-ota-exporter", ""},
		"the chart's":                          {"aliyun-iot-ota-exporter", "", "aliyun-iot-ota-exporter", ""},
		"with the chart's in it":               {"my-aliyun-iot-ota-exporter", "", "my-aliyun-iot-ota-exporter", ""},
		"the longest":                          {long, "", long + "-aliyun-io", ""},
		"cut before a dash":                    {strings.Repeat("x", 51), "", strings.Repeat("x", 51) + "-aliyun-iot", ""},
		"cut between dashes":                   {"x", "nameOverride: " + strings.Repeat("y", 60) + "--z", "x-" + strings.Repeat("y", 60), ""},
		"with a dot":                           {"a.b", "", "", `release name "a.b": the Service would be named "a.b-aliyun-iot-ota-exporter", which Kubernetes refuses`},
		"with a dot, and a full name":          {"a.b", "fullnameOverride: a-b", "a-b", ""},
		"that begins with a digit":             {"1a", "", "", "choose another release name or alias, or set fullnameOverride"},
		"too long for shards":                  {long, "shards: 2", "", "longer than the 52 characters that its pods allow; choose a shorter release name or set fullnameOverride"},
		"long, with shards":                    {strings.Repeat("x", 28), "shards: 2", strings.Repeat("x", 28) + "-aliyun-iot-ota-exporter", ""},
		"too long for shards, and a full name": {long, "shards: 2\nfullnameOverride: ota", "ota", ""},
		"that YAML takes for true":             {"on", everyObject + "nameOverride: \"yes\"\nfullnameOverride: \"no\"\nservice: {portName: \"y\"}", "no", ""},
		"that YAML takes for nothing":          {"null", everyObject + "nameOverride: \"null\"\nfullnameOverride: \"off\"\nservice: {portName: \"null\"}", "off", ""},
		"that is a number, with shards":        {"1e3", everyObject + "shards: 2\nfullnameOverride: \"y\"", "y", ""},
		"a number":                             {"0123", everyObject + "fullnameOverride: \"true\"", "true", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if err := chartutil.ValidateReleaseName(r.release); err != nil {
				t.Fatal(err)
			}
			i := inACK
			i.release = r.release
			text, _, err := i.template(c, parseValues(t, aConfig+r.values))
			if r.want != "" {
				if err == nil || !strings.Contains(err.Error(), r.want) {
					t.Errorf("error %v, want %q in it", err, r.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			all := decodeObjects(t, text)
			demandCoherent(t, all)
			for _, service := range of[*corev1.Service](all) {
				if complaints := validation.IsDNS1035Label(service.Name); len(complaints) > 0 {
					t.Errorf("%s: %v", service.Name, complaints)
				}
			}
			if _, ok := named[*corev1.Service](all, r.service); !ok {
				t.Errorf("no Service %s", r.service)
			}
			for _, object := range all {
				if complaints := validation.IsDNS1123Subdomain(object.GetName()); len(complaints) > 0 {
					t.Errorf("%s: %v", object.GetName(), complaints)
				}
				for label, value := range object.GetLabels() {
					if complaints := validation.IsValidLabelValue(value); len(complaints) > 0 {
						t.Errorf("%s=%s: %v", label, value, complaints)
					}
				}
			}
		})
	}
}

// everyObject enables all objects that have names of others in them.
const everyObject = `
serviceMonitor: {enabled: true}
ingress: {enabled: true}
networkPolicy: {enabled: true}
podDisruptionBudget: {maxUnavailable: 1}
verticalPodAutoscaler: {enabled: true}
route: {main: {enabled: true, parentRefs: [{name: gateway}]}}
`

// Kubernetes before 1.28 does not tell a pod its number.
func TestShardsNeedTheirNumber(t *testing.T) {
	for version, want := range map[string]string{
		"v1.27.9-aliyun.1": "shards: 2 needs Kubernetes 1.28",
		"v1.28.0-aliyun.1": "",
	} {
		i := inACK
		i.kubernetes = version
		_, _, err := i.template(loadChart(t), parseValues(t, aConfig+"shards: 2"))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", version, err, want)
		}
	}
}
