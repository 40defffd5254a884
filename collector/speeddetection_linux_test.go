package collector_test

import (
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector"
)

// detectionSpeed compares how soon a new status is seen in a simulated day.
func detectionSpeed(t *testing.T) *measured {
	length := time.Hour
	if *speed {
		length = 24 * time.Hour
	}
	table := &measured{part: "detection speed", columns: []string{"Mean time until a new status is seen, 10 calls a second", "100 of 1,000 batches in progress", "1,000 of 10,000", "5,000 of 10,000"}}
	var floors, plans, roundRobins []string
	for _, c := range []struct{ total, active, turnover int }{{1_000, 100, 200}, {10_000, 1_000, 2_000}, {10_000, 5_000, 2_500}} {
		floor, plan, roundRobin := collector.SimulateDetection(c.total, c.active, c.turnover, length)
		floors = append(floors, times(1, 1))
		plans = append(plans, times(plan.Seconds(), floor.Seconds()))
		roundRobins = append(roundRobins, times(roundRobin.Seconds(), floor.Seconds()))
	}
	table.add("Floor: starts at their moment, ends after half a round", floors...)
	table.add("This exporter's plan", plans...)
	table.add("One batch after the other, all alike", roundRobins...)
	return table
}
