package collector

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/demo"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/statefile"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/web"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config/flags"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config/spelling"
)

// checkMachine returns an error if the program could not start on this machine with the files and
// addresses of the flags. It does not mind if an exporter uses them.
func checkMachine(ctx context.Context, f flags.Flags, logger log.Logger) error {
	if err := statefile.Check(ctx, f.StateFile, logger); err != nil {
		return fmt.Errorf("%s: %w", f.Place("persistence.file"), err)
	}
	return web.CheckHosts(f)
}

// foreignState returns an error if the state file has batches that are not of the demo, which would
// replace them.
func foreignState(f flags.Flags, store *store.Store) error {
	for _, state := range store.Restored() {
		if !demo.Owns(state.JobID) {
			return fmt.Errorf("%s has the state of batches of account %q, which the demo would replace; use another file, or none", f.PlaceOf("persistence.file", f.StateFile), state.Account)
		}
	}
	return nil
}

// loadSetup loads a configuration, logs its warnings, and converts it to the setup of the shard.
func loadSetup(f flags.Flags, load func() (*config.Config, error), shard target.Shard, logger log.Logger) (target.Setup, error) {
	cfg, err := load()
	if err != nil {
		return target.Setup{}, withoutFile(f, err)
	}
	for _, warning := range cfg.Warnings {
		level.Warn(logger).Log("msg", warning)
	}
	return target.FromConfig(cfg).Take(shard), nil
}

// withoutFile adds to the error for a missing configuration file what to do about it. It
// returns all other errors as they are.
func withoutFile(f flags.Flags, err error) error {
	missing, is := errors.AsType[*fs.PathError](err)
	if !is || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	path := missing.Path
	if path == "-" {
		return fmt.Errorf("%w; for standard input write --config.file=/dev/stdin", err)
	}
	if meant := meantFile(path); meant != "" {
		return fmt.Errorf("%w; did you mean %s, in %s?", err, meant, f.Place("config.file"))
	}
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	return fmt.Errorf("%w; copy deploy/config.example.yml to %s, or name another file with %s; --demo needs no file", err, path, f.Place("config.file"))
}

// meantFile returns the file that the path of a missing one may stand for, "" if there is none: the
// same without quotes and blanks, one in the home folder, which a shell finds only at the beginning
// of a word, or one in the same folder whose name is nearly the same.
func meantFile(path string) string {
	plain := strings.Trim(path, " \t\r\n\"'“”")
	if rest, ok := strings.CutPrefix(plain, "~/"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		plain = filepath.Join(home, rest)
	}
	if _, err := os.Stat(plain); err == nil {
		return plain
	}
	entries, _ := os.ReadDir(filepath.Dir(plain)) // of a missing folder there are none
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if near := spelling.Nearest(filepath.Base(plain), names); near != "" {
		return filepath.Join(filepath.Dir(plain), near)
	}
	return ""
}
