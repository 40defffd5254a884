package web

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/coreos/go-systemd/v22/activation"
	"github.com/mdlayher/vsock"

	"github.com/prometheus/exporter-toolkit/web"
)

// Listen checks the web configuration and opens the addresses of the flags, or takes over the
// sockets of systemd. It is separate from Serve so that an error shows before the first call to
// the API. The error names the flag.
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

// listen opens host:port, or vsock://:port as in exporter-toolkit. An empty port is an error,
// because net.Listen would choose any port.
func listen(address string) (net.Listener, error) {
	if address == "" || strings.HasSuffix(address, ":") {
		return nil, errors.New("the port is missing; want an address such as :10062")
	}
	port, isVsock := strings.CutPrefix(address, "vsock://:")
	if !isVsock {
		return net.Listen("tcp", address)
	}
	number, err := strconv.ParseUint(port, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("vsock port: %w", err)
	}
	return vsock.Listen(uint32(number), nil)
}

// Listeners are open addresses.
type Listeners []net.Listener

// Close closes the listeners that are still open.
func (l Listeners) Close() {
	for _, open := range l {
		open.Close()
	}
}
