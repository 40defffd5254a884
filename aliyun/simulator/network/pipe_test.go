package network_test

import (
	"errors"
	"net"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/network"
)

// stop may be called more than once. After it, a dial fails.
func TestPipeAfterStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial, stop := network.Pipe(http.NotFoundHandler())
		stop()
		stop()
		if _, err := dial(t.Context(), "tcp", "x"); !errors.Is(err, net.ErrClosed) {
			t.Errorf("dial after stop: %v", err)
		}
	})
}
