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
		version.Version = strings.TrimPrefix(info.Main.Version, "v") // of go install and go run; the Makefile sets it
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50) // what is known of the batches stays: half of it again for garbage costs no CPU worth saving
	}
	// credentials-go prints what it cannot read of an external program's answer there, keys and all.
	stdout := os.Stdout
	os.Stdout = nil
	if t, ok := http.DefaultTransport.(*http.Transport); ok {
		// credentials-go sends all of its requests by a copy of this.
		t.Proxy = credentials.Proxy
		t.OnProxyConnectResponse = aliyun.RefusedByProxy
		t.MaxResponseHeaderBytes = 64 << 10 // instead of 10 MiB
	}
	// A process group can lose the reader of the log first. To write to it must not end the program.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A later signal ends what does not look at ctx, such as reading a FIFO. One that comes soon is the same
	// request again, from a supervisor or to a process group, and must not cut off the last write.
	context.AfterFunc(ctx, func() { time.AfterFunc(sameSignal, stop) })
	err := collector.Run(ctx, os.Args[1:], stdout, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, flags.Name+": "+err.Error())
		os.Exit(1)
	}
}

// sameSignal is how long a second signal to end means no more than the first.
const sameSignal = time.Second
