// Package simulator imitates the OTA part of the Alibaba Cloud IoT Platform API, for
// tests, benchmarks and the demo. It combines its packages:
//
//	fleet     packages, batches and devices whose state follows from the time
//	gateway   the HTTP endpoint: signatures, quotas, encodings, faults
//	network   connections in memory, TLS with a test authority, a proxy
//	demo      the fleet of --demo, served on a loopback address
//
// They import only the standard library and each other, never the client. A Simulator
// opens no listener. Its time is that of package time, so it works with
// testing/synctest.
package simulator

import (
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
)

// Simulator is a fleet with a gateway in front of it. It is an http.Handler. Create it
// with New; the zero value is not usable. It is safe for concurrent use.
type Simulator struct {
	*fleet.Fleet
	*gateway.Gateway
}

// New returns a simulator without accounts, which refuses every call.
func New() *Simulator {
	f := fleet.New()
	return &Simulator{f, gateway.New(f)}
}
