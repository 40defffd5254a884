package kubernetes_test

import (
	"regexp"
	"testing"
)

// The objects depend on the values and on the version of Kubernetes alone. Otherwise
// helm template, Argo CD and a rollback would each make other ones.
func TestTemplatesDependOnValues(t *testing.T) {
	comment := regexp.MustCompile(`(?s)/\*.*?\*/`)
	other := regexp.MustCompile(`\{\{[^}]*\b(lookup|getHostByName|rand[A-Z]\w*|shuffle|uuidv4|now|gen[A-Z]\w*|htpasswd|bcrypt|IsUpgrade|IsInstall|Revision|APIVersions)\b`)
	for _, f := range loadChart(t).Templates {
		if found := other.FindSubmatch(comment.ReplaceAll(f.Data, nil)); found != nil {
			t.Errorf("%s uses %s", f.Name, found[1])
		}
	}
}

// OpenShift refuses a pod that names its own user, and then chooses the user and the
// group of the volumes. The README says how to let it.
func TestPodOfAnyUser(t *testing.T) {
	set := regexp.MustCompile("Set `podSecurityContext` to `([^`]+)`").FindStringSubmatch(readFile(t, chartDir+"/README.md"))
	if set == nil {
		t.Fatal("the README says nothing")
	}
	for _, more := range []string{"", "\nshards: 2"} {
		spec := podSpec(t, rendered(t, parseValues(t, aConfig+"podSecurityContext: "+set[1]+more)))
		c := spec.SecurityContext
		if c.RunAsUser != nil || c.RunAsGroup != nil || c.FSGroup != nil {
			t.Errorf("the pod names its user: %v", c)
		}
		if c.RunAsNonRoot == nil || !*c.RunAsNonRoot || c.SeccompProfile == nil {
			t.Errorf("the pod has lost other settings: %v", c)
		}
		for _, container := range spec.Containers {
			if container.SecurityContext.RunAsUser != nil {
				t.Errorf("container %s names its user", container.Name)
			}
		}
	}
}
