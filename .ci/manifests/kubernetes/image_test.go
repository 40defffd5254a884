package kubernetes_test

import (
	"strings"
	"testing"
)

// The pod has the port on which the program listens by default, and the user and the
// folders of the image.
func TestPodFitsTheImage(t *testing.T) {
	image := readFile(t, root+"deploy/Dockerfile")
	spec := podSpec(t, built(t, kustomizeDir+"/overlays/rrsa"))
	for _, want := range []string{
		"\nUSER 65532:65532\n", "\nWORKDIR /etc/aliyun_iot_ota_exporter\n", "\nEXPOSE 10062\n", " /var/lib/aliyun_iot_ota_exporter/\n",
		"\nENTRYPOINT [\"/usr/bin/aliyun_iot_ota_exporter\"]\n",
	} {
		if !strings.Contains(image, want) {
			t.Errorf("the image has no line %q; the pod and the notes of the chart rely on it", want)
		}
	}
	if s := spec.SecurityContext; *s.RunAsUser != 65532 || *s.RunAsGroup != 65532 {
		t.Errorf("user %d, group %d", *s.RunAsUser, *s.RunAsGroup)
	}
	if !strings.Contains(readFile(t, root+"deploy/docs/running.md"), "\n| `--web.listen-address` | `:10062` |") || spec.Containers[0].Ports[0].ContainerPort != 10062 {
		t.Errorf("port %d, or another default of the program", spec.Containers[0].Ports[0].ContainerPort)
	}
	_, tag, _ := strings.Cut(spec.Containers[0].Image, ":")
	if want := loadChart(t).AppVersion(); tag != want {
		t.Errorf("kustomize runs version %s, the chart %s", tag, want)
	}
}
