package kubernetes_test

import (
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// aPod is a pod to be run on this machine.
type aPod struct {
	objects
	number int  // among the pods of a StatefulSet; -1 if Kubernetes does not tell it
	test   bool // the pod of helm test, not the exporter's
	// secrets are those that the user has made: the content of each file by its
	// name, for each volume by its name.
	secrets map[string]map[string]string
}

// machine is the file system of a pod on this machine, without a container.
type machine struct {
	args  []string // of the pod, with paths here
	state string   // the only folder that the pod may write to, if any
}

// boot lays out the volumes of a pod in a folder.
func boot(t *testing.T, pod aPod) (m machine) {
	t.Helper()
	spec, here := podSpec(t, pod.objects), t.TempDir()
	if pod.test {
		spec = the[*corev1.Pod](t, pod.objects).Spec
	}
	// The add-on for RRSA mounts a token there, according to its documentation.
	const token = "/var/run/secrets/ack.alibabacloud.com/rrsa-tokens"
	moves := []string{token, here + token}
	files := map[string]string{here + token + "/token": "made-up"}
	for _, mount := range spec.Containers[0].VolumeMounts {
		dir := here + mount.MountPath
		moves = append(moves, mount.MountPath, dir)
		for _, v := range spec.Volumes { // those of a StatefulSet's own begin empty
			if v.Name == mount.Name {
				for name, text := range pod.content(v) {
					files[filepath.Join(dir, name)] = text
				}
			}
		}
		if !mount.ReadOnly {
			m.state = dir
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	index := ""
	if pod.number >= 0 {
		index = strconv.Itoa(pod.number)
	}
	moves = append(moves, "$(POD_INDEX)", index)
	moved := strings.NewReplacer(moves...)
	for name, text := range files {
		writeFile(t, name, moved.Replace(text))
	}
	for _, arg := range spec.Containers[0].Args {
		m.args = append(m.args, moved.Replace(arg))
	}
	return m
}

// content is the files of a volume. A Secret that is not among the objects is one that
// the user has made.
func (pod aPod) content(v corev1.Volume) map[string]string {
	switch {
	case v.ConfigMap != nil:
		if c, ok := named[*corev1.ConfigMap](pod.objects, v.ConfigMap.Name); ok {
			return c.Data
		}
	case v.Secret != nil:
		s, ok := named[*corev1.Secret](pod.objects, v.Secret.SecretName)
		if !ok {
			return pod.secrets[v.Name]
		}
		files := maps.Clone(s.StringData) // in the form that Helm writes
		if files == nil {
			files = map[string]string{}
		}
		for name, text := range s.Data { // in the form that kustomize writes
			files[name] = string(text)
		}
		return files
	}
	return nil
}

// pods are the pods of every overlay and every release, with what their users add.
func pods(t *testing.T) map[string]aPod {
	t.Helper()
	all := map[string]aPod{}
	for name, objects := range overlays(t) {
		all["kustomize, "+name] = aPod{objects: objects}
	}
	for name, r := range releases {
		all["helm, "+name] = aPod{objects: rendered(t, parseValues(t, r.values)), secrets: map[string]map[string]string{
			"secret": {"access_key_secret": "made-up"},
			// The password is "made-up".
			"web-config": {"config.yml": "basic_auth_users: {prometheus: $2a$04$STTYWLFeTVmam0GoKujxQOspfEnd21qnz.QcTmeJpbE1nSImYJjtK}"},
		}}
	}
	return all
}
