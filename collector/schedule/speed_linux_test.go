package schedule_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/conditions"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/schedule"
)

// detectionSpeed compares how soon a new status is seen in a simulated day.
func detectionSpeed() *harness.Measured {
	length := 20 * time.Minute
	if *harness.Speed {
		length = 24 * time.Hour
	}
	table := &harness.Measured{Part: "detection speed", Columns: []string{"Mean time until a new status is seen, at 10 calls a second", "100 of 1,000 batches in progress", "1,000 of 10,000", "5,000 of 10,000"}}
	var floors, plans, roundRobins []string
	for _, c := range []struct{ total, active, turnover int }{{1_000, 100, 200}, {10_000, 1_000, 2_000}, {10_000, 5_000, 2_500}} {
		floor, plan, roundRobin := schedule.SimulateDetection(c.total, c.active, c.turnover, length)
		floors = append(floors, harness.Times(1, 1))
		plans = append(plans, harness.Times(plan.Seconds(), floor.Seconds()))
		roundRobins = append(roundRobins, harness.Times(roundRobin.Seconds(), floor.Seconds()))
	}
	table.Add("Floor: starts are seen at once, ends after half a round", floors...)
	table.Add("This exporter's plan", plans...)
	table.Add("All batches in turn, without priorities", roundRobins...)
	return table
}

// TestDetectionSpeed measures the plan. Without -speed it is quick, and its numbers mean
// nothing.
func TestDetectionSpeed(t *testing.T) {
	conditions.SkipUnderRace(t, "it is about time")
	table := detectionSpeed()
	if *harness.Speed {
		fmt.Println(table)
	}
	harness.HoldTables(t, []*harness.Measured{table})
}
