package collector

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/statefile"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/web"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config/flags"
)

// checkMachine returns an error if the program could not start on this machine with the files and
// addresses of the flags. It does not mind if an exporter uses them.
func checkMachine(ctx context.Context, f flags.Flags, logger log.Logger) error {
	if err := statefile.Check(ctx, f.StateFile, logger); err != nil {
		return fmt.Errorf("%s: %w", f.Place("persistence.file"), err)
	}
	return web.CheckHosts(f)
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
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	return fmt.Errorf("%w; copy deploy/config.example.yml to %s, or name another file with %s; --demo needs no file", err, path, f.Place("config.file"))
}
