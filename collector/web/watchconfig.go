package web

import (
	"context"
	"crypto/tls"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"github.com/prometheus/exporter-toolkit/web"
)

// watchInterval is how soon it is told that the web configuration went bad.
const watchInterval = time.Minute

// watchConfig tells when the web configuration goes bad, and when it is good
// again, until ctx ends. exporter-toolkit reads it for each connection and each
// request, and turns clients away while it is bad; of a failed handshake the
// log has nothing else, as clients can cause one too. serving is what the
// server was set up with.
func watchConfig(ctx context.Context, path string, serving *tls.Config, logger log.Logger) {
	if path == "" {
		return
	}
	logger = log.With(logger, "caller", log.DefaultCaller, "file", path)
	ticker := time.NewTicker(watchInterval)
	defer ticker.Stop()
	for told := ""; ; {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		bad := ""
		if err := checkConfig(path, serving); err != nil {
			bad = withoutValues(err.Error())
		}
		switch bad {
		case told:
		case "":
			level.Info(logger).Log("msg", "the web configuration is good again")
		default:
			level.Warn(logger).Log("msg", "the web configuration has become bad; clients are turned away until it is mended", "err", bad)
		}
		told = bad
	}
}

// checkConfig finds what is wrong with the file by now. A file without TLS is
// good by itself, but not for a server that serves TLS.
func checkConfig(path string, serving *tls.Config) error {
	if err := web.Validate(path); err != nil {
		return err
	}
	if serving == nil || serving.GetConfigForClient == nil {
		return nil
	}
	_, err := serving.GetConfigForClient(&tls.ClientHelloInfo{}) // as each handshake does
	return err
}
