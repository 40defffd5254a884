package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// versionPlaces match what names a version of the exporter: its image, its archives, its chart, a tag
// of the repository.
var versionPlaces = []*regexp.Regexp{
	regexp.MustCompile(`aliyun[_-]iot[_-]ota[_-]exporter[:-]v?(\d+\.\d+\.\d+(?:-[a-z]+(?:\.\d+)?)?)`),
	regexp.MustCompile(`(?:\?ref=|/download/|git checkout |--branch[ =])v(\d+\.\d+\.\d+[0-9A-Za-z.-]*)`),
	regexp.MustCompile(`(?m)(?:^version: |^appVersion: |--version[ =]|OTA_VERSION(?::-|=))"?(\d+\.\d+\.\d+[0-9A-Za-z.-]*)`),
}

// versionsIn returns the files below a folder that name versions of the exporter, by version.
func versionsIn(t *testing.T, folder string) map[string][]string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "git", "ls-files", "--", "*.md", "deploy", ":!CHANGELOG.md", ":!*.go", ":!*/testdata/*")
	list.Dir = folder
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for file := range strings.FieldsSeq(string(out)) {
		text := read(t, filepath.Join(folder, file))
		for _, place := range versionPlaces {
			for _, m := range place.FindAllStringSubmatch(text, -1) {
				found[m[1]] = append(found[m[1]], file)
			}
		}
	}
	return found
}

// Everything that installs the exporter names one version, and one command writes the next one into all
// of it.
func TestVersion(t *testing.T) {
	now := versionsIn(t, repository.Path(t, "."))
	if len(now) != 1 {
		t.Fatalf("files by the version that they name: %v, want one version", now)
	}

	next := copyOfFiles(t)
	script := func(args ...string) (string, error) {
		c := exec.CommandContext(t.Context(), filepath.Join(next, ".ci/version"), args...)
		out, err := c.CombinedOutput()
		return string(out), err
	}
	if out, err := script("check", "9.8.7"); err == nil || !strings.Contains(out, "make version VERSION=9.8.7") {
		t.Errorf("check of a version that the files do not name: %v, %s", err, out)
	}
	for _, bad := range []string{"", "main", "v9.8.7", "9.8", "9.8.7.6", "09.8.7", "9.8.7-", "9.8.7-rc..1", "9.8.7+linux", "0.0.1", " 9.8.7"} {
		if out, err := script("set", bad); err == nil {
			t.Errorf("%q is accepted as the next version: %s", bad, out)
		}
	}
	note(t, filepath.Join(next, "CHANGELOG.md"), "")
	if out, err := script("set", "9.8.7"); err == nil || !strings.Contains(out, "nothing on Unreleased") {
		t.Errorf("a version with nothing new: %v: %s", err, out)
	}
	note(t, filepath.Join(next, "CHANGELOG.md"), "- What is new.\n\n")
	if out, err := script("set", "9.8.7-rc.1"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	renamed := func(version string) {
		t.Helper()
		for was, before := range now {
			if got := versionsIn(t, next)[version]; strings.Join(got, "\n") != strings.Join(before, "\n") {
				t.Errorf("%s was in %q, %s is in %q", was, before, version, got)
			}
		}
	}
	renamed("9.8.7-rc.1")
	if out, err := script("check", "9.8.7-rc.1"); err != nil {
		t.Errorf("check of a candidate: %v: %s", err, out)
	}
	if out, err := script("set", "9.8.7"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	renamed("9.8.7")
	changes := read(t, filepath.Join(next, "CHANGELOG.md"))
	if !regexp.MustCompile(`\n## \[Unreleased\]\n\n## \[9\.8\.7\] - \d{4}-\d\d-\d\d\n`).MatchString(changes) {
		t.Errorf("CHANGELOG.md begins with %.400s", changes)
	}
	if out, err := script("check", "9.8.7"); err != nil {
		t.Errorf("check: %v: %s", err, out)
	}
	if out, err := script("set", "9.8.7"); err == nil {
		t.Errorf("the same version is released twice: %s", out)
	}
	if out, err := script("set", "9.8.7-rc.2"); err == nil {
		t.Errorf("a candidate is released after its version: %s", out)
	}
}

// note writes what the changelog says of the next version.
func note(t *testing.T, changelog, entries string) {
	t.Helper()
	section := regexp.MustCompile(`(?s)(## \[Unreleased\]\n\n).*?(## \[|$)`)
	text := read(t, changelog)
	if !section.MatchString(text) {
		t.Fatal("no section Unreleased")
	}
	write(t, changelog, section.ReplaceAllString(text, "${1}"+entries+"${2}"))
}

// copyOfFiles copies the files of the repository to a repository of their own.
func copyOfFiles(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(filepath.Join(folder, "deploy"), os.DirFS(repository.Path(t, "deploy"))); err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files(t, repository.Path(t, "*.md")), repository.Path(t, ".ci/version"), repository.Path(t, ".ci/notes")) {
		name, err := filepath.Rel(repository.Path(t, "."), file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(write(t, filepath.Join(folder, name), read(t, file)), 0o700); err != nil { //nolint:gosec // a script
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"init", "--quiet"}, {"add", "."}} {
		run(t, "git", append([]string{"-C", folder}, args...)...)
	}
	return folder
}

// The chart is packed by the version of Helm that its tests use.
func TestHelmVersion(t *testing.T) {
	want := regexp.MustCompile(`helm\.sh/helm/v3 v(\S+)`).FindStringSubmatch(read(t, repository.Path(t, ".ci/manifests/go.mod")))
	if want == nil || !strings.Contains(read(t, repository.Path(t, ".ci/dist")), "\nhelm="+want[1]+" ") {
		t.Errorf(".ci/manifests/go.mod has Helm %v, .ci/dist another", want)
	}
}
