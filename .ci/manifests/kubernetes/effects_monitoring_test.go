package kubernetes_test

// effectsOfMonitoring are those of values of Prometheus and Grafana.
var effectsOfMonitoring = []effect{
	{key: "serviceMonitor.enabled", values: aMonitor, object: "ServiceMonitor", at: "/spec/endpoints", want: "[{port: metrics, path: /metrics, scheme: http, " + theJob + "}]"},
	{key: "serviceMonitor.namespace", values: aMonitor + "namespace: x", object: "ServiceMonitor", at: "/metadata/namespace", want: "x"},
	{key: "serviceMonitor.namespace", values: aMonitor + "namespace: x", object: "ServiceMonitor", at: "/spec/namespaceSelector", want: "{matchNames: [monitored]}"},
	{key: "serviceMonitor.labels", values: aMonitor + "labels: {release: x}", object: "ServiceMonitor", at: "/metadata/labels/release", want: "x"},
	{key: "serviceMonitor.annotations", values: aMonitor + "annotations: {a: b}", object: "ServiceMonitor", at: "/metadata/annotations", want: "{a: b}"},
	{key: "serviceMonitor.jobLabel", values: aMonitor + "jobLabel: a", object: "ServiceMonitor", at: "/spec/jobLabel", want: "a"},
	{key: "serviceMonitor.interval", values: aMonitor + "interval: 15s", object: "ServiceMonitor", at: "/spec/endpoints/0/interval", want: "15s"},
	{key: "serviceMonitor.scrapeTimeout", values: aMonitor + "scrapeTimeout: 5s", object: "ServiceMonitor", at: "/spec/endpoints/0/scrapeTimeout", want: "5s"},
	{key: "serviceMonitor.path", values: aMonitor + "path: /m\nextraArgs: [--web.telemetry-path=/m]", object: "ServiceMonitor", at: "/spec/endpoints/0/path", want: "/m"},
	{key: "serviceMonitor.scheme", values: aMonitor + "scheme: https", object: "ServiceMonitor", at: "/spec/endpoints/0/scheme", want: "https"},
	{key: "serviceMonitor.tlsConfig", values: aMonitor + "tlsConfig: {serverName: a}", object: "ServiceMonitor", at: "/spec/endpoints/0/tlsConfig/serverName", want: "a"},
	{key: "serviceMonitor.basicAuth", values: aMonitor + "basicAuth: {username: {name: a, key: b}}", object: "ServiceMonitor", at: "/spec/endpoints/0/basicAuth/username", want: "{name: a, key: b}"},
	{key: "serviceMonitor.honorLabels", values: aMonitor + "honorLabels: true", object: "ServiceMonitor", at: "/spec/endpoints/0/honorLabels", want: "true"},
	{key: "serviceMonitor.targetLabels", values: aMonitor + "targetLabels: [a]", object: "ServiceMonitor", at: "/spec/targetLabels", want: "[a]"},
	{key: "serviceMonitor.podTargetLabels", values: aMonitor + "podTargetLabels: [a]", object: "ServiceMonitor", at: "/spec/podTargetLabels", want: "[a]"},
	{key: "serviceMonitor.relabelings", values: aMonitor + "relabelings: [{action: labeldrop, regex: pod}]", object: "ServiceMonitor", at: "/spec/endpoints/0/relabelings/1", want: "{action: labeldrop, regex: pod}"},
	{key: "serviceMonitor.metricRelabelings", values: aMonitor + "metricRelabelings: [{action: labeldrop, regex: pod}]", object: "ServiceMonitor", at: "/spec/endpoints/0/metricRelabelings", want: "[{action: labeldrop, regex: pod}]"},
	{key: "serviceMonitor.authorization", values: aMonitor + "authorization: {credentials: {name: a, key: b}}", object: "ServiceMonitor", at: "/spec/endpoints/0/authorization", want: "{credentials: {name: a, key: b}}"},
	{key: "serviceMonitor.bearerTokenSecret", values: aMonitor + "bearerTokenSecret: {name: a, key: b}", object: "ServiceMonitor", at: "/spec/endpoints/0/bearerTokenSecret", want: "{name: a, key: b}"},
	{key: "serviceMonitor.bearerTokenFile", values: aMonitor + "bearerTokenFile: /token", object: "ServiceMonitor", at: "/spec/endpoints/0/bearerTokenFile", want: "/token"},
	{key: "serviceMonitor.proxyUrl", values: aMonitor + "proxyUrl: http://proxy:3128", object: "ServiceMonitor", at: "/spec/endpoints/0/proxyUrl", want: "http://proxy:3128"},
	{key: "serviceMonitor.enableHttp2", values: aMonitor + "enableHttp2: false", object: "ServiceMonitor", at: "/spec/endpoints/0/enableHttp2", want: "false"},
	{key: "serviceMonitor.honorTimestamps", values: aMonitor + "honorTimestamps: false", object: "ServiceMonitor", at: "/spec/endpoints/0/honorTimestamps", want: "false"},
	{key: "serviceMonitor.attachMetadata", values: aMonitor + "attachMetadata: {node: true}", object: "ServiceMonitor", at: "/spec/attachMetadata", want: "{node: true}"},
	{key: "serviceMonitor.sampleLimit", values: aMonitor + "sampleLimit: 5000", object: "ServiceMonitor", at: "/spec/sampleLimit", want: "5000"},
	{key: "serviceMonitor.targetLimit", values: aMonitor + "targetLimit: 5", object: "ServiceMonitor", at: "/spec/targetLimit", want: "5"},
	{key: "serviceMonitor.labelLimit", values: aMonitor + "labelLimit: 30", object: "ServiceMonitor", at: "/spec/labelLimit", want: "30"},
	{key: "serviceMonitor.labelNameLengthLimit", values: aMonitor + "labelNameLengthLimit: 100", object: "ServiceMonitor", at: "/spec/labelNameLengthLimit", want: "100"},
	{key: "serviceMonitor.labelValueLengthLimit", values: aMonitor + "labelValueLengthLimit: 100", object: "ServiceMonitor", at: "/spec/labelValueLengthLimit", want: "100"},
	{key: "serviceMonitor.port", values: aProxy + "serviceMonitor: {enabled: true, port: https}", object: "ServiceMonitor", at: "/spec/endpoints/0/port", want: "https"},
	{key: "podMonitor", values: aConfig + "podMonitor: {enabled: true, interval: 15s}", object: "PodMonitor", at: "/spec/podMetricsEndpoints", want: "[{port: metrics, path: /metrics, scheme: http, interval: 15s, " + theJob + "}]"},
	{key: "podMonitor", values: aConfig + "podMonitor: {enabled: true, honorLabels: false}\nserviceMonitor: {interval: 15s, honorLabels: true, sampleLimit: 5}", object: "PodMonitor", at: "/spec/podMetricsEndpoints", want: "[{port: metrics, path: /metrics, scheme: http, interval: 15s, " + theJob + "}]"},
	{key: "podMonitor", values: aConfig + "podMonitor: {enabled: true, namespace: x, labels: {release: x}}", object: "PodMonitor", at: "/spec/namespaceSelector/matchNames", want: "[monitored]"},
	{key: "prometheusRule.enabled", values: aRule, object: "PrometheusRule", at: anAlert + "/alert", want: "OTAExporterDown"},
	{key: "prometheusRule.namespace", values: aRule + "namespace: x", object: "PrometheusRule", at: "/metadata/namespace", want: "x"},
	{key: "prometheusRule.labels", values: aRule + "labels: {release: x}", object: "PrometheusRule", at: "/metadata/labels/release", want: "x"},
	{key: "prometheusRule.annotations", values: aRule + "annotations: {a: b}", object: "PrometheusRule", at: "/metadata/annotations", want: "{a: b}"},
	{key: "prometheusRule.alertLabels", values: aRule + "alertLabels: {team: iot}", object: "PrometheusRule", at: anAlert + "/labels/team", want: "iot"},
	{key: "prometheusRule.severities", values: aRule + "severities: {critical: page, warning: page, info: page}", object: "PrometheusRule", at: anAlert + "/labels/severity", want: "page"},
	{key: "prometheusRule.runbookUrl", values: aRule + "runbookUrl: https://x/", object: "PrometheusRule", at: anAlert + "/annotations/runbook_url", want: "https://x/OTAExporterDown.md"},
	{key: "prometheusRule.rules", values: aRule + "rules: {OTAExporterDown: {for: 77m}}", object: "PrometheusRule", at: anAlert + "/for", want: "77m"},
	{key: "prometheusRule.extraRules", values: aRule + "extraRules: [{alert: Mine, expr: up == 0, annotations: {summary: '{{ $labels.job }}'}}]", object: "PrometheusRule", at: "/spec/groups/*", want: "{name: ota-aliyun-iot-ota-exporter-extra, rules: [{alert: Mine, expr: up == 0, annotations: {summary: '{{ $labels.job }}'}}]}"},
	{key: "dashboards.enabled", values: aDashboard, object: "ConfigMap -dashboard-fleet", at: "/metadata/labels/grafana_dashboard", want: `"1"`},
	{key: "dashboards.namespace", values: aDashboard + "namespace: grafana", object: "ConfigMap -dashboard-fleet", at: "/metadata/namespace", want: "grafana"},
	{key: "dashboards.labels", values: aDashboard + "labels: {a: b}", object: "ConfigMap -dashboard-fleet", at: "/metadata/labels/a", want: "b"},
	{key: "dashboards.annotations", values: aDashboard + "annotations: {grafana_folder: IoT}", object: "ConfigMap -dashboard-fleet", at: "/metadata/annotations", want: "{grafana_folder: IoT}"},
}

// Each ends where more of the same object's values can follow.
const (
	aMonitor   = aConfig + "serviceMonitor:\n  enabled: true\n  "
	aRule      = aConfig + "prometheusRule:\n  enabled: true\n  "
	aDashboard = aConfig + "dashboards:\n  enabled: true\n  "

	anAlert = "/spec/groups/*/rules/*"
	theJob  = "relabelings: [{action: replace, targetLabel: job, replacement: aliyun-iot-ota-exporter}]"
)
