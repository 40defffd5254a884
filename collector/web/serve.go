package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-systemd/v22/activation"
	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
	"github.com/mdlayher/vsock"
	sloggokit "github.com/tjhop/slog-gokit"
	"golang.org/x/sync/errgroup"

	"github.com/prometheus/exporter-toolkit/web"
)

// stopTimeout is how long a stop waits for scrapes that are being answered. The
// program is to end within five seconds.
const stopTimeout = 3 * time.Second

// maxHeader is what a client can make the exporter keep, in bytes, before its
// request is known. Browsers send some KiB.
const maxHeader = 64 << 10

// Listen checks the web configuration and opens the addresses of the flags, or
// takes systemd's sockets. It is apart from Serve so that what is wrong with
// them is known before the first call to the API.
func Listen(flags *web.FlagConfig) (Listeners, error) {
	if err := web.Validate(*flags.WebConfigFile); err != nil {
		return nil, fmt.Errorf("--web.config.file=%s: %s", *flags.WebConfigFile, withoutValues(err.Error()))
	}
	if *flags.WebSystemdSocket {
		listeners, err := activation.Listeners()
		if err == nil && len(listeners) == 0 {
			err = errors.New("systemd passed no socket")
		}
		if err != nil {
			return nil, fmt.Errorf("--web.systemd-socket: %w", err)
		}
		return listeners, nil
	}
	var listeners Listeners
	for _, address := range *flags.WebListenAddresses {
		l, err := listen(address)
		if err != nil {
			listeners.Close()
			return nil, fmt.Errorf("--web.listen-address=%s: %w", address, err)
		}
		listeners = append(listeners, l)
	}
	return listeners, nil
}

// listen opens host:port, or vsock://:port as exporter-toolkit's flag says.
// Without a port it would open any, and without anything at all on every
// address.
func listen(address string) (net.Listener, error) {
	if address == "" || strings.HasSuffix(address, ":") {
		return nil, errors.New("it names no port; want such as :10062")
	}
	port, isVsock := strings.CutPrefix(address, "vsock://:")
	if !isVsock {
		return net.Listen("tcp", address)
	}
	number, err := strconv.ParseUint(port, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("port of a vsock: %w", err)
	}
	return vsock.Listen(uint32(number), nil)
}

// Listeners are the open addresses.
type Listeners []net.Listener

// Close closes those that are still open.
func (l Listeners) Close() {
	for _, open := range l {
		open.Close()
	}
}

// Serve answers on the listeners until ctx ends, then lets the requests at
// hand finish for a while. It closes the listeners. With inBrowser it logs what a
// person can open. logger must not add a caller: most lines are exporter-toolkit's
// and bring theirs.
func Serve(ctx context.Context, listeners Listeners, flags *web.FlagConfig, handler http.Handler, inBrowser bool, logger log.Logger) error {
	slogger := slog.New(toolkitLog{sloggokit.NewGoKitHandler(logger, slog.LevelDebug)})
	servers, ctx := errgroup.WithContext(ctx)
	var first sync.Once
	for _, l := range listeners {
		// One server an address: exporter-toolkit changes the server it is
		// given, and two addresses would race for it.
		server := &http.Server{
			Handler:           handler,
			MaxHeaderBytes:    maxHeader,
			ReadHeaderTimeout: 10 * time.Second,
			ReadTimeout:       30 * time.Second,
			WriteTimeout:      time.Minute,
			IdleTimeout:       2 * time.Minute,
			ErrorLog:          slog.NewLogLogger(slogger.Handler(), slog.LevelDebug),
			// OPTIONS * would be answered before the password is asked for.
			DisableGeneralOptionsHandler: true,
		}
		server.BaseContext = func(net.Listener) context.Context { // exporter-toolkit has set the server up
			first.Do(func() {
				if inBrowser {
					level.Info(log.With(logger, "caller", log.DefaultCaller)).Log("msg", "open this in a browser", "url", jobsURL(l.Addr(), server.TLSConfig))
				}
				servers.Go(func() error {
					watchConfig(ctx, *flags.WebConfigFile, server.TLSConfig, logger)
					return nil
				})
			})
			return context.WithoutCancel(ctx) // a stop lets the requests at hand finish
		}
		servers.Go(func() error {
			if err := web.Serve(l, server, flags, slogger); !errors.Is(err, http.ErrServerClosed) {
				l.Close()
				return fmt.Errorf("serving on %s: %w", l.Addr(), err)
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

// toolkitLog makes records of exporter-toolkit fit for the log: without slog's
// own time, as the go-kit logger below writes ts, and without values of the
// web configuration.
type toolkitLog struct{ slog.Handler }

func (h toolkitLog) Handle(ctx context.Context, r slog.Record) error {
	fit := slog.NewRecord(time.Time{}, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		if a.Value.Kind() == slog.KindString {
			a.Value = slog.StringValue(withoutValues(a.Value.String()))
		}
		fit.AddAttrs(a)
		return true
	})
	return h.Handler.Handle(ctx, fit)
}

// quotedValue is how the YAML library quotes a value that it cannot use, which
// may be a password.
var quotedValue = regexp.MustCompile("`[^`]*`")

// withoutValues is an error of exporter-toolkit that may be shown. bcrypt's own
// words name no cure, and can quote the beginning of a password.
func withoutValues(text string) string {
	if strings.Contains(text, "crypto/bcrypt: ") {
		return "basic_auth_users: a value is not the bcrypt hash of a password; make one by: htpasswd -nBC 10 USER"
	}
	return quotedValue.ReplaceAllString(text, "<value>")
}
