{{/* The name in labels. A parent chart shares the names of templates, hence the long prefix. */}}
{{- define "aliyun-iot-ota-exporter.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* The name of the objects: the release's name and the chart's name, or only the release's if it contains the chart's. */}}
{{- define "aliyun-iot-ota-exporter.fullname" -}}
{{- $name := include "aliyun-iot-ota-exporter.name" . -}}
{{- $full := .Values.fullnameOverride -}}
{{- if not $full -}}
{{- $full = ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- end -}}
{{- regexReplaceAll "-+$" (trunc 63 $full) "" -}}
{{- end -}}

{{- define "aliyun-iot-ota-exporter.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{/* "true" if several pods share the accounts. */}}
{{- define "aliyun-iot-ota-exporter.sharded" -}}
{{- if gt (int .Values.shards) 1 }}true{{ end -}}
{{- end -}}

{{- define "aliyun-iot-ota-exporter.selectorLabels" -}}
app.kubernetes.io/name: {{ include "aliyun-iot-ota-exporter.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{/* The labels that do not depend on names. */}}
{{- define "aliyun-iot-ota-exporter.commonLabels" -}}
{{- $labels := dict "app.kubernetes.io/part-of" "aliyun-iot-ota-exporter" -}}
{{- with .Values.commonLabels -}}
{{- $labels = merge (tpl (toYaml .) $ | fromYaml) $labels -}}
{{- end -}}
{{- toYaml $labels -}}
{{- end -}}

{{/* The metadata of an object: a list of the root, the object's own labels and annotations, and its name and namespace if they
are not those of most objects. No label overrides those that selectors use. */}}
{{- define "aliyun-iot-ota-exporter.metadata" -}}
{{- $root := index . 0 -}}
{{- $standard := dict
  "app.kubernetes.io/version" ($root.Chart.AppVersion | replace "+" "_" | trunc 63)
  "app.kubernetes.io/managed-by" $root.Release.Service
  "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-") -}}
{{- $selected := include "aliyun-iot-ota-exporter.selectorLabels" $root | fromYaml -}}
{{- $own := tpl (index . 1 | default dict | toYaml) $root | fromYaml -}}
{{- $name := include "aliyun-iot-ota-exporter.fullname" $root -}}
{{- $namespace := include "aliyun-iot-ota-exporter.namespace" $root -}}
{{- if gt (len .) 3 -}}{{- $name = index . 3 | default $name -}}{{- end -}}
{{- if gt (len .) 4 -}}{{- $namespace = index . 4 | default $namespace -}}{{- end -}}
name: {{ $name | quote }}
namespace: {{ $namespace | quote }}
labels:
  {{- merge $selected $own (include "aliyun-iot-ota-exporter.commonLabels" $root | fromYaml) $standard | toYaml | nindent 2 }}
{{- with merge (dict) (index . 2 | default dict) ($root.Values.commonAnnotations | default dict) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "aliyun-iot-ota-exporter.serviceAccountName" -}}
{{- $name := "default" -}}
{{- if .Values.serviceAccount.create -}}{{- $name = include "aliyun-iot-ota-exporter.fullname" . -}}{{- end -}}
{{- tpl (.Values.serviceAccount.name | default $name) . -}}
{{- end -}}

{{/* The name of the Secret with the secret files, or empty. */}}
{{- define "aliyun-iot-ota-exporter.secretName" -}}
{{- if .Values.existingSecret -}}
{{- tpl .Values.existingSecret . -}}
{{- else if .Values.secret -}}
{{- include "aliyun-iot-ota-exporter.fullname" . -}}
{{- end -}}
{{- end -}}

{{/* A parent chart may set global to null. */}}
{{- define "aliyun-iot-ota-exporter.image" -}}
{{- $global := .Values.global | default dict -}}
{{- with .Values.image -}}
{{- with $global.imageRegistry | default .registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{- .repository -}}
{{- if .digest -}}@{{ .digest }}{{- else -}}:{{ default $.Chart.AppVersion .tag }}{{- end -}}
{{- end -}}
{{- end -}}

{{/* The Secrets of this chart and of its parent, each given as {name: …} or by its name alone. */}}
{{- define "aliyun-iot-ota-exporter.imagePullSecrets" -}}
{{- $global := .Values.global | default dict -}}
{{- range concat (.Values.imagePullSecrets | default list) ($global.imagePullSecrets | default list) | uniq }}
- {{ tpl (ternary (dict "name" .) . (kindIs "string" .) | toJson) $ }}
{{- end }}
{{- end -}}

{{/* The text of the configuration. A text from the user does not change, including its comments. */}}
{{- define "aliyun-iot-ota-exporter.config" -}}
{{- if kindIs "string" .Values.config -}}{{- .Values.config -}}{{- else -}}{{- toYaml .Values.config -}}{{- end -}}
{{- end -}}
