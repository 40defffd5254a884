package deploy_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The workflows pin every action by its commit and use one version of Go. The permissions
// of their jobs are limited.
func TestWorkflowsArePinned(t *testing.T) {
	workflows := files(t, "../.github/workflows/*.yml")
	// An action of this repository, or a commit with its version in a comment.
	fixed := regexp.MustCompile(`^(\./\S+|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$`)
	// An image with its digest.
	image := regexp.MustCompile(`^[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$`)
	versions := make(map[string]map[string]bool) // files by the version of Go that they name
	for _, name := range append(workflows, "Dockerfile") {
		text := read(t, name)
		for _, found := range regexp.MustCompile(`(?:golang:|go-version: )(\d+\.\d+\.\d+)`).FindAllStringSubmatch(text, -1) {
			if versions[found[1]] == nil {
				versions[found[1]] = make(map[string]bool)
			}
			versions[found[1]][name] = true
		}
		for _, found := range regexp.MustCompile(`(?m)(?:\bimage: "?|^ARG (?:BASE|GOLANG)=)([\w./-]+:[^"\s}]*)`).FindAllStringSubmatch(text, -1) {
			if !image.MatchString(found[1]) {
				t.Errorf("%s: the image %s is not pinned by its digest", name, found[1])
			}
		}
		if strings.Contains(text, "--privileged") {
			t.Errorf("%s runs a privileged container, in which a pull request could do anything to the runner", name)
		}
		for _, found := range regexp.MustCompile(`(?m)uses: (.*)$`).FindAllStringSubmatch(text, -1) {
			if !fixed.MatchString(found[1]) {
				t.Errorf("%s: %s is not pinned by a commit with its version in a comment", name, found[1])
			}
		}
		if filepath.Ext(name) == ".yml" && !strings.Contains(text, "\npermissions:") {
			t.Errorf("%s does not limit the permissions of its jobs", name)
		}
	}
	if len(versions) != 1 {
		t.Errorf("versions of Go: %v, want one", versions)
	}
	// Without a version a workflow would use the Go of the runner.
	for version, files := range versions {
		if len(files) != len(workflows)+1 {
			t.Errorf("Go %s is named in %v, want each workflow and the Dockerfile", version, files)
		}
	}
}
