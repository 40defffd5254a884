package kubernetes_test

// effectsOfPod are those of values of the pod and of what is around it.
var effectsOfPod = []effect{
	{key: "serviceAccount.create", values: aConfig + "serviceAccount: {create: false}", theirs: []string{"ServiceAccount default"}, object: "Deployment", at: inPod + "/serviceAccountName", want: "default"},
	{key: "serviceAccount.name", values: aConfig + "serviceAccount: {name: x}", object: "ServiceAccount", at: "/metadata/name", want: "x"},
	{key: "serviceAccount.labels", values: aConfig + "serviceAccount: {labels: {a: b}}", object: "ServiceAccount", at: "/metadata/labels/a", want: "b"},
	{key: "serviceAccount.annotations", values: aConfig + "serviceAccount: {annotations: {a: b}}", object: "ServiceAccount", at: "/metadata/annotations", want: "{a: b}"},
	{key: "automountServiceAccountToken", values: aConfig + "automountServiceAccountToken: true", complaint: "gets a token for Kubernetes", object: "Deployment", at: inPod + "/automountServiceAccountToken", want: "true"},
	{key: "resources", values: aConfig + "resources: {limits: {memory: 1Gi}}", object: "Deployment", at: inContainer + "/resources/limits/memory", want: "1Gi"},
	{key: "podLabels", values: aConfig + "podLabels: {a: b}", object: "Deployment", at: "/spec/template/metadata/labels/a", want: "b"},
	{key: "podAnnotations", values: aConfig + "podAnnotations: {a: b}", object: "Deployment", at: "/spec/template/metadata/annotations/a", want: "b"},
	{key: "podSecurityContext", values: aConfig + "podSecurityContext: {supplementalGroups: [1]}", object: "Deployment", at: inPod + "/securityContext/supplementalGroups", want: "[1]"},
	{key: "securityContext", values: aConfig + "securityContext: {runAsUser: 1000}", object: "Deployment", at: inContainer + "/securityContext/runAsUser", want: "1000"},
	{key: "livenessProbe", values: aConfig + "livenessProbe: {periodSeconds: 5}", object: "Deployment", at: inContainer + "/livenessProbe", want: "{tcpSocket: {port: metrics}, periodSeconds: 5}"},
	{key: "readinessProbe", values: aConfig + "readinessProbe: {periodSeconds: 5}", object: "Deployment", at: inContainer + "/readinessProbe", want: "{tcpSocket: {port: metrics}, periodSeconds: 5}"},
	{key: "livenessProbe", values: aConfig + "livenessProbe: {httpGet: {path: /-/healthy, port: metrics}}", complaint: "does not ask by TCP alone", object: "Deployment", at: inContainer + "/livenessProbe", want: "{httpGet: {path: /-/healthy, port: metrics}}"},
	{key: "readinessProbe", values: aConfig + "readinessProbe: {httpGet: {path: /-/ready, port: metrics}}", complaint: "does not ask by TCP alone", object: "Deployment", at: inContainer + "/readinessProbe", want: "{httpGet: {path: /-/ready, port: metrics}}"},
	{key: "startupProbe", values: aConfig + "startupProbe: {tcpSocket: {port: metrics}}", object: "Deployment", at: inContainer + "/startupProbe", want: "{tcpSocket: {port: metrics}}"},
	{key: "lifecycle", values: aConfig + "lifecycle: {preStop: {sleep: {seconds: 5}}}", object: "Deployment", at: inContainer + "/lifecycle", want: "{preStop: {sleep: {seconds: 5}}}"},
	{key: "extraEnv", values: aConfig + "extraEnv: [{name: HTTPS_PROXY, value: http://proxy}]", object: "Deployment", at: inContainer + "/env", want: "[{name: HTTPS_PROXY, value: http://proxy}]"},
	{key: "extraEnv", values: aConfig + "shards: 2\nextraEnv: [{name: HTTPS_PROXY, value: http://proxy}]", object: "StatefulSet", at: inContainer + "/env/1", want: "{name: HTTPS_PROXY, value: http://proxy}"},
	{key: "extraEnvFrom", values: aConfig + "extraEnvFrom: [{secretRef: {name: a}}]", object: "Deployment", at: inContainer + "/envFrom", want: "[{secretRef: {name: a}}]"},
	{key: "extraSecretMounts", values: aConfig + "extraSecretMounts: [{name: ca, secretName: ca, mountPath: /ca, items: [{key: a, path: b}]}]", theirs: []string{"Secret ca"}, object: "Deployment", at: inPod + "/volumes/*", want: "{name: ca, secret: {secretName: ca, items: [{key: a, path: b}], defaultMode: 288}}"},
	{key: "extraSecretMounts", values: aConfig + "extraSecretMounts: [{name: ca, secretName: ca, mountPath: /ca, items: [{key: a, path: b}]}]", theirs: []string{"Secret ca"}, object: "Deployment", at: inContainer + "/volumeMounts/*", want: "{name: ca, mountPath: /ca, readOnly: true}"},
	{key: "extraConfigmapMounts", values: aConfig + "extraConfigmapMounts: [{name: ca, configMap: ca, mountPath: /ca/ca.crt, subPath: ca.crt, defaultMode: 420}]", theirs: []string{"ConfigMap ca"}, object: "Deployment", at: inPod + "/volumes/*", want: "{name: ca, configMap: {name: ca, defaultMode: 420}}"},
	{key: "extraConfigmapMounts", values: aConfig + "extraConfigmapMounts: [{name: ca, configMap: ca, mountPath: /ca/ca.crt, subPath: ca.crt, defaultMode: 420}]", theirs: []string{"ConfigMap ca"}, object: "Deployment", at: inContainer + "/volumeMounts/*", want: "{name: ca, mountPath: /ca/ca.crt, subPath: ca.crt, readOnly: true}"},
	{key: "extraVolumes", values: aVolume, theirs: []string{"ConfigMap ca"}, object: "Deployment", at: inPod + "/volumes/*", want: "{name: ca, configMap: {name: ca}}"},
	{key: "extraVolumeMounts", values: aVolume, theirs: []string{"ConfigMap ca"}, object: "Deployment", at: inContainer + "/volumeMounts/*", want: "{name: ca, mountPath: /etc/ssl/certs, readOnly: true}"},
	{key: "extraInitContainers", values: aConfig + "extraInitContainers: [" + aContainer + "]", object: "Deployment", at: inPod + "/initContainers", want: "[" + aContainer + "]"},
	{key: "extraContainers", values: aConfig + "extraContainers: [" + aContainer + "]", object: "Deployment", at: inPod + "/containers/1", want: aContainer},
	{key: "nodeSelector", values: aConfig + "nodeSelector: {a: b}", object: "Deployment", at: inPod + "/nodeSelector", want: "{a: b}"},
	{key: "tolerations", values: aConfig + "tolerations: [{operator: Exists}]", object: "Deployment", at: inPod + "/tolerations", want: "[{operator: Exists}]"},
	{key: "affinity", values: aConfig + "affinity: {podAntiAffinity: {}}", object: "Deployment", at: inPod + "/affinity", want: "{podAntiAffinity: {}}"},
	{key: "topologySpreadConstraints", values: aConfig + "topologySpreadConstraints: [" + aSpread + "]", object: "Deployment", at: inPod + "/topologySpreadConstraints", want: "[" + aSpread + "]"},
	{key: "priorityClassName", values: aConfig + "priorityClassName: high", object: "Deployment", at: inPod + "/priorityClassName", want: "high"},
	{key: "runtimeClassName", values: aConfig + "runtimeClassName: runv", object: "Deployment", at: inPod + "/runtimeClassName", want: "runv"},
	{key: "schedulerName", values: aConfig + "schedulerName: mine", object: "Deployment", at: inPod + "/schedulerName", want: "mine"},
	{key: "hostNetwork", values: aConfig + "hostNetwork: true", complaint: "not restricted", object: "Deployment", at: inPod + "/hostNetwork", want: "true"},
	{key: "hostNetwork", values: aConfig + "hostNetwork: true", complaint: "not restricted", object: "Deployment", at: inPod + "/dnsPolicy", want: "ClusterFirstWithHostNet"},
	{key: "hostUsers", values: aConfig + "hostUsers: false", object: "Deployment", at: inPod + "/hostUsers", want: "false"},
	{key: "hostAliases", values: aConfig + "hostAliases: [{ip: 10.0.0.1, hostnames: [a]}]", object: "Deployment", at: inPod + "/hostAliases", want: "[{ip: 10.0.0.1, hostnames: [a]}]"},
	{key: "dnsPolicy", values: aConfig + "dnsPolicy: Default", object: "Deployment", at: inPod + "/dnsPolicy", want: "Default"},
	{key: "dnsConfig", values: aConfig + "dnsConfig: {options: [{name: ndots, value: '1'}]}", object: "Deployment", at: inPod + "/dnsConfig", want: "{options: [{name: ndots, value: '1'}]}"},
	{key: "terminationGracePeriodSeconds", values: aConfig + "terminationGracePeriodSeconds: 1000000", object: "Deployment", at: inPod + "/terminationGracePeriodSeconds", want: "1000000"},
	{key: "minReadySeconds", values: aConfig + "minReadySeconds: 1000000", object: "Deployment", at: "/spec/minReadySeconds", want: "1000000"},
	{key: "minReadySeconds", values: aConfig + "shards: 2\nminReadySeconds: 5", object: "StatefulSet", at: "/spec/minReadySeconds", want: "5"},
	{key: "revisionHistoryLimit", values: aConfig + "revisionHistoryLimit: 2", object: "Deployment", at: "/spec/revisionHistoryLimit", want: "2"},
	{key: "revisionHistoryLimit", values: aConfig + "shards: 2\nrevisionHistoryLimit: 2", object: "StatefulSet", at: "/spec/revisionHistoryLimit", want: "2"},
	{key: "podDisruptionBudget", values: aConfig + "podDisruptionBudget: {maxUnavailable: 1}", object: "PodDisruptionBudget", at: "/spec/maxUnavailable", want: "1"},
	{key: "verticalPodAutoscaler.enabled", values: aScaler, object: "VerticalPodAutoscaler", at: "/spec/targetRef", want: "{apiVersion: apps/v1, kind: Deployment, name: ota-aliyun-iot-ota-exporter}"},
	{key: "verticalPodAutoscaler.enabled", values: aConfig + "shards: 2\nverticalPodAutoscaler: {enabled: true}", object: "VerticalPodAutoscaler", at: "/spec/targetRef/kind", want: "StatefulSet"},
	{key: "verticalPodAutoscaler.labels", values: aScaler + "labels: {a: b}", object: "VerticalPodAutoscaler", at: "/metadata/labels/a", want: "b"},
	{key: "verticalPodAutoscaler.annotations", values: aScaler + "annotations: {a: b}", object: "VerticalPodAutoscaler", at: "/metadata/annotations", want: "{a: b}"},
	{key: "verticalPodAutoscaler.recommenders", values: aScaler + "recommenders: [{name: a}]", object: "VerticalPodAutoscaler", at: "/spec/recommenders", want: "[{name: a}]"},
	{key: "verticalPodAutoscaler.controlledResources", values: aScaler + "controlledResources: [memory]", object: "VerticalPodAutoscaler", at: "/spec/resourcePolicy/containerPolicies/0/controlledResources", want: "[memory]"},
	{key: "verticalPodAutoscaler.controlledValues", values: aScaler + "controlledValues: RequestsOnly", object: "VerticalPodAutoscaler", at: "/spec/resourcePolicy/containerPolicies/0/controlledValues", want: "RequestsOnly"},
	{key: "verticalPodAutoscaler.minAllowed", values: aScaler + "minAllowed: {memory: 32Mi}", object: "VerticalPodAutoscaler", at: "/spec/resourcePolicy/containerPolicies/0/minAllowed", want: "{memory: 32Mi}"},
	{key: "verticalPodAutoscaler.maxAllowed", values: aScaler + "maxAllowed: {memory: 1Gi}", object: "VerticalPodAutoscaler", at: "/spec/resourcePolicy/containerPolicies/0/maxAllowed", want: "{memory: 1Gi}"},
	{key: "verticalPodAutoscaler.updatePolicy", values: aScaler + "updatePolicy: {updateMode: 'Off'}", object: "VerticalPodAutoscaler", at: "/spec/updatePolicy", want: "{updateMode: 'Off'}"},
	{key: "extraManifests", values: aConfig + "extraManifests: [{apiVersion: v1, kind: ConfigMap, metadata: {name: extra}, data: {a: '{{ .Release.Name }}'}}]", object: "ConfigMap extra", at: "/data/a", want: "ota"},
	{key: "extraManifests", values: aConfig + "extraManifests: [\"apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: extra}\\ndata: {a: {{ .Release.Name }}}\"]", object: "ConfigMap extra", at: "/data/a", want: "ota"},
}

const (
	aScaler = aConfig + "verticalPodAutoscaler:\n  enabled: true\n  " // more of its values can follow

	aVolume        = aConfig + "extraVolumes: [{name: ca, configMap: {name: ca}}]\nextraVolumeMounts: [{name: ca, mountPath: /etc/ssl/certs, readOnly: true}]"
	aContainer     = "{" + aContainerBody
	aContainerBody = "name: proxy, image: proxy, resources: {requests: {cpu: 10m, memory: 8Mi}, limits: {memory: 8Mi}}, " +
		"securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}}"
	aSpread = "{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {a: b}}}"
)
