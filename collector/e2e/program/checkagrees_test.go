//go:build unix

package program_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// --config.check rejects what a start would reject, with the same error, whichever flag it is
// about. It leaves every file as it is.
func TestCheckRejectsWhatTheStartRejects(t *testing.T) {
	dir := t.TempDir()
	good := exportertest.TempFile(t, "good.yml", exportertest.SmallestConfig)
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	web := write("bad-web.yml", "basic_auth_users: {admin: secret}\n")
	noKey := write("no-key.yml", "tls_server_config: {cert_file: missing.crt, key_file: missing.key}\n")
	newer := write("newer", `{"version":99}`+"\n")
	locked := write("locked", "")
	must(os.Mkdir(locked+".lock", 0o700))
	loop := filepath.Join(dir, "loop")
	must(os.Symlink(loop, loop))

	for name, c := range map[string]struct{ flag, want string }{
		"a path without a slash":              {"--web.telemetry-path=metrics", "want a path such as /metrics"},
		"an empty path":                       {"--web.telemetry-path=", "want a path such as /metrics"},
		"the path of another page":            {"--web.telemetry-path=/jobs", "other pages have this path"},
		"a path below another page":           {"--web.telemetry-path=/jobs/production", "other pages have this path"},
		"a path with a query":                 {"--web.telemetry-path=/metrics?x", "want a path such as /metrics"},
		"a path that is not clean":            {"--web.telemetry-path=/a/../b", "want a path such as /metrics"},
		"no address":                          {"--web.listen-address=", "the port is missing; want an address such as :10062"},
		"an address without a port":           {"--web.listen-address=localhost", "the port is missing; want an address such as localhost:10062"},
		"an address with an empty port":       {"--web.listen-address=127.0.0.1:", "the port is missing"},
		"only a port":                         {"--web.listen-address=10062", "the colon is missing; write :10062"},
		"a port that is too high":             {"--web.listen-address=:65536", "the port is not a number from 0 to 65535"},
		"a negative port":                     {"--web.listen-address=:-1", "the port is not a number from 0 to 65535"},
		"a port in words":                     {"--web.listen-address=:exporter", "the port is not a number from 0 to 65535"},
		"two addresses in one flag":           {"--web.listen-address=:10062,:10063", "want one address; repeat the flag for each address"},
		"IPv6 without brackets":               {"--web.listen-address=::1:10062", "want an IPv6 address in brackets and a port, such as [::1]:10062"},
		"a URL":                               {"--web.listen-address=http://localhost:10062", "want a host and a port without a scheme or a path"},
		"a full-width colon":                  {"--web.listen-address=：10062", "the port is missing"},
		"an address of another machine":       {"--web.listen-address=192.0.2.1:10062", "this machine does not have the address"},
		"an IPv6 address of another machine":  {"--web.listen-address=[2001:db8::1]:10062", "this machine does not have the address"},
		"a vsock without a port":              {"--web.listen-address=vsock://:", "the port is not a number"},
		"an unknown scheme":                   {"--web.listen-address=unix:/run/x", "want a host and a port without a scheme"},
		"an address twice":                    {"--web.listen-address=:10062 --web.listen-address=:10062", "given twice; keep one"},
		"a web configuration that is missing": {"--web.config.file=" + dir + "/none.yml", "no such file or directory; correct the path"},
		"a web configuration that is a list":  {"--web.config.file=" + write("list.yml", "- a\n"), "line 1: not a set of keys; compare the file with those in deploy/web"},
		"a folder as web configuration":       {"--web.config.file=" + dir, "is a directory; want the path of the file in it"},
		"a password that is not hashed":       {"--web.config.file=" + web, "basic_auth_users: a value is not the bcrypt hash"},
		"a certificate that is missing":       {"--web.config.file=" + noKey, "missing.crt: no such file or directory; correct the path"},
		"a folder as state file":              {"--persistence.file=" + dir, dir + " is not a regular file"},
		"a device as state file":              {"--persistence.file=/dev/null", "/dev/null is not a regular file"},
		"a state file in no folder":           {"--persistence.file=" + dir + "/none/state", "the folder of " + dir + "/none/state does not exist; create it"},
		"a state file below a file":           {"--persistence.file=" + good + "/state", "not a directory"},
		"a state file that is a loop":         {"--persistence.file=" + loop, "too many levels of symbolic links"},
		"a state file of a newer program":     {"--persistence.file=" + newer, "run the newer program, or move the file away"},
		"a folder as lock":                    {"--persistence.file=" + locked, "locked.lock is not a regular file"},
		"the configuration as state file":     {"--persistence.file=" + good, "is also the file of --config.file"},
		"an interval of nothing":              {"--persistence.interval=0s", "want 1ms or more"},
		"a shard that is too high":            {"--shard=3 --total-shards=3", "want a number from 0 to 2"},
		"a URL that is none":                  {"--web.grafana-url=grafana", "want a URL such as"},
		"the demo with a file":                {"--demo", "--config.file has no effect with --demo"},
		"an unknown level":                    {"--log.level=loud", "want one of debug, info, warn, error"},
		"an unknown flag":                     {"--listen-address=:1", "did you mean --web.listen-address?"},
	} {
		t.Run(name, func(t *testing.T) {
			args := append(strings.Fields(c.flag), "--config.file="+good)
			_, _, atStart := exportertest.Run(t, args...)
			before := listing(t, dir)
			for _, check := range []string{"--config.check", "--config.check-live"} {
				stdout, _, err := exportertest.Run(t, append(args, check)...)
				switch {
				case err == nil || atStart == nil:
					t.Errorf("%s: error %v, the start: %v", check, err, atStart)
				case !strings.Contains(err.Error(), c.want):
					t.Errorf("%s: error %v, want %s in it", check, err, c.want)
				case err.Error() != atStart.Error():
					t.Errorf("%s: error\n%v\nbut the start has\n%v", check, err, atStart)
				case stdout != "":
					t.Errorf("%s: stdout %q", check, stdout)
				}
			}
			if after := listing(t, dir); after != before {
				t.Errorf("the files were\n%s\nand are now\n%s", before, after)
			}
		})
	}
}

// A check accepts what an exporter that runs has in use, and creates no file.
func TestCheckBesideARunningExporter(t *testing.T) {
	dir := t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	args := []string{"--config.check", "--config.file=" + exportertest.TempFile(t, "good.yml", exportertest.SmallestConfig),
		"--web.listen-address=" + l.Addr().String(), "--persistence.file=" + filepath.Join(dir, "state")}
	if _, stderr, err := exportertest.Run(t, args...); err != nil || stderr != "" {
		t.Errorf("error %v, stderr %s", err, stderr)
	}
	if files := listing(t, dir); files != "" {
		t.Errorf("the check created\n%s", files)
	}
	// The start would replace this file, which the check leaves alone.
	if err := os.WriteFile(filepath.Join(dir, "state"), []byte("a letter\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := listing(t, dir)
	_, stderr, err := exportertest.Run(t, args...)
	if err != nil || !strings.Contains(stderr, "not a state file; a start will move it aside") {
		t.Errorf("error %v, stderr %s", err, stderr)
	}
	if after := listing(t, dir); after != before {
		t.Errorf("the files were\n%s\nand are now\n%s", before, after)
	}
}

// listing returns the names, modes, sizes and times of the files in a folder.
func listing(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(info.Mode().String() + " " + info.ModTime().String() + " " + e.Name() + "\n")
	}
	return b.String()
}
