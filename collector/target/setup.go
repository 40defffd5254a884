package target

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
)

// Setup is what a configuration file says to watch.
type Setup struct {
	Accounts []Account      // those to watch
	Shard    Shard          // that watches them; the zero value if Take was not called
	Others   map[string]int // shards of the accounts of the file that this one does not watch, by name
	Rules    Rules
	Lines    map[Entry]int // the line of each id in the file, where it is known
}

// Entry is an id in a configuration.
type Entry struct {
	Account   string
	Instance  aliyun.Instance
	Operation string // that is called with the id
	ID        string
}

// Rules are the intervals and ages of the schedule, the same for all accounts: the
// polling section of the configuration.
type Rules config.Polling

// ListWait is the time between two reads of a job list. It is shorter than the
// interval, so that the status is no older than the interval when a list is a little
// late.
func (r Rules) ListWait(discovers bool) time.Duration {
	wait := r.Interval * 4 / 5
	if discovers {
		wait = min(wait, r.DiscoveryInterval)
	}
	return wait
}
