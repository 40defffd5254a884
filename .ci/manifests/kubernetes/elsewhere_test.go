package kubernetes_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"helm.sh/helm/v3/pkg/chart"
	k8syaml "sigs.k8s.io/yaml"
)

// elsewhere marks values in the schema that other charts have, and this one has not.
const elsewhere = "#/$defs/elsewhere"

// keysElsewhere are these values in a part of the schema.
func keysElsewhere(schema map[string]any, prefix string) (keys []string) {
	properties, _ := schema["properties"].(map[string]any)
	for name, property := range properties {
		property := property.(map[string]any)
		if property["$ref"] == elsewhere {
			keys = append(keys, prefix+name)
		}
		keys = append(keys, keysElsewhere(property, prefix+name+".")...)
	}
	return keys
}

// Who comes from another chart and uses its names is told the names of this one.
func TestValuesOfOtherCharts(t *testing.T) {
	c := loadChart(t)
	var schema map[string]any
	if err := json.Unmarshal(c.Schema, &schema); err != nil {
		t.Fatal(err)
	}
	ours := map[string]bool{}
	for _, v := range chartValues(t) {
		for key := v.key; key != ""; key = key[:max(strings.LastIndex(key, "."), 0)] {
			ours[key] = true
		}
	}
	for _, key := range []string{"minAvailable", "maxUnavailable", "valueFrom"} { // which are deeper than the table
		ours[key] = true
	}
	keys := keysElsewhere(schema, "")
	if len(keys) < 180 {
		t.Errorf("only %d values of other charts", len(keys))
	}
	for _, key := range keys {
		v := parseValues(t, "demo: true")
		set(v, values{"a": "b"}, strings.Split(key, ".")...)
		_, _, err := helmTemplate(c, v)
		if err == nil || !strings.Contains(err.Error(), ": "+key+": this chart has no such value: ") {
			t.Errorf("%s: error %v", key, err)
			continue
		}
		_, cure, _ := strings.Cut(err.Error(), "no such value: ")
		for _, instead := range regexp.MustCompile(`(?:set|and|or|to|with) ([a-z]+[A-Z.][[:word:].]*)`).FindAllStringSubmatch(cure, -1) {
			if name := strings.TrimPrefix(instead[1], "podMonitor."); !ours[name] && !ours["serviceMonitor."+name] {
				t.Errorf("%s: there is no value %s to set instead", key, instead[1])
			}
		}
	}
}

// The schema lets through what the chart has an answer for, and nothing else.
func TestSchemaKnowsTheOtherCharts(t *testing.T) {
	c := loadChart(t)
	var schema map[string]any
	if err := json.Unmarshal(c.Schema, &schema); err != nil {
		t.Fatal(err)
	}
	c.Templates = append(c.Templates, &chart.File{Name: "templates/answers.yaml", Data: []byte(`{{ include "aliyun-iot-ota-exporter.elsewhere" . }}`)})
	text, _, err := helmTemplate(c, parseValues(t, "demo: true"))
	if err != nil {
		t.Fatal(err)
	}
	var answers map[string]string
	_, list, _ := strings.Cut("\n"+string(text), "\n---\nreplicaCount: ")
	list, _, _ = strings.Cut("replicaCount: "+list, "\n---\n")
	if err := k8syaml.UnmarshalStrict([]byte(list), &answers); err != nil {
		t.Fatal(err)
	}
	want, got := slices.Sorted(maps.Keys(answers)), keysElsewhere(schema, "")
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the chart's answers (-) and the schema (+):\n%s", diff)
	}
}

