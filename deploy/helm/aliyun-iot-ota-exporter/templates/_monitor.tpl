{{/* A ServiceMonitor or a PodMonitor: a list of the root, of the kind and of its values. */}}
{{- define "aliyun-iot-ota-exporter.monitor" -}}
{{- $root := index . 0 -}}
{{- $kind := index . 1 -}}
{{- $pods := eq $kind "PodMonitor" -}}
{{- with index . 2 -}}
apiVersion: monitoring.coreos.com/v1
kind: {{ $kind }}
metadata:
  {{- list $root .labels .annotations "" .namespace | include "aliyun-iot-ota-exporter.metadata" | nindent 2 }}
spec:
  {{- with .jobLabel }}
  jobLabel: {{ . | quote }}
  {{- end }}
  {{- if .namespace }}
  namespaceSelector:
    matchNames: [{{ include "aliyun-iot-ota-exporter.namespace" $root | quote }}]
  {{- end }}
  {{- $settings := dict }}
  {{- range $key := list "podTargetLabels" "attachMetadata" "sampleLimit" "targetLimit" "labelLimit" "labelNameLengthLimit" "labelValueLengthLimit" }}
  {{- with get (index $ 2) $key }}{{ $_ := set $settings $key . }}{{ end }}
  {{- end }}
  {{- if and .targetLabels (not $pods) }}{{ $_ := set $settings "targetLabels" .targetLabels }}{{ end }}
  {{- with $settings }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "aliyun-iot-ota-exporter.selectorLabels" $root | nindent 6 }}
    {{- if and (include "aliyun-iot-ota-exporter.sharded" $root) (not $pods) }}
    # Both Services lead to the same pods.
    matchExpressions:
      - {key: app.kubernetes.io/component, operator: NotIn, values: [headless]}
    {{- end }}
  {{ ternary "podMetricsEndpoints" "endpoints" $pods }}:
    - port: {{ .port | default (ternary "metrics" $root.Values.service.portName $pods) | quote }}
      path: {{ .path | quote }}
      scheme: {{ .scheme }}
      {{- range $key := list "honorLabels" "interval" "scrapeTimeout" "proxyUrl" "tlsConfig" "basicAuth" "authorization" "bearerTokenFile" "bearerTokenSecret" "metricRelabelings" }}
      {{- with get (index $ 2) $key }}
      {{- dict $key . | toYaml | nindent 6 }}
      {{- end }}
      {{- end }}
      {{- /* The alerts find the exporter by this job, and a pair is one job, whatever the names and labels of the objects are. */}}
      {{- $relabelings := .relabelings | default list }}
      {{- if not .jobLabel }}
      {{- $relabelings = prepend $relabelings (dict "action" "replace" "targetLabel" "job" "replacement" "aliyun-iot-ota-exporter") }}
      {{- end }}
      {{- with $relabelings }}
      relabelings:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- range $key := list "honorTimestamps" "enableHttp2" }}
      {{- if eq (get (index $ 2) $key | toString) "false" }}
      {{ $key }}: false
      {{- end }}
      {{- end }}
{{- end -}}
{{- end -}}

{{/* What is not set in podMonitor is as in serviceMonitor. */}}
{{- define "aliyun-iot-ota-exporter.podMonitor" -}}
{{- $settings := dict -}}
{{- range $values := list .Values.serviceMonitor .Values.podMonitor -}}
{{- range $key, $value := $values -}}
{{- $_ := set $settings $key $value -}}
{{- end -}}
{{- end -}}
{{- toYaml $settings -}}
{{- end -}}
