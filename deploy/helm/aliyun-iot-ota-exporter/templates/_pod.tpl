{{/* The pod of the Deployment or of the StatefulSet. */}}
{{- define "aliyun-iot-ota-exporter.pod" -}}
{{- $labels := include "aliyun-iot-ota-exporter.selectorLabels" . | fromYaml -}}
{{- if .Values.rrsa.roleName -}}
{{- $_ := set $labels "pod-identity.alibabacloud.com/injection" "on" -}}
{{- end -}}
{{- $annotations := dict -}}
{{- if .Values.config -}}
{{- /* A new configuration creates a new pod, because the exporter would not notice it. It reads a new secret by itself. */ -}}
{{- $_ := set $annotations "checksum/config" (include "aliyun-iot-ota-exporter.config" . | sha256sum) -}}
{{- end -}}
metadata:
  labels:
    {{- merge $labels (.Values.podLabels | default dict) (.Values.commonLabels | default dict) | toYaml | nindent 4 }}
  {{- with merge $annotations (.Values.podAnnotations | default dict) }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "aliyun-iot-ota-exporter.serviceAccountName" . | quote }}
  # The exporter never calls Kubernetes. The token of RRSA is a different one and is not affected.
  automountServiceAccountToken: {{ .Values.automountServiceAccountToken }}
  # Otherwise Kubernetes sets ALIYUN_IOT_OTA_EXPORTER_PORT and more for the Service. The flags have the same prefix.
  enableServiceLinks: false
  {{- with include "aliyun-iot-ota-exporter.imagePullSecrets" . }}
  imagePullSecrets:
    {{- . | trim | nindent 4 }}
  {{- end }}
  {{- range $key := list "podSecurityContext" "hostAliases" "dnsConfig" "nodeSelector" "tolerations" "affinity" "topologySpreadConstraints" }}
  {{- with get $.Values $key }}
  {{ $key | replace "podSecurityContext" "securityContext" }}:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- end }}
  {{- with .Values.dnsPolicy }}
  dnsPolicy: {{ . }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . | quote }}
  {{- end }}
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
  {{- with .Values.extraInitContainers }}
  initContainers:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: exporter
      image: {{ include "aliyun-iot-ota-exporter.image" . | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args:
        {{- if .Values.demo }}
        - --demo
        {{- else }}
        - --config.file=/etc/aliyun_iot_ota_exporter/{{ .Values.configFileName }}
        - --persistence.file=/var/lib/aliyun_iot_ota_exporter/state
        {{- end }}
        {{- if .Values.webConfig.existingSecret }}
        - --web.config.file=/etc/aliyun_iot_ota_exporter_web/{{ .Values.webConfig.key }}
        {{- end }}
        {{- if include "aliyun-iot-ota-exporter.sharded" . }}
        # Without its label the pod has no number. It then fails, and does not take the accounts of another one.
        - --shard=$(POD_INDEX)
        - --total-shards={{ .Values.shards }}
        {{- end }}
        {{- with .Values.extraArgs }}
        {{- toYaml . | nindent 8 }}
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
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- end }}
      ports:
        - name: metrics
          containerPort: 10062
      {{- range $key := list "extraEnvFrom" "livenessProbe" "readinessProbe" "resources" "securityContext" }}
      {{- with get $.Values $key }}
      {{ $key | replace "extraEnvFrom" "envFrom" }}:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- end }}
      {{- with include "aliyun-iot-ota-exporter.mounts" . | trim }}
      volumeMounts:
        {{- . | nindent 8 }}
      {{- end }}
    {{- with .Values.extraContainers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with include "aliyun-iot-ota-exporter.volumes" . | trim }}
  volumes:
    {{- . | nindent 4 }}
  {{- end }}
{{- end -}}
