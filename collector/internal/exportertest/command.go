package exportertest

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// Run runs the exporter in this process, with arguments with which it ends by itself, and
// returns what it prints.
func Run(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var out, errs bytes.Buffer
	err = collector.Run(ctx, args, &out, &errs)
	if ctx.Err() != nil {
		t.Fatalf("%v did not end by itself", args)
	}
	return out.String(), errs.String(), err
}