// Who has several of them need not try one after the other.
func TestAllValuesOfOtherChartsAtOnce(t *testing.T) {
	_, _, err := helmTemplate(loadChart(t), parseValues(t, "demo: true\nhostPID: true\nservice: {targetPort: http}\nvpa: {enabled: true}"))
	if err == nil {
		t.Fatal("no error")
	}
	var named []string
	for line := range strings.Lines(err.Error()) {
		before, _, _ := strings.Cut(line, ": this chart has no such value: ")
		named = append(named, before[strings.LastIndex(before, " ")+1:])
	}
	if diff := cmp.Diff([]string{"hostPID", "service.targetPort", "vpa"}, named); diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

// An empty value asks for nothing, as in a copy of another chart's defaults.
func TestEmptyValuesOfOtherCharts(t *testing.T) {
	for _, v := range []string{"env: {}", "initContainers: []", `kind: ""`, "annotations: null"} {
		if _, _, err := helmTemplate(loadChart(t), parseValues(t, "demo: true\n"+v)); err != nil {
			t.Errorf("%s: %v", v, err)
		}
	}
}

// Templates are evaluated where values.yaml says so.
func TestTemplatesInValues(t *testing.T) {
	for _, v := range []struct{ values, object, at, want string }{
		{"configExistingSecretName: '{{ .Release.Name }}-a'", "Deployment", inPod + "/volumes/*", "{name: config, secret: {secretName: ota-a, defaultMode: 288}}"},
		{"configExistingConfigMapName: '{{ .Release.Name }}-a'", "Deployment", inPod + "/volumes/*", "{name: config, configMap: {name: ota-a}}"},
		{aConfig + "existingSecret: '{{ .Release.Name }}-a'", "Deployment", inPod + "/volumes/*", "{name: secret, secret: {secretName: ota-a, defaultMode: 288}}"},
		{aConfig + "webConfig: {existingSecret: '{{ .Release.Name }}-a'}", "Deployment", inPod + "/volumes/*", "{name: web-config, secret: {secretName: ota-a, defaultMode: 288}}"},
		{aConfig + "persistence: {existingClaim: '{{ .Release.Name }}-a'}", "Deployment", inPod + "/volumes/*", "{name: state, persistentVolumeClaim: {claimName: ota-a}}"},
		{aConfig + "extraSecretMounts: [{name: a, mountPath: /a, secretName: '{{ .Release.Name }}-a'}]", "Deployment", inPod + "/volumes/*", "{name: a, secret: {secretName: ota-a, defaultMode: 288}}"},
		{aConfig + "extraConfigmapMounts: [{name: a, mountPath: /a, configMap: '{{ .Release.Name }}-a'}]", "Deployment", inPod + "/volumes/*", "{name: a, configMap: {name: ota-a}}"},
		{aConfig + "extraVolumes: [{name: a, secret: {secretName: '{{ .Release.Name }}-a'}}]", "Deployment", inPod + "/volumes/*", "{name: a, secret: {secretName: ota-a}}"},
		{aConfig + "extraVolumeMounts: [{name: a, mountPath: '/{{ .Release.Name }}'}]", "Deployment", inContainer + "/volumeMounts/*", "{name: a, mountPath: /ota}"},
		{aConfig + "serviceAccount: {create: false, name: '{{ .Release.Name }}-a'}", "Deployment", inPod + "/serviceAccountName", "ota-a"},
		{aConfig + "serviceAccount: {name: '{{ .Release.Name }}-a'}", "ServiceAccount", "/metadata/name", "ota-a"},
		{aConfig + "imagePullSecrets: ['{{ .Release.Name }}-a']", "Deployment", inPod + "/imagePullSecrets", "[{name: ota-a}]"},
		{aConfig + "extraArgs: ['--log.level={{ .Release.Name }}']", "Deployment", inContainer + "/args/*", "--log.level=ota"},
		{aConfig + "command: ['/{{ .Release.Name }}']", "Deployment", inContainer + "/command", "[/ota]"},
		{aConfig + "extraEnv: [{name: A, value: '{{ .Release.Namespace }}'}]", "Deployment", inContainer + "/env", "[{name: A, value: monitored}]"},
		{aConfig + "extraEnvFrom: [{secretRef: {name: '{{ .Release.Name }}-a'}}]", "Deployment", inContainer + "/envFrom", "[{secretRef: {name: ota-a}}]"},
		{aConfig + "extraContainers: [{name: a, image: '{{ .Release.Name }}'}]", "Deployment", inPod + "/containers/1", "{name: a, image: ota, resources: {}}"},
		{aConfig + "extraInitContainers: [{name: a, image: '{{ .Release.Name }}'}]", "Deployment", inPod + "/initContainers/0", "{name: a, image: ota, resources: {}}"},
		{aConfig + "topologySpreadConstraints: [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app.kubernetes.io/instance: '{{ .Release.Name }}'}}}]", "Deployment", inPod + "/topologySpreadConstraints/0/labelSelector/matchLabels", "{app.kubernetes.io/instance: ota}"},
		{aConfig + "commonLabels: {a: '{{ .Release.Name }}'}", "Service", "/metadata/labels/a", "ota"},
		{aConfig + "service: {labels: {a: '{{ .Release.Name }}'}}", "Service", "/metadata/labels/a", "ota"},
		{aConfig + "shards: 2\npersistence: {labels: {a: '{{ .Release.Name }}'}}", "StatefulSet", "/spec/volumeClaimTemplates/0/metadata/labels/a", "ota"},
		{aConfig + "nodeSelector: {a: '{{ .Release.Name }}'}", "Deployment", inPod + "/nodeSelector", "{a: ota}"},
		{aConfig + "podLabels: {a: '{{ .Release.Name }}'}", "Deployment", "/spec/template/metadata/labels/a", "ota"},
		// In these, braces are for someone else.
		{aConfig + "podAnnotations: {vault.hashicorp.com/agent-inject-template-a: '{{ .Data.a }}'}", "Deployment", "/spec/template/metadata/annotations/vault.hashicorp.com~1agent-inject-template-a", "'{{ .Data.a }}'"},
		{aConfig + "secret: {a: '{{ b }}'}", "Secret", "/data/a", base64Of("{{ b }}")},
		{"config: 'accounts: [] # {{ a }}'", "ConfigMap", "/data/aliyun_iot_ota_exporter.yml", "'accounts: [] # {{ a }}'"},
	} {
		var want any
		if err := k8syaml.Unmarshal([]byte(v.want), &want); err != nil {
			t.Fatal(err)
		}
		e := effect{object: v.object, at: v.at}
		if diff := cmp.Diff(want, e.found(t, rendered(t, parseValues(t, v.values)), want)); diff != "" {
			t.Errorf("%s\n%s, want (-) and rendered (+):\n%s", v.values, v.at, diff)
		}
	}
}
