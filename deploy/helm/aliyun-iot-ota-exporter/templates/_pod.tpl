{{/* The pod of the Deployment or of the StatefulSet. */}}
{{- define "aliyun-iot-ota-exporter.pod" -}}
{{- $annotations := dict -}}
{{- if .Values.config -}}
{{- /* A new configuration creates a new pod, because the exporter would not notice it. It reads a new secret by itself. */ -}}
{{- $_ := set $annotations "checksum/config" (include "aliyun-iot-ota-exporter.config" . | sha256sum) -}}
{{- end -}}
metadata:
  labels:
    {{- list . "aliyun-iot-ota-exporter.selectorLabels" | include "aliyun-iot-ota-exporter.podLabels" | nindent 4 }}
  {{- with merge $annotations (.Values.podAnnotations | default dict) }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- include "aliyun-iot-ota-exporter.podSpec" . | nindent 2 }}
  {{- with list . "affinity" "topologySpreadConstraints" | include "aliyun-iot-ota-exporter.settings" }}
  {{- . | nindent 2 }}
  {{- end }}
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds | int64 }}
  {{- with .Values.extraInitContainers }}
  initContainers:
    {{- tpl (toYaml .) $ | nindent 4 }}
  {{- end }}
  containers:
    - name: exporter
      {{- include "aliyun-iot-ota-exporter.container" . | nindent 6 }}
      args:
        {{- if .Values.demo }}
        - --demo
        {{- else }}
        - {{ include "aliyun-iot-ota-exporter.configFile" . }}
        - --persistence.file=/var/lib/aliyun_iot_ota_exporter/state
        {{- end }}
        {{- if ne (int .Values.containerPort) 10062 }}
        - --web.listen-address=:{{ .Values.containerPort }}
        {{- end }}
        {{- if .Values.webConfig.existingSecret }}
        - --web.config.file=/etc/aliyun_iot_ota_exporter_web/{{ .Values.webConfig.key }}
        {{- end }}
        {{- if include "aliyun-iot-ota-exporter.sharded" . }}
        # Without its label the pod has no number. It then fails, and does not take the accounts of another one.
        - --shard=$(POD_INDEX)
        - --total-shards={{ .Values.shards | int64 }}
        {{- end }}
        {{- with .Values.extraArgs }}
        {{- tpl (toYaml .) $ | nindent 8 }}
        {{- end }}
      {{- if or (include "aliyun-iot-ota-exporter.sharded" .) .Values.extraEnv }}
      env:
        {{- if include "aliyun-iot-ota-exporter.sharded" . }}
        - name: POD_INDEX
          valueFrom:
            fieldRef:
              fieldPath: metadata.labels['apps.kubernetes.io/pod-index']
        {{- end }}
        {{- with .Values.extraEnv }}
        {{- tpl (toYaml .) $ | nindent 8 }}
        {{- end }}
      {{- end }}
      ports:
        - name: metrics
          containerPort: {{ .Values.containerPort }}
      {{- with list . "livenessProbe" "readinessProbe" "startupProbe" "lifecycle" | include "aliyun-iot-ota-exporter.settings" }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- with printf "%s%s" (include "aliyun-iot-ota-exporter.mounts" .) (include "aliyun-iot-ota-exporter.stateMount" .) | trim }}
      volumeMounts:
        {{- . | nindent 8 }}
      {{- end }}
    {{- with .Values.extraContainers }}
    {{- tpl (toYaml .) $ | nindent 4 }}
    {{- end }}
  {{- with printf "%s%s" (include "aliyun-iot-ota-exporter.volumes" .) (include "aliyun-iot-ota-exporter.stateVolume" .) | trim }}
  volumes:
    {{- . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* The labels of a pod: a list of the root and of the template with those that select it, which no other label overrides. */}}
{{- define "aliyun-iot-ota-exporter.podLabels" -}}
{{- $root := index . 0 -}}
{{- $labels := include (index . 1) $root | fromYaml -}}
{{- if $root.Values.rrsa.roleName -}}
{{- $_ := set $labels "pod-identity.alibabacloud.com/injection" "on" -}}
{{- end -}}
{{- $own := tpl (toYaml ($root.Values.podLabels | default dict)) $root | fromYaml -}}
{{- merge $labels $own (include "aliyun-iot-ota-exporter.commonLabels" $root | fromYaml) | toYaml -}}
{{- end -}}

{{/* What the exporter's pod and the pod of helm test have in common. */}}
{{- define "aliyun-iot-ota-exporter.podSpec" -}}
serviceAccountName: {{ include "aliyun-iot-ota-exporter.serviceAccountName" . | quote }}
# The exporter never calls Kubernetes. The token of RRSA is a different one and is not affected.
automountServiceAccountToken: {{ .Values.automountServiceAccountToken }}
# Otherwise Kubernetes sets ALIYUN_IOT_OTA_EXPORTER_PORT and more for the Service. The flags have the same prefix.
enableServiceLinks: false
{{- with include "aliyun-iot-ota-exporter.imagePullSecrets" . }}
imagePullSecrets:
  {{- . | trim | nindent 2 }}
{{- end }}
{{- if .Values.hostNetwork }}
hostNetwork: true
{{- end }}
{{- if eq (toString .Values.hostUsers) "false" }}
hostUsers: false
{{- end }}
{{- with .Values.dnsPolicy | default (ternary "ClusterFirstWithHostNet" "" (eq (toString .Values.hostNetwork) "true")) }}
dnsPolicy: {{ . }}
{{- end }}
{{ list . "podSecurityContext" "hostAliases" "dnsConfig" "nodeSelector" "tolerations" "priorityClassName" "runtimeClassName" "schedulerName" | include "aliyun-iot-ota-exporter.settings" }}
{{- end -}}

{{/* The same of their containers. */}}
{{- define "aliyun-iot-ota-exporter.container" -}}
image: {{ include "aliyun-iot-ota-exporter.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{ list . "command" "extraEnvFrom" "resources" "securityContext" | include "aliyun-iot-ota-exporter.settings" }}
{{- end -}}

{{/* Settings of a pod or a container that are not empty: a list of the root and of the names of the values. A probe of another kind
replaces the default one. */}}
{{- define "aliyun-iot-ota-exporter.settings" -}}
{{- $root := index . 0 -}}
{{- $names := dict "podSecurityContext" "securityContext" "extraEnvFrom" "envFrom" -}}
{{- $settings := dict -}}
{{- range $key := rest . -}}
{{- with get $root.Values $key -}}
{{- $value := . -}}
{{- if and (hasSuffix "Probe" $key) (or .httpGet .exec .grpc) -}}{{- $value = omit . "tcpSocket" -}}{{- end -}}
{{- $_ := set $settings (get $names $key | default $key) $value -}}
{{- end -}}
{{- end -}}
{{- with $settings }}{{ tpl (toYaml .) $root }}{{ end -}}
{{- end -}}
