{{/* The name in labels. A parent chart shares the names of templates, hence the long prefix. */}}
{{- define "aliyun-iot-ota-exporter.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* The name of the objects: the release's name and the chart's name, or only the release's if it contains the chart's. */}}
{{- define "aliyun-iot-ota-exporter.fullname" -}}
{{- $name := include "aliyun-iot-ota-exporter.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "aliyun-iot-ota-exporter.selectorLabels" -}}
app.kubernetes.io/name: {{ include "aliyun-iot-ota-exporter.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "aliyun-iot-ota-exporter.labels" -}}
{{ include "aliyun-iot-ota-exporter.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "aliyun-iot-ota-exporter.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "aliyun-iot-ota-exporter.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* The name of the Secret with the secret files, or empty. */}}
{{- define "aliyun-iot-ota-exporter.secretName" -}}
{{- if .Values.existingSecret -}}
{{- .Values.existingSecret -}}
{{- else if .Values.secret -}}
{{- include "aliyun-iot-ota-exporter.fullname" . -}}
{{- end -}}
{{- end -}}

{{- define "aliyun-iot-ota-exporter.image" -}}
{{- with .Values.image -}}
{{- .repository -}}
{{- if .digest -}}@{{ .digest }}{{- else -}}:{{ default $.Chart.AppVersion .tag }}{{- end -}}
{{- end -}}
{{- end -}}

{{/* The text of the configuration. A text from the user does not change, including its comments. */}}
{{- define "aliyun-iot-ota-exporter.config" -}}
{{- if kindIs "string" .Values.config -}}{{- .Values.config -}}{{- else -}}{{- toYaml .Values.config -}}{{- end -}}
{{- end -}}
