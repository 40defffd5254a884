// Package simulator is the OTA part of the Alibaba Cloud IoT Platform API as a client
// sees it, for tests, benchmarks and the demo. It puts the parts together:
//
//	fleet     packages, batches and devices that live by the clock
//	gateway   the endpoint in front of a fleet: signatures, budgets, forms, faults
//	network   connections in memory, and TLS of an authority of its own
//	demo      the fleet of --demo behind a gateway on a loopback address
//
// It imports nothing but the standard library and these, and none of them knows the
// client. The simulator opens no listener; time comes from package time, so
// testing/synctest can drive it.
package simulator

import (
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
)

// Simulator is a fleet and the gateway in front of it, which is an http.Handler. Make
// one with New: the zero value cannot be used. All methods may be called concurrently,
// also while it serves.
type Simulator struct {
	*fleet.Fleet
	*gateway.Gateway
}

// New returns a simulator without accounts: it refuses every call.
func New() *Simulator {
	f := fleet.New()
	return &Simulator{f, gateway.New(f)}
}
