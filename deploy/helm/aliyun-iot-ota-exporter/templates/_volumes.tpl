{{- define "aliyun-iot-ota-exporter.mounts" -}}
{{- if not .Values.demo }}
- name: config
  mountPath: /etc/aliyun_iot_ota_exporter
  readOnly: true
- name: state
  mountPath: /var/lib/aliyun_iot_ota_exporter
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
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Only the pod's group can read the files of a Secret. */}}
{{- define "aliyun-iot-ota-exporter.volumes" -}}
{{- $fullname := include "aliyun-iot-ota-exporter.fullname" . -}}
{{- if not .Values.demo }}
- name: config
  {{- if or .Values.configExistingSecretName .Values.secretConfig }}
  secret:
    secretName: {{ .Values.configExistingSecretName | default (printf "%s-config" $fullname) | quote }}
    defaultMode: 0440
  {{- else }}
  configMap:
    name: {{ .Values.configExistingConfigMapName | default $fullname | quote }}
  {{- end }}
{{- if not .Values.persistence.enabled }}
- name: state
  emptyDir:
    sizeLimit: 64Mi
{{- else if not (include "aliyun-iot-ota-exporter.sharded" .) }}
- name: state
  persistentVolumeClaim:
    claimName: {{ default $fullname .Values.persistence.existingClaim | quote }}
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
    secretName: {{ . | quote }}
    defaultMode: 0440
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The specification of a claim for the state file. */}}
{{- define "aliyun-iot-ota-exporter.claim" -}}
accessModes: [ReadWriteOnce]
{{- with .Values.persistence.storageClassName }}
storageClassName: {{ . | quote }}
{{- end }}
resources:
  requests:
    storage: {{ .Values.persistence.size | quote }}
{{- end -}}
