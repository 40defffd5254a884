package deploy_test

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
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
		for _, found := range regexp.MustCompile(`(?m)(?:\bimage: "?|\bimage=|_GENERATOR: |^ARG (?:BASE|GOLANG)=)([\w./-]+:[^"\s}]*)`).FindAllStringSubmatch(text, -1) {
			if !image.MatchString(found[1]) {
				t.Errorf("%s: the image %s is not pinned by its digest", name, found[1])
			}
		}
		if strings.Count(text, "setup-buildx-action@") != strings.Count(text, "driver-opts: image=") || strings.Contains(text, "--sbom=true") {
			t.Errorf("%s builds an image with the newest BuildKit or SBOM generator, which could change it", name)
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

// job is what the tests below need to know of a job of a workflow.
type job struct {
	Container   any
	Needs       any
	Permissions map[string]string
	Steps       []struct{ Uses, Run string }
}

// runs returns the number of the first step with text in its commands, or -1.
func (j job) runs(text string) int {
	for i, step := range j.Steps {
		if strings.Contains(step.Run, text) {
			return i
		}
	}
	return -1
}

// jobs returns the jobs of a workflow by their names.
func jobs(t *testing.T, name string) map[string]job {
	t.Helper()
	var workflow struct{ Jobs map[string]job }
	if err := yaml.Unmarshal([]byte(read(t, name)), &workflow); err != nil {
		t.Fatal(name, err)
	}
	if len(workflow.Jobs) == 0 {
		t.Fatal(name, "has no jobs")
	}
	return workflow.Jobs
}

// In a container, git refuses the folder of another user, and the action that checks out trusts the
// folder only for itself. .ci/run asks git for the commit.
func TestContainersTrustTheirCheckout(t *testing.T) {
	containers := 0
	for _, name := range files(t, "../.github/workflows/*.yml") {
		for title, j := range jobs(t, name) {
			if j.Container == nil {
				continue
			}
			containers++
			trust, use := j.runs(`git config --system --add safe.directory "$GITHUB_WORKSPACE"`), j.runs(".ci/")
			if trust < 0 || use >= 0 && use < trust {
				t.Errorf("%s: job %s does not trust the folder before it uses it", name, title)
			}
		}
	}
	if containers == 0 {
		t.Error("no job runs in a container")
	}
}

// A release is published last, when its image and its chart can be installed, by a job that runs no
// code of modules and tools: it could change the release, and sign what it likes.
func TestTheReleaseIsPublishedLast(t *testing.T) {
	all := jobs(t, "../.github/workflows/release.yml")
	release, ok := all["release"]
	if !ok || release.runs("gh release create") < 0 {
		t.Fatal("no job makes the release")
	}
	for title := range all {
		if title != "release" && title != "ci" && !slices.Contains(release.Needs.([]any), any(title)) {
			t.Errorf("the release does not wait for %s", title)
		}
	}
	for title, j := range all {
		if needs, _ := yaml.Marshal(j.Needs); slices.Contains(slices.Collect(maps.Values(j.Permissions)), "write") && !strings.Contains(string(needs), "archives") {
			t.Errorf("job %s publishes before the tag is checked", title)
		}
		if j.Permissions["contents"] != "write" {
			continue
		}
		for _, step := range j.Steps {
			if strings.Contains(step.Uses, "checkout") || regexp.MustCompile(`\b(?:make|go|docker)\b|\.ci/`).MatchString(step.Run) {
				t.Errorf("job %s may write, and runs %s%s", title, step.Uses, step.Run)
			}
		}
	}
}
