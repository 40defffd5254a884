package docs_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// The commands that download, verify and start a release work in the order of the document, in one
// shell. The release is a folder here, and gh only looks whether the archive is there.
func TestCommandsOfARelease(t *testing.T) {
	bash := repository.Tool(t, "bash")
	for _, tool := range []string{"curl", "sha256sum", "tar"} {
		repository.Tool(t, tool)
	}
	install := repository.Read(t, "deploy/docs/install.md")
	version := regexp.MustCompile(`(?m)^OTA_VERSION=(\S+)$`).FindStringSubmatch(install)
	_, section, found := strings.Cut(install, "\n## A release\n")
	section, _, _ = strings.Cut(section, "\n## ")
	if version == nil || !found {
		t.Fatal("the document has no version, or no section on releases")
	}
	var commands []string
	for _, b := range blocks(section) {
		commands = append(commands, b.text)
	}
	script := strings.Join(commands, "")

	downloads := t.TempDir()
	release := filepath.Join(downloads, "v"+version[1])
	if err := os.Mkdir(release, 0o700); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "aliyun_iot_ota_exporter")
	if err := os.Symlink(repository.Program(t), program); err != nil {
		t.Fatal(err)
	}
	archive := "aliyun_iot_ota_exporter-" + version[1] + ".linux-amd64.tar.gz"
	pack := exec.CommandContext(t.Context(), "go", "run", "./deploy/release", "-program", program, "-version", version[1], "-output", filepath.Join(release, archive))
	pack.Dir = repository.Root(t)
	if out, err := pack.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	sums := exec.CommandContext(t.Context(), bash, "-c", "sha256sum * >sha256sums.txt")
	sums.Dir = release
	if out, err := sums.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}

	const published, start = "https://github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/releases/download", "./aliyun_iot_ota_exporter --demo"
	if !strings.Contains(script, published) || !strings.Contains(script, start) {
		t.Fatalf("neither downloads nor starts a release:\n%s", script)
	}
	script = strings.NewReplacer(published, "file://"+downloads, start, "./aliyun_iot_ota_exporter --version").Replace(script)
	user := exec.CommandContext(t.Context(), bash, "-euc", `gh() { test -e "$3"; }`+"\nOTA_VERSION="+version[1]+"\n"+script)
	user.Dir = t.TempDir()
	out, err := user.CombinedOutput()
	if err != nil || !strings.Contains(string(out), archive+": OK") || !strings.Contains(string(out), "aliyun_iot_ota_exporter, version") {
		t.Errorf("%v: %s\nof the commands\n%s", err, out, script)
	}
	for _, path := range []string{"deploy/prometheus/demo.yml", "README.md"} {
		if _, err := os.Stat(filepath.Join(user.Dir, strings.TrimSuffix(archive, ".tar.gz"), path)); err != nil {
			t.Error(err)
		}
	}
}
