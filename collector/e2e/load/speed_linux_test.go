package load_test

import (
	"fmt"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/conditions"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// TestSpeed measures the exporter, simpler designs and floors in one run. Without -speed it is
// quick and its numbers mean nothing, but the tables in deploy/docs/performance.md must have the same rows,
// columns and units.
func TestSpeed(t *testing.T) {
	conditions.SkipUnderRace(t, "it is about time")
	var tables []*harness.Measured
	for _, measure := range []func(*testing.T) *harness.Measured{scrapeSpeed, pollingSpeed, programSpeed} {
		table := measure(t)
		if *harness.Speed {
			fmt.Println(table)
		}
		tables = append(tables, table)
	}
	harness.HoldTables(t, tables)
}
