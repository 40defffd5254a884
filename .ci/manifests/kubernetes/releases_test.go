package kubernetes_test

import (
	"strings"
)

// aConfig is a values file with a configuration.
const aConfig = `
config:
  accounts:
    - name: production
      region: cn-shanghai
      requests_per_second: 5
      instances: [{id: iot-cn-0pp1n8t0001, jobs: [wahVIzGkCMuAUE2gDERM020001]}]
`

// aKey is another one, with an access key whose secret is in a file.
const aKey = `
config:
  accounts:
    - name: production
      region: cn-shanghai
      credentials:
        access_key_id: LTAI5tExampleKeyId
        access_key_secret_file: /run/secrets/aliyun_iot_ota_exporter/access_key_secret
      instances: [{jobs: [wahVIzGkCMuAUE2gDERM020001]}]
`

// release is a way to install the chart.
type release struct {
	values  string
	theirs  []string // objects that the user has made: kind and name
	kinds   []string // of the objects, beside Deployment, Service, ServiceAccount and the Pod of helm test
	without string   // one of these kinds that is not there
	notes   []string // parts of what the user is told
}

// releases are all ways that make a difference, by name.
var releases = map[string]release{
	"the demo": {
		values: "demo: true",
		notes:  []string{"This is the demo", "ota-aliyun-iot-ota-exporter.monitored.svc:10062", "Nothing scrapes it yet", "No alerts"},
	},
	"a configuration, keys by RRSA": {
		values: aConfig + `rrsa: {roleName: iot-ota-reader}`,
		kinds:  []string{"ConfigMap", "PersistentVolumeClaim"},
		notes:  []string{"helm --namespace monitored test ota --logs", "Do not scale this Deployment"},
	},
	"a configuration as text": {
		values: "config: |\n  # a comment stays\n  accounts: [{name: production, region: cn-shanghai, instances: [{jobs: [job1]}]}]\n",
		kinds:  []string{"ConfigMap", "PersistentVolumeClaim"},
	},
	"the chart makes the Secret": {
		values: aKey + `secret: {access_key_secret: made-up}`,
		kinds:  []string{"ConfigMap", "PersistentVolumeClaim", "Secret"},
	},
	"the user has made the Secret": {
		values: aKey + `existingSecret: "123"`,
		theirs: []string{"Secret 123"},
		kinds:  []string{"ConfigMap", "PersistentVolumeClaim"},
	},
	"everything from elsewhere": {
		values: aConfig + `
persistence: {existingClaim: mine}
serviceAccount: {create: false, name: mine}
webConfig: {existingSecret: web, key: config.yml}
imagePullSecrets: [{name: pull}]
`,
		theirs: []string{"PersistentVolumeClaim mine", "ServiceAccount mine", "Secret web"},
		kinds:  []string{"ConfigMap"},
	},
	"the demo in two shards": {
		values: "demo: true\nshards: 2",
		kinds:  []string{"Service", "StatefulSet"},
		notes:  []string{"This is the demo", "Do not scale this StatefulSet"},
	},
	"three shards": {
		values: aConfig + "shards: 3\nserviceMonitor: {enabled: true}\npodDisruptionBudget: {maxUnavailable: 1}",
		kinds:  []string{"ConfigMap", "PodDisruptionBudget", "Service", "ServiceMonitor", "StatefulSet"},
		notes:  []string{"port-forward pod/ota-aliyun-iot-ota-exporter-0", "Do not scale this StatefulSet", "stay when you uninstall"},
	},
	"three shards whose volumes go with them": {
		values: aConfig + "shards: 3\npersistence: {retentionPolicy: {whenDeleted: Delete}}",
		kinds:  []string{"ConfigMap", "Service", "StatefulSet"},
	},
	"by a PodMonitor and the Gateway API": {
		values: aConfig + `
containerPort: 8080
podMonitor: {enabled: true, scheme: https}
route: {main: {enabled: true, parentRefs: [{name: gateway}], hostnames: [ota.example.com]}}
verticalPodAutoscaler: {enabled: true}
networkPolicy: {enabled: true}
`,
		kinds: []string{"ConfigMap", "HTTPRoute", "NetworkPolicy", "PersistentVolumeClaim", "PodMonitor", "VerticalPodAutoscaler"},
		notes: []string{"https://localhost:10062/jobs", "The HTTPRoute main leads there, too: ota.example.com."},
	},
	"without a Service": {
		values:  aConfig + "service: {enabled: false}\npodMonitor: {enabled: true}",
		without: "Service",
		kinds:   []string{"ConfigMap", "PersistentVolumeClaim", "PodMonitor"},
		notes:   []string{"port-forward deployment/ota-aliyun-iot-ota-exporter 10062"},
	},
	"an Ingress for every host": {
		values: aConfig + "ingress: {enabled: true, hosts: [{host: '', paths: [{path: /}]}]}",
		kinds:  []string{"ConfigMap", "Ingress", "PersistentVolumeClaim"},
		notes:  []string{"http://ADDRESS/jobs"},
	},
	"three shards without volumes": {
		values: aConfig + "shards: 3\npersistence: {enabled: false}",
		kinds:  []string{"ConfigMap", "Service", "StatefulSet"},
		notes:  []string{"all addresses (type A, port 10062) of the DNS name ota-aliyun-iot-ota-exporter-headless.monitored.svc"},
	},
	"the configuration in a Secret": {
		values: strings.Replace(aKey, "secret_file: /run/secrets/aliyun_iot_ota_exporter/access_key_secret", "secret: made-up", 1) + `secretConfig: true`,
		kinds:  []string{"PersistentVolumeClaim", "Secret"},
	},
	"the state in an emptyDir": {
		values: aConfig + `persistence: {enabled: false}`,
		kinds:  []string{"ConfigMap"},
		notes:  []string{"The data is lost with the pod"},
	},
	"all that Prometheus and Grafana can have": {
		values: aConfig + `
serviceMonitor:
  enabled: true
  labels: {release: kube-prometheus-stack}
  interval: 15s
  scrapeTimeout: 10s
  scheme: https
  tlsConfig: {ca: {secret: {name: web, key: ca.crt}}, serverName: exporter}
  basicAuth: {username: {name: web, key: user}, password: {name: web, key: password}}
  relabelings: [{action: labeldrop, regex: pod}]
  metricRelabelings: [{action: drop, sourceLabels: [__name__], regex: go_.*}]
prometheusRule: {enabled: true, labels: {release: kube-prometheus-stack}}
dashboards: {enabled: true, annotations: {grafana_folder: IoT}}
networkPolicy:
  enabled: true
  extraEgress: [{to: [{ipBlock: {cidr: 100.100.100.200/32}}], ports: [{port: 80}]}]
`,
		kinds: []string{"ConfigMap", "ConfigMap", "ConfigMap", "ConfigMap", "NetworkPolicy", "PersistentVolumeClaim", "PrometheusRule", "ServiceMonitor"},
		notes: []string{"https://localhost:10062/jobs"},
	},
	"every setting of the pod": {
		values: aConfig + `
fullnameOverride: exporter
nameOverride: ota
image: {registry: registry.example.com, repository: exporter, digest: "sha256:` + strings.Repeat("0", 64) + `", pullPolicy: Always}
persistence: {size: 20Gi, storageClassName: alicloud-disk-topology-alltype, annotations: {a: b}}
service: {type: NodePort, port: 80, annotations: {prometheus.io/scrape: "true"}}
serviceAccount: {annotations: {a: b}}
extraArgs: [--log.format=json, --persistence.interval=1m]
extraEnv: [{name: HTTPS_PROXY, value: "http://proxy:3128"}, {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}]
podLabels: {team: iot}
podAnnotations: {a: b}
nodeSelector: {kubernetes.io/arch: arm64}
tolerations: [{key: spot, operator: Exists}]
affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [{key: zone, operator: Exists}]}}]}}
priorityClassName: high
resources: {requests: {cpu: 1, memory: 1Gi}, limits: {memory: 1Gi}}
`,
		kinds: []string{"ConfigMap", "PersistentVolumeClaim"},
		notes: []string{"service/exporter 10062:80"},
	},
}
