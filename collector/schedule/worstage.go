package schedule

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// WorstAge is the oldest that the data of one of n live batches gets while
// every call is answered: what the budget allows, where the interval asks for
// more than that. used is the part of the slots that other classes may take.
func WorstAge(n int, interval time.Duration, slots, parked int, rtt time.Duration, used float64) time.Duration {
	// A slot makes one call per second and round trip.
	perSecond := float64(slots-parked)/(1+rtt.Seconds()) + float64(parked)/30
	round := time.Duration(float64(n) / (perSecond * (1 - used)) * float64(time.Second))
	// Two percent and a second are what the plan's bound allows for starts at
	// known moments and for slots that are not free just now.
	worst := max(interval, round)*102/100 + time.Second + rtt
	if parked >= slots {
		worst += aliyun.MaxPark // until the first one comes back
	}
	return worst
}

// working is how many slots make calls: one that is parked makes one in the 30 s
// that it is parked for on average.
func working(slots, parked int) float64 {
	return float64(max(0, slots-parked)) + float64(parked)/30
}
