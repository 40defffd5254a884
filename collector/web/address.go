package web

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strconv"
	"strings"
	"syscall"

	"github.com/mdlayher/vsock"
)

// vsockPrefix begins an address of exporter-toolkit that has only a port.
const vsockPrefix = "vsock://:"

// parseAddress splits host:port. The host of vsock://:port is empty. An empty port is an error,
// because net.Listen would choose any port.
func parseAddress(address string) (host, port string, err error) {
	if port, ok := strings.CutPrefix(address, vsockPrefix); ok {
		if _, err := strconv.ParseUint(port, 10, 32); err != nil {
			return "", "", errors.New("the port is not a number; want an address such as vsock://:10062")
		}
		return "", port, nil
	}
	if address == "" || strings.HasSuffix(address, ":") {
		return "", "", errors.New("the port is missing; want an address such as :10062")
	}
	if strings.ContainsAny(address, ",;") || len(strings.Fields(address)) > 1 {
		return "", "", errors.New("want one address; repeat the flag for each address, or write each on its own line of the variable")
	}
	if strings.ContainsAny(address, " \t\r\n\"'") {
		return "", "", errors.New("remove the quotes and blanks; want an address such as :10062")
	}
	if strings.Contains(address, "/") {
		return "", "", errors.New("want a host and a port without a scheme or a path, such as localhost:10062")
	}
	host, port, err = net.SplitHostPort(address)
	switch {
	case err != nil && strings.Trim(address, "0123456789") == "":
		return "", "", fmt.Errorf("the colon is missing; write :%s", address)
	case err != nil && strings.Count(address, ":") > 1:
		return "", "", errors.New("want an IPv6 address in brackets and a port, such as [::1]:10062")
	case err != nil:
		return "", "", errors.New("the port is missing; want an address such as localhost:10062")
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return "", "", errors.New("the port is not a number from 0 to 65535; want an address such as :10062")
	}
	return host, port, nil
}

// listen opens an address.
func listen(address string) (net.Listener, error) {
	_, port, err := parseAddress(address)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(address, vsockPrefix) {
		number, err := strconv.ParseUint(port, 10, 32)
		if err != nil {
			return nil, err
		}
		return vsock.Listen(uint32(number), nil)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, unusable(err)
	}
	return listener, nil
}

// unusable adds the cure to an error of net.Listen.
func unusable(err error) error {
	if operation, is := errors.AsType[*net.OpError](err); is {
		err = operation.Err // the rest repeats the address
	}
	cure := ""
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		cure = "; stop the other program, or choose another port"
	case errors.Is(err, fs.ErrPermission):
		cure = "; choose a port above 1023, or grant the capability CAP_NET_BIND_SERVICE"
	case errors.Is(err, syscall.EADDRNOTAVAIL), errors.Is(err, syscall.EAFNOSUPPORT):
		cure = "; this machine does not have the address; write only the port, such as :10062, for all addresses"
	}
	if _, is := errors.AsType[*net.DNSError](err); is {
		cure = "; write an address of this machine, or only the port, such as :10062, for all addresses"
	}
	return fmt.Errorf("%w%s", err, cure)
}
