package web

import (
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/coreos/go-systemd/v22/activation"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config/flags"
)

// Listen opens the addresses of the flags, or takes over the sockets of systemd. It is separate
// from Serve so that an error shows before the first call to the API. The error names the flag.
func Listen(f flags.Flags) (Listeners, error) {
	if *f.Web.WebSystemdSocket {
		listeners, err := activation.Listeners()
		if err == nil && len(listeners) == 0 {
			err = errors.New("systemd passed no socket; start the program by its service unit, which needs a socket unit")
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Place("web.systemd-socket"), err)
		}
		return listeners, nil
	}
	var listeners Listeners
	for _, address := range *f.Web.WebListenAddresses {
		l, err := listen(address)
		if err != nil {
			listeners.Close()
			return nil, inAddress(f, address, err)
		}
		listeners = append(listeners, l)
	}
	return listeners, nil
}

// CheckHosts returns an error if the program could not listen on the host of an address. It opens
// another port of the host for a moment, because an exporter may be running.
func CheckHosts(f flags.Flags) error {
	if *f.Web.WebSystemdSocket {
		return nil
	}
	for _, address := range *f.Web.WebListenAddresses {
		host, _, err := parseAddress(address)
		if err != nil {
			return inAddress(f, address, err)
		}
		if strings.HasPrefix(address, vsockPrefix) {
			continue
		}
		l, err := listen(net.JoinHostPort(host, "0"))
		if err != nil {
			return inAddress(f, address, err)
		}
		l.Close()
	}
	return nil
}

// Listeners are open addresses.
type Listeners []net.Listener

// Close closes the listeners that are still open.
func (l Listeners) Close() {
	for _, open := range l {
		open.Close()
	}
}
