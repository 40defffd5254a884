package web

import (
	"errors"
	"fmt"

	"github.com/prometheus/exporter-toolkit/web"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config/flags"
)

// CheckFlags returns an error if the path of the metrics, an address or the web configuration is
// invalid. It opens no address. The error names the flag.
func CheckFlags(f flags.Flags) error {
	if err := checkMetricsPath(f.MetricsPath); err != nil {
		return fmt.Errorf("%s: %w", f.PlaceOf("web.telemetry-path", f.MetricsPath), err)
	}
	if err := web.Validate(*f.Web.WebConfigFile); err != nil {
		return fmt.Errorf("%s: %s", f.PlaceOf("web.config.file", *f.Web.WebConfigFile), inConfig(err))
	}
	if *f.Web.WebSystemdSocket {
		return nil
	}
	seen := make(map[string]bool)
	for _, address := range *f.Web.WebListenAddresses {
		_, port, err := parseAddress(address)
		if err == nil && seen[address] && port != "0" {
			err = errors.New("given twice; keep one")
		}
		if err != nil {
			return inAddress(f, address, err)
		}
		seen[address] = true
	}
	return nil
}

// inAddress adds the flag to an error of an address.
func inAddress(f flags.Flags, address string, err error) error {
	return fmt.Errorf("%s: %w", f.PlaceOf("web.listen-address", address), err)
}
