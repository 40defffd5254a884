package kubernetes_test

import (
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// volumes demands that all are mounted, only the state's to be written to, and that
// what they show exists.
func (d *deployment) volumes() {
	var declared, mounted []string
	for _, v := range d.pod.Spec.Volumes {
		declared = append(declared, v.Name)
		kind, name := source(v)
		if kind != "" && !d.exists(kind, name) {
			d.complain("volume %s: no %s %q", v.Name, kind, name)
		}
	}
	declared = append(declared, d.claims...)
	mounts := d.pod.Spec.Containers[0].VolumeMounts
	for i, m := range mounts {
		mounted = append(mounted, m.Name)
		for _, other := range mounts[:i] {
			if within(m.MountPath, other.MountPath) || within(other.MountPath, m.MountPath) {
				d.complain("%s and %s lie in each other", m.MountPath, other.MountPath)
			}
		}
		if writable := m.Name == "state"; m.ReadOnly == writable {
			d.complain("%s: read-only is %t", m.MountPath, m.ReadOnly)
		}
	}
	slices.Sort(declared)
	slices.Sort(mounted)
	if !slices.Equal(declared, mounted) {
		d.complain("volumes %v, mounted are %v", declared, mounted)
	}
}

// source is the object that a volume shows, "" for a volume such as an emptyDir.
func source(v corev1.Volume) (kind, name string) {
	switch {
	case v.ConfigMap != nil:
		return "ConfigMap", v.ConfigMap.Name
	case v.Secret != nil:
		return "Secret", v.Secret.SecretName
	case v.PersistentVolumeClaim != nil:
		return "PersistentVolumeClaim", v.PersistentVolumeClaim.ClaimName
	}
	return "", ""
}

// paths demands that each path in a flag is mounted, and that a file in a ConfigMap is
// there.
func (d *deployment) paths() {
	for _, arg := range d.pod.Spec.Containers[0].Args {
		flag, file, _ := strings.Cut(arg, "=")
		if !path.IsAbs(file) || flag == "--web.telemetry-path" {
			continue
		}
		i := slices.IndexFunc(d.pod.Spec.Containers[0].VolumeMounts, func(m corev1.VolumeMount) bool { return within(file, m.MountPath) })
		if i < 0 {
			d.complain("%s is not mounted", arg)
			continue
		}
		mount := d.pod.Spec.Containers[0].VolumeMounts[i]
		if writes := flag == "--persistence.file"; writes == mount.ReadOnly {
			d.complain("%s lies in a volume that is read-only: %t", arg, mount.ReadOnly)
		}
		// What a Secret or a claim contains is not known here.
		for _, v := range d.pod.Spec.Volumes {
			if v.Name != mount.Name || v.ConfigMap == nil {
				continue
			}
			c, _ := named[*corev1.ConfigMap](d.all, v.ConfigMap.Name)
			if c != nil && c.Data[strings.TrimPrefix(file, mount.MountPath+"/")] == "" {
				d.complain("%s is not in ConfigMap %s", arg, c.Name)
			}
		}
	}
}

// within is whether a path is the folder, or is in it.
func within(name, folder string) bool {
	return name == folder || strings.HasPrefix(name, folder+"/")
}
