//go:build darwin || freebsd || linux || netbsd || openbsd

package statefile

import (
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// A state file that is not a regular file is an error. It is not opened and not changed.
func TestStateFileThatIsNotARegularFile(t *testing.T) {
	for name, prepare := range map[string]func(t *testing.T, path string){
		"a FIFO":      func(t *testing.T, path string) { must(t, syscall.Mkfifo(path, 0o600)) },
		"a directory": func(t *testing.T, path string) { must(t, os.Mkdir(path, 0o700)) },
		"a socket": func(t *testing.T, path string) {
			l, err := net.Listen("unix", path)
			must(t, err)
			t.Cleanup(func() { l.Close() })
		},
		"a symlink to a device": func(t *testing.T, path string) { must(t, os.Symlink("/dev/null", path)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir()) // the path of a socket must be short
			const path = "state"
			prepare(t, path)
			before, err := os.Lstat(path)
			must(t, err)

			refused := make(chan error, 1)
			go func() {
				_, _, err := open(t, path, store.New())
				refused <- err
			}()
			select {
			case err = <-refused:
			case <-time.After(10 * time.Second):
				t.Fatal("opening it blocks")
			}
			if err == nil || !strings.HasPrefix(err.Error(), path+" is not a regular file") {
				t.Errorf("error %v", err)
			}
			after, err := os.Lstat(path)
			must(t, err)
			files, err := os.ReadDir(".")
			if !os.SameFile(before, after) || len(files) != 1 || err != nil {
				t.Errorf("there is now %v: %v, error %v", after, files, err)
			}
		})
	}
}
