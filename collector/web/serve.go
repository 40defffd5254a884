package web

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
	sloggokit "github.com/tjhop/slog-gokit"
	"golang.org/x/sync/errgroup"

	"github.com/prometheus/exporter-toolkit/web"
)

// stopTimeout is the longest time that a shutdown waits for running requests. The program
// should exit within five seconds.
const stopTimeout = 3 * time.Second

// maxHeader is the maximum size of the headers of a request in bytes. Browsers send a few KiB.
const maxHeader = 64 << 10

// Serve answers requests on the addresses until ctx ends, then waits for at most 3 s for
// running requests. It closes the addresses. If inBrowser is set, it logs the URL of the page
// /jobs. logger must not add a caller, because exporter-toolkit adds its own. The error is the
// first one of an address.
func (l Listeners) Serve(ctx context.Context, flags *web.FlagConfig, handler http.Handler, inBrowser bool, logger log.Logger) error {
	slogger := slog.New(toolkitLog{sloggokit.NewGoKitHandler(logger, slog.LevelDebug)})
	servers, ctx := errgroup.WithContext(ctx)
	var first sync.Once
	for _, listener := range l {
		// One server for each address: exporter-toolkit modifies the server, so two addresses
		// would have a data race.
		server := &http.Server{
			Handler:           handler,
			MaxHeaderBytes:    maxHeader,
			ReadHeaderTimeout: 10 * time.Second, // requests are small, also over a slow network
			ReadTimeout:       30 * time.Second,
			WriteTimeout:      time.Minute,     // Prometheus itself waits for 10 s by default
			IdleTimeout:       2 * time.Minute, // longer than most scrape intervals, so that scrapes share a connection
			ErrorLog:          slog.NewLogLogger(slogger.Handler(), slog.LevelDebug),
			// net/http would answer OPTIONS * without authentication.
			DisableGeneralOptionsHandler: true,
		}
		server.BaseContext = func(net.Listener) context.Context { // called when exporter-toolkit has configured the server
			first.Do(func() {
				if inBrowser {
					level.Info(log.With(logger, "caller", log.DefaultCaller)).Log("msg", "open this URL in a browser", "url", jobsURL(listener.Addr(), server.TLSConfig))
				}
				servers.Go(func() error {
					watchConfig(ctx, *flags.WebConfigFile, server.TLSConfig, logger)
					return nil
				})
			})
			return context.WithoutCancel(ctx) // a shutdown does not cancel running requests
		}
		servers.Go(func() error {
			if err := web.Serve(listener, server, flags, slogger); !errors.Is(err, http.ErrServerClosed) {
				listener.Close()
				return fmt.Errorf("serve on %s: %w", listener.Addr(), err)
			}
			return nil
		})
		servers.Go(func() error {
			<-ctx.Done()
			grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
			defer cancel()
			if server.Shutdown(grace) != nil {
				server.Close()
			}
			return nil
		})
	}
	return servers.Wait()
}

// jobsURL returns the URL of the page /jobs for a browser on this machine. serving is the TLS
// configuration that exporter-toolkit has given the server.
func jobsURL(listening net.Addr, serving *tls.Config) string {
	to := url.URL{Scheme: "http", Host: listening.String(), Path: "/jobs"}
	if serving != nil && serving.GetConfigForClient != nil { // without TLS, net/http sets a configuration for HTTP/2
		to.Scheme = "https"
	}
	if tcp, ok := listening.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		to.Host = net.JoinHostPort("localhost", strconv.Itoa(tcp.Port))
	}
	return to.String()
}
