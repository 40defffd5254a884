package kubernetes_test

import (
	"encoding/base64"
	"slices"
)

// effect is what a value of the chart changes in one place of one object.
type effect struct {
	key    string   // the value
	values string   // sets it, and what it needs beside aConfig
	object string   // the kind of the object, or its kind and a part of its name
	at     string   // a JSON pointer in the object; "*" is any item of a list
	want   string   // YAML, in which APP_VERSION is the version that the chart installs
	theirs []string // objects that the user has made: kind and name
	// complaint is a part of the one that the value deserves, and its user accepts.
	complaint string
}

// Places in a pod.
const (
	inPod       = "/spec/template/spec"
	inContainer = inPod + "/containers/0"
)

// effects has at least one for each value in values.yaml.
var effects = slices.Concat(effectsOfProgram, effectsOfNetwork, effectsOfMonitoring, effectsOfPod)

// effectsOfProgram are those of values of what is run, of names and of storage.
var effectsOfProgram = []effect{
	{key: "demo", values: "demo: true", object: "Deployment", at: inContainer + "/args", want: "[--demo]"},
	{key: "config", values: aConfig, object: "ConfigMap", at: "/data/aliyun_iot_ota_exporter.yml", want: "|-\n  accounts:\n  - instances:\n    - id: iot-cn-0pp1n8t0001\n      jobs:\n      - wahVIzGkCMuAUE2gDERM020001\n    name: production\n    region: cn-shanghai\n    requests_per_second: 5"},
	{key: "secretConfig", values: aConfig + "secretConfig: true", object: "Deployment", at: inPod + "/volumes/0/secret/secretName", want: "ota-aliyun-iot-ota-exporter-config"},
	{key: "configExistingConfigMapName", values: "configExistingConfigMapName: mine", theirs: []string{"ConfigMap mine"}, object: "Deployment", at: inPod + "/volumes/0", want: "{name: config, configMap: {name: mine}}"},
	{key: "configExistingSecretName", values: "configExistingSecretName: mine", theirs: []string{"Secret mine"}, object: "Deployment", at: inPod + "/volumes/0", want: "{name: config, secret: {secretName: mine, defaultMode: 288}}"},
	{key: "configFileName", values: aConfig + "configFileName: config.yml", object: "Deployment", at: inContainer + "/args/*", want: "--config.file=/etc/aliyun_iot_ota_exporter/config.yml"},
	{key: "shards", values: aConfig + "shards: 3", object: "StatefulSet", at: "/spec/replicas", want: "3"},
	{key: "shards", values: aConfig + "shards: 3", object: "StatefulSet", at: inContainer + "/args/*", want: "--total-shards=3"},
	{key: "shards", values: aConfig + "shards: 3", object: "StatefulSet", at: "/spec/volumeClaimTemplates/0/spec/resources/requests/storage", want: "1Gi"},
	{key: "extraArgs", values: aConfig + "extraArgs: [--log.format=json]", object: "Deployment", at: inContainer + "/args/*", want: "--log.format=json"},
	{key: "command", values: aConfig + "command: [/wrapper]", object: "Deployment", at: inContainer + "/command", want: "[/wrapper]"},
	{key: "containerPort", values: aConfig + "containerPort: 8080", object: "Deployment", at: inContainer + "/ports/0/containerPort", want: "8080"},
	{key: "containerPort", values: aConfig + "containerPort: 8080", object: "Deployment", at: inContainer + "/args/*", want: "--web.listen-address=:8080"},
	{key: "containerPort", values: aConfig + "shards: 2\ncontainerPort: 8080", object: "Service -headless", at: "/spec/ports/0/port", want: "8080"},
	{key: "language", values: aConfig + "language: zh-CN\nprometheusRule: {enabled: true}", object: "PrometheusRule", at: anAlert + "/annotations/runbook_url", want: "https://github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/blob/main/deploy/runbooks/zh-CN/OTAExporterDown.md"},

	{key: "rrsa.roleName", values: aConfig + "rrsa: {roleName: reader}", object: "ServiceAccount", at: "/metadata/annotations", want: "{pod-identity.alibabacloud.com/role-name: reader}"},
	{key: "rrsa.roleName", values: aConfig + "rrsa: {roleName: reader}", object: "Deployment", at: "/spec/template/metadata/labels/pod-identity.alibabacloud.com~1injection", want: `"on"`},
	{key: "secret", values: aConfig + "secret: {access_key_secret: made-up}", object: "Secret", at: "/data/access_key_secret", want: base64Of("made-up")},
	{key: "secretConfig", values: "config: 'accounts: []'\nsecretConfig: true", object: "Secret", at: "/data/aliyun_iot_ota_exporter.yml", want: base64Of("accounts: []")},
	{key: "existingSecret", values: aConfig + "existingSecret: mine", theirs: []string{"Secret mine"}, object: "Deployment", at: inPod + "/volumes/*", want: "{name: secret, secret: {secretName: mine, defaultMode: 288}}"},
	{key: "webConfig.existingSecret", values: aConfig + "webConfig: {existingSecret: mine}", theirs: []string{"Secret mine"}, object: "Deployment", at: inPod + "/volumes/*", want: "{name: web-config, secret: {secretName: mine, defaultMode: 288}}"},
	{key: "webConfig.key", values: aConfig + "webConfig: {existingSecret: mine, key: a.yml}", theirs: []string{"Secret mine"}, object: "Deployment", at: inContainer + "/args/*", want: "--web.config.file=/etc/aliyun_iot_ota_exporter_web/a.yml"},

	{key: "image.registry", values: aConfig + "image: {registry: registry.example.com:5000}", object: "Deployment", at: inContainer + "/image", want: "registry.example.com:5000/aliyun-iot-ota/aliyun_iot_ota_exporter:APP_VERSION"},
	{key: "image.repository", values: aConfig + "image: {repository: a/b}", object: "Deployment", at: inContainer + "/image", want: "ghcr.io/a/b:APP_VERSION"},
	{key: "image.tag", values: aConfig + "image: {tag: 1.2.3}", object: "Deployment", at: inContainer + "/image", want: "ghcr.io/aliyun-iot-ota/aliyun_iot_ota_exporter:1.2.3"},
	{key: "image.digest", values: aConfig + "image: {digest: 'sha256:" + aDigest + "'}", object: "Deployment", at: inContainer + "/image", want: "ghcr.io/aliyun-iot-ota/aliyun_iot_ota_exporter@sha256:" + aDigest},
	{key: "image.pullPolicy", values: aConfig + "image: {pullPolicy: Always}", object: "Deployment", at: inContainer + "/imagePullPolicy", want: "Always"},
	{key: "imagePullSecrets", values: aConfig + "imagePullSecrets: [{name: a}, b]", object: "Deployment", at: inPod + "/imagePullSecrets", want: "[{name: a}, {name: b}]"},
	{key: "global.imageRegistry", values: aConfig + "global: {imageRegistry: mirror.example.com}", object: "Deployment", at: inContainer + "/image", want: "mirror.example.com/aliyun-iot-ota/aliyun_iot_ota_exporter:APP_VERSION"},
	{key: "global.imagePullSecrets", values: aConfig + "imagePullSecrets: [{name: a}]\nglobal: {imagePullSecrets: [{name: b}, c]}", object: "Deployment", at: inPod + "/imagePullSecrets", want: "[{name: a}, {name: b}, {name: c}]"},

	{key: "nameOverride", values: aConfig + "nameOverride: x", object: "Service", at: "/spec/selector", want: "{app.kubernetes.io/name: x, app.kubernetes.io/instance: ota}"},
	{key: "nameOverride", values: aConfig + "nameOverride: x", object: "Service", at: "/metadata/name", want: "ota-x"},
	{key: "fullnameOverride", values: aConfig + "fullnameOverride: x", object: "Service", at: "/metadata/name", want: "x"},
	{key: "namespaceOverride", values: aConfig + "namespaceOverride: x", object: "Service", at: "/metadata/namespace", want: "x"},
	{key: "commonLabels", values: aConfig + "commonLabels: {team: iot}", object: "Service", at: "/metadata/labels/team", want: "iot"},
	{key: "commonLabels", values: aConfig + "commonLabels: {team: iot}", object: "Deployment", at: "/spec/template/metadata/labels/team", want: "iot"},
	{key: "commonAnnotations", values: aConfig + "commonAnnotations: {a: b}", object: "ConfigMap", at: "/metadata/annotations", want: "{a: b}"},
	{key: "deploymentLabels", values: aConfig + "deploymentLabels: {a: b}", object: "Deployment", at: "/metadata/labels/a", want: "b"},
	{key: "deploymentLabels", values: aConfig + "shards: 2\ndeploymentLabels: {a: b}", object: "StatefulSet", at: "/metadata/labels/a", want: "b"},
	{key: "deploymentAnnotations", values: aConfig + "deploymentAnnotations: {a: b}", object: "Deployment", at: "/metadata/annotations", want: "{a: b}"},
	{key: "configLabels", values: aConfig + "configLabels: {a: b}", object: "ConfigMap", at: "/metadata/labels/a", want: "b"},
	{key: "configLabels", values: aConfig + "secretConfig: true\nconfigLabels: {a: b}", object: "Secret", at: "/metadata/labels/a", want: "b"},
	{key: "configAnnotations", values: aConfig + "configAnnotations: {a: b}", object: "ConfigMap", at: "/metadata/annotations", want: "{a: b}"},
	{key: "secretLabels", values: aConfig + "secret: {a: b}\nsecretLabels: {a: b}", object: "Secret", at: "/metadata/labels/a", want: "b"},
	{key: "secretAnnotations", values: aConfig + "secret: {a: b}\nsecretAnnotations: {a: b}", object: "Secret", at: "/metadata/annotations", want: "{a: b}"},

	{key: "persistence.enabled", values: aConfig + "persistence: {enabled: false}", object: "Deployment", at: inPod + "/volumes/1", want: "{name: state, emptyDir: {sizeLimit: 64Mi}}"},
	{key: "persistence.existingClaim", values: aConfig + "persistence: {existingClaim: mine}", theirs: []string{"PersistentVolumeClaim mine"}, object: "Deployment", at: inPod + "/volumes/1", want: "{name: state, persistentVolumeClaim: {claimName: mine}}"},
	{key: "persistence.size", values: aConfig + "persistence: {size: 20Gi}", object: "PersistentVolumeClaim", at: "/spec/resources/requests/storage", want: "20Gi"},
	{key: "persistence.size", values: aConfig + "shards: 2\npersistence: {size: 20Gi}", object: "StatefulSet", at: "/spec/volumeClaimTemplates/0/spec/resources/requests/storage", want: "20Gi"},
	{key: "persistence.storageClassName", values: aConfig + "persistence: {storageClassName: fast}", object: "PersistentVolumeClaim", at: "/spec/storageClassName", want: "fast"},
	{key: "persistence.storageClassName", values: aConfig + "persistence: {storageClassName: '-'}", object: "PersistentVolumeClaim", at: "/spec/storageClassName", want: `""`},
	{key: "persistence.accessModes", values: aConfig + "persistence: {accessModes: [ReadWriteMany]}", object: "PersistentVolumeClaim", at: "/spec/accessModes", want: "[ReadWriteMany]"},
	{key: "persistence.retentionPolicy", values: aConfig + "shards: 2\npersistence: {retentionPolicy: {whenDeleted: Delete}}", object: "StatefulSet", at: "/spec/persistentVolumeClaimRetentionPolicy", want: "{whenDeleted: Delete}"},
	{key: "persistence.labels", values: aConfig + "persistence: {labels: {a: b}}", object: "PersistentVolumeClaim", at: "/metadata/labels/a", want: "b"},
	{key: "persistence.labels", values: aConfig + "shards: 2\npersistence: {labels: {a: b}}", object: "StatefulSet", at: "/spec/volumeClaimTemplates/0/metadata/labels/a", want: "b"},
	{key: "persistence.annotations", values: aConfig + "persistence: {annotations: {helm.sh/resource-policy: keep}}", object: "PersistentVolumeClaim", at: "/metadata/annotations", want: "{helm.sh/resource-policy: keep}"},
	{key: "persistence.annotations", values: aConfig + "shards: 2\npersistence: {annotations: {a: b}}", object: "StatefulSet", at: "/spec/volumeClaimTemplates/0/metadata/annotations", want: "{a: b}"},
}

// base64Of is a text as the data of a Secret has it.
func base64Of(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

const aDigest = "0000000000000000000000000000000000000000000000000000000000000000"
