{{- define "aliyun-iot-ota-exporter.configFile" -}}
--config.file=/etc/aliyun_iot_ota_exporter/{{ .Values.configFileName }}
{{- end -}}

{{/* The volumes but that of the state file, and where the container has them. Only the pod's group can read the files of a Secret. */}}
{{- define "aliyun-iot-ota-exporter.mounts" -}}
{{- if not .Values.demo }}
- name: config
  mountPath: /etc/aliyun_iot_ota_exporter
  readOnly: true
{{- end }}
{{- if include "aliyun-iot-ota-exporter.secretName" . }}
- name: secret
  mountPath: /run/secrets/aliyun_iot_ota_exporter
  readOnly: true
{{- end }}
{{- if .Values.webConfig.existingSecret }}
- name: web-config
  mountPath: /etc/aliyun_iot_ota_exporter_web
  readOnly: true
{{- end }}
{{- range concat (.Values.extraSecretMounts | default list) (.Values.extraConfigmapMounts | default list) }}
- {{ merge (pick . "name" "mountPath" "subPath") (dict "readOnly" (ne (toString .readOnly) "false")) | toJson }}
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ tpl (toYaml .) $ }}
{{- end }}
{{- end -}}

{{- define "aliyun-iot-ota-exporter.volumes" -}}
{{- $fullname := include "aliyun-iot-ota-exporter.fullname" . -}}
{{- if not .Values.demo }}
- name: config
  {{- if or .Values.configExistingSecretName .Values.secretConfig }}
  secret:
    secretName: {{ tpl (.Values.configExistingSecretName | default (printf "%s-config" $fullname)) . | quote }}
    defaultMode: 0440
  {{- else }}
  configMap:
    name: {{ tpl (.Values.configExistingConfigMapName | default $fullname) . | quote }}
  {{- end }}
{{- end }}
{{- with include "aliyun-iot-ota-exporter.secretName" . }}
- name: secret
  secret:
    secretName: {{ . | quote }}
    defaultMode: 0440
{{- end }}
{{- with .Values.webConfig.existingSecret }}
- name: web-config
  secret:
    secretName: {{ tpl . $ | quote }}
    defaultMode: 0440
{{- end }}
{{- range .Values.extraSecretMounts }}
- name: {{ .name | quote }}
  secret:
    {{- merge (pick . "items" "optional") (dict "secretName" (tpl .secretName $) "defaultMode" (.defaultMode | default 288)) | toYaml | nindent 4 }}
{{- end }}
{{- range .Values.extraConfigmapMounts }}
- name: {{ .name | quote }}
  configMap:
    {{- merge (pick . "items" "optional" "defaultMode") (dict "name" (tpl .configMap $)) | toYaml | nindent 4 }}
{{- end }}
{{- with .Values.extraVolumes }}
{{ tpl (toYaml .) $ }}
{{- end }}
{{- end -}}

{{- define "aliyun-iot-ota-exporter.stateMount" -}}
{{- if not .Values.demo }}
- name: state
  mountPath: /var/lib/aliyun_iot_ota_exporter
{{- end }}
{{- end -}}

{{/* The pods of a StatefulSet have claims of their own instead. */}}
{{- define "aliyun-iot-ota-exporter.stateVolume" -}}
{{- if .Values.demo }}
{{- else if not .Values.persistence.enabled }}
- name: state
  emptyDir:
    sizeLimit: 64Mi
{{- else if not (include "aliyun-iot-ota-exporter.sharded" .) }}
- name: state
  persistentVolumeClaim:
    claimName: {{ tpl (.Values.persistence.existingClaim | default (include "aliyun-iot-ota-exporter.fullname" .)) . | quote }}
{{- end }}
{{- end -}}

{{/* The specification of a claim for the state file. */}}
{{- define "aliyun-iot-ota-exporter.claim" -}}
accessModes:
  {{- .Values.persistence.accessModes | toYaml | nindent 2 }}
{{- with .Values.persistence.storageClassName }}
storageClassName: {{ ternary "" . (eq . "-") | quote }}
{{- end }}
resources:
  requests:
    storage: {{ .Values.persistence.size | quote }}
{{- end -}}
