// Command aliyun_iot_ota_exporter polls the firmware rollouts (OTA batches) of
// Alibaba Cloud IoT Platform and exposes them to Prometheus.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/common/version"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config/flags"
)

func main() {
	if info, ok := debug.ReadBuildInfo(); ok && version.Version == "" {
		version.Version = strings.TrimPrefix(info.Main.Version, "v") // for go install and go run; the Makefile sets it
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50) // most of the memory is long-lived state, so this saves memory and costs little CPU time
	}
	// credentials-go prints answers of external programs that it cannot parse to os.Stdout. They may contain keys.
	stdout := os.Stdout
	os.Stdout = nil
	if t, ok := http.DefaultTransport.(*http.Transport); ok {
		// credentials-go uses a copy of this transport for all of its requests.
		t.Proxy = credentials.Proxy
		t.OnProxyConnectResponse = aliyun.RefusedByProxy
		t.MaxResponseHeaderBytes = 64 << 10 // instead of 10 MiB
	}
	// Without a handler, writing to a log whose reader has exited would end the program before it has written its state.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the program at once, because it may block where ctx has no effect, such as reading a FIFO.
	// But supervisors and process groups may send the same signal twice, which must not interrupt the last write.
	context.AfterFunc(ctx, func() { time.AfterFunc(sameSignal, stop) })
	err := collector.Run(ctx, os.Args[1:], stdout, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, flags.Name+": "+err.Error())
		os.Exit(1)
	}
}

// sameSignal is the time after the first signal in which others are ignored.
const sameSignal = time.Second
