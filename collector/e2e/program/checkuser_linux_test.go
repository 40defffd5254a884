package program_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// nobody is the number of a user without rights.
const nobody = 65534

// The check and the start reject files of another user with the same error, which says what the
// user of the exporter needs.
func TestCheckOfFilesOfAnotherUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can run the program as another user")
	}
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { // else another user cannot enter it
		t.Fatal(err)
	}
	copyTo := func(name string, text []byte, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	binary, err := os.ReadFile(repository.Program(t))
	if err != nil {
		t.Fatal(err)
	}
	program := copyTo("program", binary, 0o755)
	config := copyTo("config.yml", []byte(exportertest.SmallestConfig), 0o644)
	secret := copyTo("secret", []byte("x"), 0o600)
	for name, mode := range map[string]os.FileMode{".": 0o755, "open": 0o777, "sealed": 0o700} {
		path := filepath.Join(dir, name)
		if name != "." {
			if err := os.Mkdir(path, mode); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chmod(path, mode); err != nil { // whatever the umask
			t.Fatal(err)
		}
	}
	state := copyTo("open/state", nil, 0o600)
	lock := copyTo("open/locked.lock", nil, 0o600)

	for name, c := range map[string]struct{ flag, want string }{
		"a folder that cannot be written":      {"--persistence.file=" + dir + "/state", "permission denied; let the exporter's user read and write the file"},
		"a folder that cannot be entered":      {"--persistence.file=" + dir + "/sealed/state", "permission denied; let the exporter's user read and write the file"},
		"a state file of another user":         {"--persistence.file=" + state, "permission denied; let the exporter's user read and write the file"},
		"a lock of another user":               {"--persistence.file=" + strings.TrimSuffix(lock, ".lock"), "permission denied; let the exporter's user read and write the file"},
		"a web configuration of another user":  {"--web.config.file=" + secret, "permission denied; let the exporter's user read the file"},
		"the configuration is of another user": {"--config.file=" + secret, "permission denied; let the exporter's user read the file, and enter its folder"},
	} {
		t.Run(name, func(t *testing.T) {
			run := func(more string) string {
				args := []string{c.flag, more}
				if !strings.HasPrefix(c.flag, "--config.file=") {
					args = append(args, "--config.file="+config)
				}
				cmd := exec.CommandContext(t.Context(), program, args...)
				cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
				var stderr bytes.Buffer
				cmd.Stderr = &stderr
				if err := cmd.Run(); err == nil {
					t.Errorf("%v succeeds", args)
				}
				lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
				return lines[len(lines)-1]
			}
			checked, started := run("--config.check"), run(exportertest.AnyPort)
			if flag, _, _ := strings.Cut(c.flag, "="); !strings.Contains(checked, c.want) || !strings.Contains(started, c.want) ||
				flag != "--config.file" && (!strings.Contains(checked, flag) || !strings.Contains(started, flag)) {
				t.Errorf("the check says\n%s\nand the start\n%s\nwant %s and %q", checked, started, flag, c.want)
			}
		})
	}
}
