{{/* What other charts of exporters have, and what to do here instead. values.schema.json must let these through, so that their users
read this and not only that the value is unknown. */}}
{{- define "aliyun-iot-ota-exporter.elsewhere" -}}
{{- $one := "one pod polls an account; for several pods, set shards, or install a second release with half the requests_per_second" -}}
{{- $recreate := "it always ends the old pod before the new one starts, because two would double the calls to the API" -}}
{{- $workload := "it creates a Deployment, or a StatefulSet with several shards" -}}
{{- $checksum := "a changed config creates a new pod, so nothing needs to be reloaded" -}}
{{- $node := "the exporter needs nothing of the node" -}}
{{- $none := "set the whole value to null to have none" -}}
replicaCount: {{ $one }}
replicas: {{ $one }}
autoscaling: {{ $one }}
autosharding: {{ $one }}
kind: {{ $workload }}
runAsStatefulSet: {{ $workload }}
strategy: {{ $recreate }}
deploymentStrategy: {{ $recreate }}
updateStrategy: {{ $recreate }}
restartPolicy: Kubernetes allows only Always here
rbac: the exporter never calls Kubernetes, so there is nothing to allow
podSecurityPolicy: Kubernetes has none since 1.25; the pod meets the level restricted
pspEnabled: Kubernetes has none since 1.25; the pod meets the level restricted
hostPID: {{ $node }}
hostIPC: {{ $node }}
enableServiceLinks: it is always false, because the variables of a Service begin like those of the flags
env: set extraEnv, a list of names with a value or valueFrom
environment: set extraEnv, a list of names with a value or valueFrom
environmentVariables: set extraEnv, a list of names with a value or valueFrom
extraEnvs: set extraEnv
extraEnvVars: set extraEnv
extraVars: set extraEnv
envFrom: set extraEnvFrom
envFromSecret: set extraEnvFrom
extraEnvFromSecret: set extraEnvFrom
extraEnvVarsCM: set extraEnvFrom
extraEnvVarsSecret: set extraEnvFrom
extraEnvSecrets: set extraEnv, with valueFrom
args: set extraArgs
options: set extraArgs
containerCommand: set command
log: set extraArgs, such as --log.level=debug
logLevel: set extraArgs, such as --log.level=debug
logFormat: set extraArgs, such as --log.format=json
initContainers: set extraInitContainers
containers: set extraContainers
sidecars: set extraContainers
kubeRBACProxy: add it to extraContainers, with service.extraPorts and serviceMonitor.port
volumes: set extraVolumes
additionalVolumes: set extraVolumes
volumeMounts: set extraVolumeMounts
additionalVolumeMounts: set extraVolumeMounts
extraHostVolumeMounts: set extraVolumes and extraVolumeMounts
secrets: set extraSecretMounts
secretMounts: set extraSecretMounts
configmaps: set extraConfigmapMounts
extraConfigMapMounts: set extraConfigmapMounts
podAffinityPreset: set affinity
podAntiAffinity: set affinity
podAntiAffinityPreset: set affinity
podAntiAffinityTopologyKey: set affinity
nodeAffinityPreset: set affinity
hostPort: set hostNetwork
port: set service.port, and containerPort for the one of the container
portName: set service.portName
containerPorts: set containerPort
web: set webConfig, and extraArgs for the flags
webConfiguration: set webConfig
tls: set webConfig
testFramework: helm test needs no setting; helm template --skip-tests leaves its pod out
testConnection: helm test needs no setting; helm template --skip-tests leaves its pod out
containerSecurityContext: set securityContext, and podSecurityContext for the pod
liveness: set livenessProbe
readiness: set readinessProbe
customLivenessProbe: set livenessProbe
customReadinessProbe: set readinessProbe
customStartupProbe: set startupProbe
resourcesPreset: set resources
lifecycleHooks: set lifecycle
configmapReload: {{ $checksum }}
configReloader: {{ $checksum }}
configMap: set configExistingConfigMapName
existingConfigMap: set configExistingConfigMapName
existingConfigmap: set configExistingConfigMapName
configSecret: set configExistingSecretName
configuration: set config
aws: set config, and rrsa.roleName or secret for the credentials
credentials: set config, and rrsa.roleName or secret for the credentials
proxy: set extraEnv, with HTTPS_PROXY
name: set nameOverride
namespace: set namespaceOverride
releaseNamespace: set namespaceOverride
customLabels: set commonLabels
additionalLabels: set commonLabels
extraLabels: set commonLabels
labels: set commonLabels, deploymentLabels or podLabels
annotations: set commonAnnotations, deploymentAnnotations or podAnnotations
additionalAnnotations: set commonAnnotations, deploymentAnnotations or podAnnotations
releaseLabel: set serviceMonitor.labels and prometheusRule.labels
deployment: set deploymentLabels and deploymentAnnotations
statefulSet: set deploymentLabels and deploymentAnnotations
pod: set podLabels and podAnnotations
serviceType: set service.type
serviceLabels: set service.labels
serviceAnnotations: set service.annotations
serviceAccountName: set serviceAccount.name
serviceAccountLabels: set serviceAccount.labels
metrics: set serviceMonitor, podMonitor and prometheusRule
prometheus: set serviceMonitor, podMonitor and prometheusRule
prometheusRules: set prometheusRule
prometheusScrape: set serviceMonitor or podMonitor, or annotate the Service with service.annotations
selfMonitor: set serviceMonitor or podMonitor
podMonitoring: set podMonitor, or add a PodMonitoring to extraManifests
httpRoute: set route.main
gateway: set route.main
storage: set persistence
persistentVolume: set persistence
persistentVolumeClaim: set persistence
persistentVolumeLabels: set persistence.labels
pdb: set podDisruptionBudget
vpa: set verticalPodAutoscaler
grafana: set dashboards
grafanaDashboard: set dashboards
extraObjects: set extraManifests
extraDeploy: set extraManifests
extraResources: set extraManifests
kubeVersion: give --kube-version to helm template
kubeVersionOverride: give --kube-version to helm template
image.name: set image.repository
image.pullSecrets: set imagePullSecrets
image.pullSecret: set imagePullSecrets
image.imagePullSecrets: set imagePullSecrets
image.sha: set image.digest
service.clusterPort: set service.port
service.externalPort: set service.port
service.servicePort: set service.port
service.httpPort: set service.port
service.metricsPort: set service.port
service.ports: set service.port, and service.extraPorts for more
service.nodePorts: set service.nodePort
service.internalPort: set containerPort
service.targetPort: set containerPort, or service.extraPorts for the port of another container
service.ipFamilies: set service.ipDualStack
service.ipFamilyPolicy: set service.ipDualStack
service.name: set fullnameOverride
serviceAccount.automount: set automountServiceAccountToken
serviceAccount.automountServiceAccountToken: set automountServiceAccountToken
serviceAccount.imagePullSecrets: set imagePullSecrets
ingress.ingressClassName: set ingress.className
ingress.host: set ingress.hosts
ingress.hostname: set ingress.hosts
ingress.path: set ingress.hosts
ingress.pathType: set ingress.hosts
ingress.extraHosts: set ingress.hosts
ingress.extraTls: set ingress.tls
ingress.extraPaths: set ingress.hosts, and ingress.servicePort for a proxy
{{- range $name, $_ := .Values.route }}
route.{{ $name }}.apiVersion: it is always gateway.networking.k8s.io/v1
route.{{ $name }}.kind: it is always HTTPRoute
route.{{ $name }}.name: set fullnameOverride
{{- end }}
networkPolicy.ingressFrom: set networkPolicy.from
networkPolicy.allowAll: set networkPolicy.from
networkPolicy.allowExternal: set networkPolicy.from
networkPolicy.allowMonitoringNamespace: set networkPolicy.from
networkPolicy.monitoringNamespaceName: set networkPolicy.from
networkPolicy.customSelectors: set networkPolicy.from
networkPolicy.ingressNSMatchLabels: set networkPolicy.from
networkPolicy.extraIngress: set networkPolicy.ingress
networkPolicy.podSelector: it selects the pod of this release
podDisruptionBudget.enabled: set minAvailable or maxUnavailable; without them there is no budget
persistence.storageClass: set persistence.storageClassName
persistence.emptyDir: set persistence.enabled to false for an emptyDir
persistence.accessMode: set persistence.accessModes
{{- range $probe := list "livenessProbe" "readinessProbe" "startupProbe" }}
{{ $probe }}.enabled: {{ $none }}
{{- end }}
{{- range $context := list "podSecurityContext" "securityContext" }}
{{ $context }}.enabled: {{ $none }}
{{- end }}
{{- range $key := list "fsGroup" "fsGroupChangePolicy" "supplementalGroups" "sysctls" }}
securityContext.{{ $key }}: it is a setting of the pod; set podSecurityContext
{{- end }}
{{- range $key := list "allowPrivilegeEscalation" "capabilities" "privileged" "readOnlyRootFilesystem" }}
podSecurityContext.{{ $key }}: it is a setting of the container; set securityContext
{{- end }}
prometheusRule.additionalLabels: set prometheusRule.labels
prometheusRule.additionalRuleLabels: set prometheusRule.alertLabels
prometheusRule.additionalRules: set prometheusRule.extraRules
prometheusRule.groups: set prometheusRule.extraRules
{{- range $monitor := list "serviceMonitor" "podMonitor" }}
{{ $monitor }}.additionalLabels: set {{ $monitor }}.labels
{{ $monitor }}.extraLabels: set {{ $monitor }}.labels
{{ $monitor }}.selector: set {{ $monitor }}.labels
{{ $monitor }}.timeout: set {{ $monitor }}.scrapeTimeout
{{ $monitor }}.scrapeInterval: set {{ $monitor }}.interval
{{ $monitor }}.telemetryPath: set {{ $monitor }}.path
{{ $monitor }}.targetPort: set {{ $monitor }}.port
{{ $monitor }}.relabelConfigs: set {{ $monitor }}.relabelings
{{ $monitor }}.additionalRelabeling: set {{ $monitor }}.relabelings
{{ $monitor }}.metricRelabelConfigs: set {{ $monitor }}.metricRelabelings
{{ $monitor }}.additionalMetricsRelabels: set {{ $monitor }}.metricRelabelings
{{ $monitor }}.additionalMetricsRelabelConfigs: set {{ $monitor }}.metricRelabelings
{{ $monitor }}.apiVersion: it is always monitoring.coreos.com/v1
{{ $monitor }}.selectorOverride: it selects the pod of this release
{{ $monitor }}.namespaceSelector: it selects the namespace of the other objects
{{ $monitor }}.params: a scrape takes no parameters, because config says what is watched
{{ $monitor }}.targets: config says what is watched
{{- end }}
serviceMonitor.defaults: its settings are in serviceMonitor itself
serviceMonitor.endpoints: its settings are in serviceMonitor itself
serviceMonitor.http: its settings are in serviceMonitor itself
serviceMonitor.selfMonitor: its settings are in serviceMonitor itself
serviceMonitor.multipleTarget: config says what is watched
{{- end -}}
