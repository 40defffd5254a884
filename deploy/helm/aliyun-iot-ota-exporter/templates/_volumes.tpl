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
{{- end -}}

{{/* Only the pod's group can read the files of a Secret. */}}
{{- define "aliyun-iot-ota-exporter.volumes" -}}
{{- if not .Values.demo }}
- name: config
  configMap:
    name: {{ include "aliyun-iot-ota-exporter.fullname" . }}
- name: state
  {{- if .Values.persistence.enabled }}
  persistentVolumeClaim:
    claimName: {{ default (include "aliyun-iot-ota-exporter.fullname" .) .Values.persistence.existingClaim | quote }}
  {{- else }}
  emptyDir:
    sizeLimit: 64Mi
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
{{- end -}}
