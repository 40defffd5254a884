package web

import (
	"context"
	"crypto/tls"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"github.com/prometheus/exporter-toolkit/web"
)

// watchInterval is the time between two checks of the web configuration.
const watchInterval = time.Minute

// watchConfig logs when the web configuration becomes invalid and when it is valid again, until
// ctx ends. exporter-toolkit reads the file for each connection and each request, and rejects
// clients while it is invalid. Failed handshakes are not logged, because clients can cause
// them. serving is the TLS configuration that exporter-toolkit has given the server.
func watchConfig(ctx context.Context, path string, serving *tls.Config, logger log.Logger) {
	if path == "" {
		return
	}
	logger = log.With(logger, "caller", log.DefaultCaller, "file", path)
	ticker := time.NewTicker(watchInterval)
	defer ticker.Stop()
	for logged := ""; ; {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		problem := ""
		if err := checkConfig(path, serving); err != nil {
			problem = inConfig(err)
		}
		switch problem {
		case logged:
		case "":
			level.Info(logger).Log("msg", "the web configuration is valid again")
		default:
			level.Warn(logger).Log("msg", "the web configuration is invalid; clients are rejected until it is corrected", "err", problem)
		}
		logged = problem
	}
}

// checkConfig returns an error if the file is invalid. A file without TLS is valid, but not for
// a server that was started with TLS.
func checkConfig(path string, serving *tls.Config) error {
	if err := web.Validate(path); err != nil {
		return err
	}
	if serving == nil || serving.GetConfigForClient == nil {
		return nil
	}
	_, err := serving.GetConfigForClient(&tls.ClientHelloInfo{}) // as in each handshake
	return err
}
