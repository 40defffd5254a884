package kubernetes_test

// effect is what a value of the chart changes in one place of one object.
type effect struct {
	key    string   // the value
	values string   // sets it, and what it needs beside aConfig
	object string   // the kind of the object, or its kind and a part of its name
	at     string   // a JSON pointer in the object; "*" is any item of a list
	want   string   // YAML
	theirs []string // objects that the user has made: kind and name
}

// Places in a pod.
const (
	inPod       = "/spec/template/spec"
	inContainer = inPod + "/containers/0"
)

// effects has at least one for each value in values.yaml, in that order.
var effects = []effect{
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
	{key: "language", values: aConfig + "language: zh-CN\nprometheusRule: {enabled: true}", object: "PrometheusRule", at: anAlert + "/annotations/runbook_url", want: "https://github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/blob/main/deploy/runbooks/zh-CN/OTAExporterDown.md"},

	{key: "rrsa.roleName", values: aConfig + "rrsa: {roleName: reader}", object: "ServiceAccount", at: "/metadata/annotations", want: "{pod-identity.alibabacloud.com/role-name: reader}"},
	{key: "rrsa.roleName", values: aConfig + "rrsa: {roleName: reader}", object: "Deployment", at: "/spec/template/metadata/labels/pod-identity.alibabacloud.com~1injection", want: `"on"`},
	{key: "secret", values: aConfig + "secret: {access_key_secret: made-up}", object: "Secret", at: "/stringData", want: "{access_key_secret: made-up}"},
	{key: "existingSecret", values: aConfig + "existingSecret: mine", theirs: []string{"Secret mine"}, object: "Deployment", at: inPod + "/volumes/*", want: "{name: secret, secret: {secretName: mine, defaultMode: 288}}"},
	{key: "webConfig.existingSecret", values: aConfig + "webConfig: {existingSecret: mine}", theirs: []string{"Secret mine"}, object: "Deployment", at: inPod + "/volumes/*", want: "{name: web-config, secret: {secretName: mine, defaultMode: 288}}"},
	{key: "webConfig.key", values: aConfig + "webConfig: {existingSecret: mine, key: a.yml}", theirs: []string{"Secret mine"}, object: "Deployment", at: inContainer + "/args/*", want: "--web.config.file=/etc/aliyun_iot_ota_exporter_web/a.yml"},

	{key: "image.registry", values: aConfig + "image: {registry: registry.example.com:5000}", object: "Deployment", at: inContainer + "/image", want: "registry.example.com:5000/aliyun-iot-ota/aliyun_iot_ota_exporter:0.1.0"},
	{key: "image.repository", values: aConfig + "image: {repository: a/b}", object: "Deployment", at: inContainer + "/image", want: "ghcr.io/a/b:0.1.0"},
	{key: "image.tag", values: aConfig + "image: {tag: 1.2.3}", object: "Deployment", at: inContainer + "/image", want: "ghcr.io/aliyun-iot-ota/aliyun_iot_ota_exporter:1.2.3"},
	{key: "image.digest", values: aConfig + "image: {digest: 'sha256:" + aDigest + "'}", object: "Deployment", at: inContainer + "/image", want: "ghcr.io/aliyun-iot-ota/aliyun_iot_ota_exporter@sha256:" + aDigest},
	{key: "image.pullPolicy", values: aConfig + "image: {pullPolicy: Always}", object: "Deployment", at: inContainer + "/imagePullPolicy", want: "Always"},
	{key: "imagePullSecrets", values: aConfig + "imagePullSecrets: [{name: a}, b]", object: "Deployment", at: inPod + "/imagePullSecrets", want: "[{name: a}, {name: b}]"},
	{key: "global.imageRegistry", values: aConfig + "global: {imageRegistry: mirror.example.com}", object: "Deployment", at: inContainer + "/image", want: "mirror.example.com/aliyun-iot-ota/aliyun_iot_ota_exporter:0.1.0"},
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
	{key: "persistence.labels", values: aConfig + "persistence: {labels: {a: b}}", object: "PersistentVolumeClaim", at: "/metadata/labels/a", want: "b"},
	{key: "persistence.labels", values: aConfig + "shards: 2\npersistence: {labels: {a: b}}", object: "StatefulSet", at: "/spec/volumeClaimTemplates/0/metadata/labels/a", want: "b"},
	{key: "persistence.annotations", values: aConfig + "persistence: {annotations: {helm.sh/resource-policy: keep}}", object: "PersistentVolumeClaim", at: "/metadata/annotations", want: "{helm.sh/resource-policy: keep}"},
	{key: "persistence.annotations", values: aConfig + "shards: 2\npersistence: {annotations: {a: b}}", object: "StatefulSet", at: "/spec/volumeClaimTemplates/0/metadata/annotations", want: "{a: b}"},

	{key: "service.type", values: aConfig + "service: {type: LoadBalancer}", object: "Service", at: "/spec/type", want: "LoadBalancer"},
	{key: "service.port", values: aConfig + "service: {port: 80}", object: "Service", at: "/spec/ports/0/port", want: "80"},
	{key: "service.nodePort", values: aConfig + "service: {type: NodePort, nodePort: 30062}", object: "Service", at: "/spec/ports/0/nodePort", want: "30062"},
	{key: "service.labels", values: aConfig + "service: {labels: {a: b}}", object: "Service", at: "/metadata/labels/a", want: "b"},
	{key: "service.annotations", values: aConfig + "service: {annotations: {a: b}}", object: "Service", at: "/metadata/annotations", want: "{a: b}"},
	{key: "ingress.enabled", values: aConfig + "ingress: {enabled: true}", object: "Ingress", at: "/spec", want: `{rules: [{host: chart-example.local, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: ota-aliyun-iot-ota-exporter, port: {name: metrics}}}}]}}]}`},
	{key: "ingress.className", values: anIngress + "className: mse", object: "Ingress", at: "/spec/ingressClassName", want: "mse"},
	{key: "ingress.labels", values: anIngress + "labels: {a: b}", object: "Ingress", at: "/metadata/labels/a", want: "b"},
	{key: "ingress.annotations", values: anIngress + "annotations: {a: b}", object: "Ingress", at: "/metadata/annotations", want: "{a: b}"},
	{key: "ingress.hosts", values: anIngress + "hosts: [{host: '{{ .Release.Name }}.example.com', paths: [{path: /ota}]}]", object: "Ingress", at: "/spec/rules/0/host", want: "ota.example.com"},
	{key: "ingress.tls", values: anIngress + "tls: [{secretName: '{{ .Release.Name }}-tls', hosts: [a.example.com]}]", object: "Ingress", at: "/spec/tls", want: "[{secretName: ota-tls, hosts: [a.example.com]}]"},
	{key: "networkPolicy.enabled", values: aPolicy, object: "NetworkPolicy", at: "/spec/policyTypes", want: "[Ingress, Egress]"},
	{key: "networkPolicy.labels", values: aPolicy + "labels: {a: b}", object: "NetworkPolicy", at: "/metadata/labels/a", want: "b"},
	{key: "networkPolicy.annotations", values: aPolicy + "annotations: {a: b}", object: "NetworkPolicy", at: "/metadata/annotations", want: "{a: b}"},
	{key: "networkPolicy.from", values: aPolicy + "from: [{podSelector: {}}]", object: "NetworkPolicy", at: "/spec/ingress/0/from", want: "[{podSelector: {}}]"},
	{key: "networkPolicy.extraEgress", values: aPolicy + "extraEgress: [{ports: [{port: 3128}]}]", object: "NetworkPolicy", at: "/spec/egress/*", want: "{ports: [{port: 3128}]}"},

	{key: "serviceMonitor.enabled", values: aMonitor, object: "ServiceMonitor", at: "/spec/endpoints", want: "[{port: metrics, path: /metrics, scheme: http}]"},
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
	{key: "serviceMonitor.relabelings", values: aMonitor + "relabelings: [{action: labeldrop, regex: pod}]", object: "ServiceMonitor", at: "/spec/endpoints/0/relabelings", want: "[{action: labeldrop, regex: pod}]"},
	{key: "serviceMonitor.metricRelabelings", values: aMonitor + "metricRelabelings: [{action: labeldrop, regex: pod}]", object: "ServiceMonitor", at: "/spec/endpoints/0/metricRelabelings", want: "[{action: labeldrop, regex: pod}]"},
	{key: "prometheusRule.enabled", values: aRule, object: "PrometheusRule", at: anAlert + "/alert", want: "OTAExporterDown"},
	{key: "prometheusRule.namespace", values: aRule + "namespace: x", object: "PrometheusRule", at: "/metadata/namespace", want: "x"},
	{key: "prometheusRule.labels", values: aRule + "labels: {release: x}", object: "PrometheusRule", at: "/metadata/labels/release", want: "x"},
	{key: "prometheusRule.annotations", values: aRule + "annotations: {a: b}", object: "PrometheusRule", at: "/metadata/annotations", want: "{a: b}"},
	{key: "prometheusRule.alertLabels", values: aRule + "alertLabels: {team: iot}", object: "PrometheusRule", at: anAlert + "/labels/team", want: "iot"},
	{key: "prometheusRule.severities", values: aRule + "severities: {critical: page, warning: page, info: page}", object: "PrometheusRule", at: anAlert + "/labels/severity", want: "page"},
	{key: "prometheusRule.runbookUrl", values: aRule + "runbookUrl: https://x/", object: "PrometheusRule", at: anAlert + "/annotations/runbook_url", want: "https://x/OTAExporterDown.md"},
	{key: "prometheusRule.rules", values: aRule + "rules: {OTAExporterDown: {for: 77m}}", object: "PrometheusRule", at: anAlert + "/for", want: "77m"},
	{key: "dashboards.enabled", values: aDashboard, object: "ConfigMap -dashboard-fleet", at: "/metadata/labels/grafana_dashboard", want: `"1"`},
	{key: "dashboards.namespace", values: aDashboard + "namespace: grafana", object: "ConfigMap -dashboard-fleet", at: "/metadata/namespace", want: "grafana"},
	{key: "dashboards.labels", values: aDashboard + "labels: {a: b}", object: "ConfigMap -dashboard-fleet", at: "/metadata/labels/a", want: "b"},
	{key: "dashboards.annotations", values: aDashboard + "annotations: {grafana_folder: IoT}", object: "ConfigMap -dashboard-fleet", at: "/metadata/annotations", want: "{grafana_folder: IoT}"},

	{key: "serviceAccount.create", values: aConfig + "serviceAccount: {create: false}", theirs: []string{"ServiceAccount default"}, object: "Deployment", at: inPod + "/serviceAccountName", want: "default"},
	{key: "serviceAccount.name", values: aConfig + "serviceAccount: {name: x}", object: "ServiceAccount", at: "/metadata/name", want: "x"},
	{key: "serviceAccount.labels", values: aConfig + "serviceAccount: {labels: {a: b}}", object: "ServiceAccount", at: "/metadata/labels/a", want: "b"},
	{key: "serviceAccount.annotations", values: aConfig + "serviceAccount: {annotations: {a: b}}", object: "ServiceAccount", at: "/metadata/annotations", want: "{a: b}"},
	{key: "automountServiceAccountToken", values: aConfig + "automountServiceAccountToken: true", object: "Deployment", at: inPod + "/automountServiceAccountToken", want: "true"},
	{key: "resources", values: aConfig + "resources: {limits: {memory: 1Gi}}", object: "Deployment", at: inContainer + "/resources/limits/memory", want: "1Gi"},
	{key: "podLabels", values: aConfig + "podLabels: {a: b}", object: "Deployment", at: "/spec/template/metadata/labels/a", want: "b"},
	{key: "podAnnotations", values: aConfig + "podAnnotations: {a: b}", object: "Deployment", at: "/spec/template/metadata/annotations/a", want: "b"},
	{key: "podSecurityContext", values: aConfig + "podSecurityContext: {supplementalGroups: [1]}", object: "Deployment", at: inPod + "/securityContext/supplementalGroups", want: "[1]"},
	{key: "securityContext", values: aConfig + "securityContext: {runAsUser: 1000}", object: "Deployment", at: inContainer + "/securityContext/runAsUser", want: "1000"},
	{key: "livenessProbe", values: aConfig + "livenessProbe: {periodSeconds: 5}", object: "Deployment", at: inContainer + "/livenessProbe", want: "{tcpSocket: {port: metrics}, periodSeconds: 5}"},
	{key: "readinessProbe", values: aConfig + "readinessProbe: {periodSeconds: 5}", object: "Deployment", at: inContainer + "/readinessProbe", want: "{tcpSocket: {port: metrics}, periodSeconds: 5}"},
	{key: "extraEnv", values: aConfig + "extraEnv: [{name: HTTPS_PROXY, value: http://proxy}]", object: "Deployment", at: inContainer + "/env", want: "[{name: HTTPS_PROXY, value: http://proxy}]"},
	{key: "extraEnv", values: aConfig + "shards: 2\nextraEnv: [{name: HTTPS_PROXY, value: http://proxy}]", object: "StatefulSet", at: inContainer + "/env/1", want: "{name: HTTPS_PROXY, value: http://proxy}"},
	{key: "extraEnvFrom", values: aConfig + "extraEnvFrom: [{secretRef: {name: a}}]", object: "Deployment", at: inContainer + "/envFrom", want: "[{secretRef: {name: a}}]"},
	{key: "extraVolumes", values: aVolume, theirs: []string{"ConfigMap ca"}, object: "Deployment", at: inPod + "/volumes/*", want: "{name: ca, configMap: {name: ca}}"},
	{key: "extraVolumeMounts", values: aVolume, theirs: []string{"ConfigMap ca"}, object: "Deployment", at: inContainer + "/volumeMounts/*", want: "{name: ca, mountPath: /etc/ssl/certs, readOnly: true}"},
	{key: "extraInitContainers", values: aConfig + "extraInitContainers: [" + aContainer + "]", object: "Deployment", at: inPod + "/initContainers", want: "[" + aContainer + "]"},
	{key: "extraContainers", values: aConfig + "extraContainers: [" + aContainer + "]", object: "Deployment", at: inPod + "/containers/1", want: aContainer},
	{key: "nodeSelector", values: aConfig + "nodeSelector: {a: b}", object: "Deployment", at: inPod + "/nodeSelector", want: "{a: b}"},
	{key: "tolerations", values: aConfig + "tolerations: [{operator: Exists}]", object: "Deployment", at: inPod + "/tolerations", want: "[{operator: Exists}]"},
	{key: "affinity", values: aConfig + "affinity: {podAntiAffinity: {}}", object: "Deployment", at: inPod + "/affinity", want: "{podAntiAffinity: {}}"},
	{key: "topologySpreadConstraints", values: aConfig + "topologySpreadConstraints: [" + aSpread + "]", object: "Deployment", at: inPod + "/topologySpreadConstraints", want: "[" + aSpread + "]"},
	{key: "priorityClassName", values: aConfig + "priorityClassName: high", object: "Deployment", at: inPod + "/priorityClassName", want: "high"},
	{key: "hostAliases", values: aConfig + "hostAliases: [{ip: 10.0.0.1, hostnames: [a]}]", object: "Deployment", at: inPod + "/hostAliases", want: "[{ip: 10.0.0.1, hostnames: [a]}]"},
	{key: "dnsPolicy", values: aConfig + "dnsPolicy: Default", object: "Deployment", at: inPod + "/dnsPolicy", want: "Default"},
	{key: "dnsConfig", values: aConfig + "dnsConfig: {options: [{name: ndots, value: '1'}]}", object: "Deployment", at: inPod + "/dnsConfig", want: "{options: [{name: ndots, value: '1'}]}"},
	{key: "terminationGracePeriodSeconds", values: aConfig + "terminationGracePeriodSeconds: 60", object: "Deployment", at: inPod + "/terminationGracePeriodSeconds", want: "60"},
	{key: "revisionHistoryLimit", values: aConfig + "revisionHistoryLimit: 2", object: "Deployment", at: "/spec/revisionHistoryLimit", want: "2"},
	{key: "revisionHistoryLimit", values: aConfig + "shards: 2\nrevisionHistoryLimit: 2", object: "StatefulSet", at: "/spec/revisionHistoryLimit", want: "2"},
	{key: "podDisruptionBudget", values: aConfig + "podDisruptionBudget: {maxUnavailable: 1}", object: "PodDisruptionBudget", at: "/spec/maxUnavailable", want: "1"},
	{key: "extraManifests", values: aConfig + "extraManifests: [{apiVersion: v1, kind: ConfigMap, metadata: {name: extra}, data: {a: '{{ .Release.Name }}'}}]", object: "ConfigMap extra", at: "/data/a", want: "ota"},
	{key: "extraManifests", values: aConfig + "extraManifests: [\"apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: extra}\\ndata: {a: {{ .Release.Name }}}\"]", object: "ConfigMap extra", at: "/data/a", want: "ota"},
}

const (
	aDigest = "0000000000000000000000000000000000000000000000000000000000000000"

	// Each ends where more of the same object's values can follow, and extraArgs.
	anIngress  = aConfig + "ingress:\n  enabled: true\n  "
	aPolicy    = aConfig + "networkPolicy:\n  enabled: true\n  "
	aMonitor   = aConfig + "serviceMonitor:\n  enabled: true\n  "
	aRule      = aConfig + "prometheusRule:\n  enabled: true\n  "
	aDashboard = aConfig + "dashboards:\n  enabled: true\n  "

	anAlert = "/spec/groups/*/rules/*"

	aVolume    = aConfig + "extraVolumes: [{name: ca, configMap: {name: ca}}]\nextraVolumeMounts: [{name: ca, mountPath: /etc/ssl/certs, readOnly: true}]"
	aContainer = "{name: proxy, image: proxy, resources: {requests: {cpu: 10m, memory: 8Mi}, limits: {memory: 8Mi}}, " +
		"securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}}"
	aSpread = "{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {a: b}}}"
)
