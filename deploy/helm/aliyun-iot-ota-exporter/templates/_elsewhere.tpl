{{/* What other charts of exporters have, and what to do here instead. values.schema.json must let these through, so that their users
read this and not only that the value is unknown. */}}
{{- define "aliyun-iot-ota-exporter.elsewhere" -}}
{{- $one := "one pod polls an account; for several pods, set shards, or install a second release with half the requests_per_second" -}}
replicaCount: {{ $one }}
replicas: {{ $one }}
autoscaling: {{ $one }}
autosharding: {{ $one }}
kind: it creates a Deployment, or a StatefulSet with several shards
strategy: it always ends the old pod before the new one starts, because two would double the calls to the API
updateStrategy: it always ends the old pod before the new one starts, because two would double the calls to the API
restartPolicy: Kubernetes allows only Always here
rbac: the exporter never calls Kubernetes, so there is nothing to allow
env: set extraEnv, a list of names with a value or valueFrom
extraEnvs: set extraEnv
envFrom: set extraEnvFrom
envFromSecret: set extraEnvFrom
extraEnvSecrets: set extraEnv, with valueFrom
initContainers: set extraInitContainers
containers: set extraContainers
sidecars: set extraContainers
kubeRBACProxy: add it to extraContainers, with service.extraPorts and serviceMonitor.port
volumes: set extraVolumes
volumeMounts: set extraVolumeMounts
secretMounts: set extraSecretMounts
podAntiAffinity: set affinity
hostPort: set hostNetwork
portName: set service.portName
log: set extraArgs, such as --log.level=debug
web: set webConfig, and extraArgs for the flags
testFramework: helm test needs no setting
containerSecurityContext: set securityContext, and podSecurityContext for the pod
configmapReload: a changed config creates a new pod, so nothing need be loaded again
configReloader: a changed config creates a new pod, so nothing need be loaded again
existingConfigMap: set configExistingConfigMapName
customLabels: set commonLabels
extraLabels: set commonLabels
labels: set commonLabels, deploymentLabels or podLabels
annotations: set commonAnnotations, deploymentAnnotations or podAnnotations
releaseLabel: set serviceMonitor.labels and prometheusRule.labels
deployment: set deploymentLabels and deploymentAnnotations
statefulSet: set deploymentLabels and deploymentAnnotations
pod: set podLabels and podAnnotations
prometheus: set serviceMonitor, podMonitor and prometheusRule
httpRoute: set route.main
storage: set persistence
extraObjects: set extraManifests
extraDeploy: set extraManifests
image.pullSecrets: set imagePullSecrets
image.pullSecret: set imagePullSecrets
image.sha: set image.digest
service.externalPort: set service.port
service.servicePort: set service.port
service.httpPort: set service.port
service.internalPort: set containerPort
service.targetPort: set containerPort, or service.extraPorts for the port of another container
service.name: set fullnameOverride
serviceAccount.automountServiceAccountToken: set automountServiceAccountToken
serviceAccount.imagePullSecrets: set imagePullSecrets
ingress.ingressClassName: set ingress.className
ingress.path: set ingress.hosts
ingress.pathType: set ingress.hosts
networkPolicy.ingressFrom: set networkPolicy.from
networkPolicy.allowMonitoringNamespace: set networkPolicy.from
networkPolicy.podSelector: it selects the pod of this release
podDisruptionBudget.enabled: set minAvailable or maxUnavailable; without them there is no budget
persistence.storageClass: set persistence.storageClassName
persistence.emptyDir: set persistence.enabled to false for an emptyDir
persistence.accessMode: set persistence.accessModes
prometheusRule.additionalLabels: set prometheusRule.labels
{{- range $monitor := list "serviceMonitor" "podMonitor" }}
{{ $monitor }}.additionalLabels: set {{ $monitor }}.labels
{{ $monitor }}.timeout: set {{ $monitor }}.scrapeTimeout
{{ $monitor }}.telemetryPath: set {{ $monitor }}.path
{{ $monitor }}.apiVersion: it is always monitoring.coreos.com/v1
{{ $monitor }}.selectorOverride: it selects the pod of this release
{{ $monitor }}.namespaceSelector: it selects the namespace of the other objects
{{- end }}
serviceMonitor.selfMonitor: its settings stand in serviceMonitor itself
serviceMonitor.defaults: its settings stand in serviceMonitor itself
serviceMonitor.selector: set serviceMonitor.labels
serviceMonitor.additionalRelabeling: set serviceMonitor.relabelings
serviceMonitor.additionalMetricsRelabels: set serviceMonitor.metricRelabelings
serviceMonitor.multipleTarget: config says what is watched
serviceMonitor.targets: config says what is watched
{{- end -}}
