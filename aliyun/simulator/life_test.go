package simulator_test

import (
	"maps"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
)

// moment is the expected state of a batch some time after midnight, when it was added.
type moment struct {
	after  time.Duration
	status string
	counts map[string]int
}

func TestLifeOfABatch(t *testing.T) {
	t.Parallel()
	// Report and Install vary by half, so the moments are not near the edges.
	ten := fleet.Devices{Count: 10, Report: 2 * time.Minute, Install: 20 * time.Minute}
	hang, flaky, old := ten, ten, []string{"1.0.0"}
	hang.Hung, flaky.Flaky = 1, 1
	all := func(state string, n int) map[string]int { return map[string]int{state: n} }
	with := func(change func(*fleet.Devices)) fleet.Devices { d := ten; change(&d); return d }
	cancel := func(tasks bool) func(*simulator.Simulator) error {
		return func(s *simulator.Simulator) error { return s.Cancel("j", tasks) }
	}
	const h, m = time.Hour, time.Minute
	for name, c := range map[string]struct {
		batch   fleet.Batch
		at      time.Duration // of do
		do      func(*simulator.Simulator) error
		moments []moment
	}{
		"succeeds": {
			batch: fleet.Batch{Devices: ten},
			moments: []moment{
				{30 * time.Second, "IN_PROGRESS", all("NOTIFIED", 10)},
				{5 * m, "IN_PROGRESS", all("IN_PROGRESS", 10)},
				{40 * m, "COMPLETED", all("SUCCEEDED", 10)},
			},
		},
		"is scheduled": {
			batch: fleet.Batch{Devices: ten, Schedule: midnight.Add(h)},
			moments: []moment{
				{h - 1, "PLANNED", all("QUEUED", 10)},
				{h, "IN_PROGRESS", all("NOTIFIED", 10)},
				{h + 40*m, "COMPLETED", all("SUCCEEDED", 10)},
			},
		},
		"has devices that never come online": {
			batch:   fleet.Batch{Devices: with(func(d *fleet.Devices) { d.Count, d.Offline = 1000, 0.01 }), TimeoutInMinutes: 1440},
			moments: []moment{{900 * h, "IN_PROGRESS", map[string]int{"QUEUED": 10, "SUCCEEDED": 990}}},
		},
		"has devices that never report": {
			batch:   fleet.Batch{Devices: with(func(d *fleet.Devices) { d.Silent = 1 }), TimeoutInMinutes: 5},
			moments: []moment{{900 * h, "IN_PROGRESS", all("NOTIFIED", 10)}},
		},
		"has devices that hang, and no timeout": {
			batch:   fleet.Batch{Devices: hang},
			moments: []moment{{900 * h, "IN_PROGRESS", all("IN_PROGRESS", 10)}},
		},
		"has devices that hang, and a timeout with two retries": {
			batch: fleet.Batch{Devices: hang, TimeoutInMinutes: 30, Retry: &fleet.Retry{Count: 2, Interval: 10}, SrcVersions: old},
			moments: []moment{
				{30 * m, "IN_PROGRESS", all("IN_PROGRESS", 10)}, // 30 minutes from the first report, and no retry
				{34 * m, "COMPLETED", all("FAILED", 10)},
			},
		},
		"installs longer than the timeout": {
			batch:   fleet.Batch{Devices: ten, TimeoutInMinutes: 5},
			moments: []moment{{9 * m, "COMPLETED", all("FAILED", 10)}},
		},
		"installs longer than the timeout, with retries": {
			batch:   fleet.Batch{Devices: ten, TimeoutInMinutes: 5, Retry: &fleet.Retry{Count: 5}, SrcVersions: old},
			moments: []moment{{9 * m, "COMPLETED", all("FAILED", 10)}},
		},
		"fails once, without retries": {
			batch:   fleet.Batch{Devices: flaky, SrcVersions: old},
			moments: []moment{{20 * m, "COMPLETED", all("FAILED", 10)}},
		},
		"fails once, with retries but without source versions": {
			batch:   fleet.Batch{Devices: flaky, Retry: &fleet.Retry{Count: 5}},
			moments: []moment{{20 * m, "COMPLETED", all("FAILED", 10)}},
		},
		"fails once, and is retried an hour later": {
			batch: fleet.Batch{Devices: flaky, Retry: &fleet.Retry{Count: 1, Interval: 60}, SrcVersions: old},
			moments: []moment{
				{60 * m, "IN_PROGRESS", all("IN_PROGRESS", 10)},
				{120 * m, "COMPLETED", all("SUCCEEDED", 10)},
			},
		},
		"fails once, and is retried within the timeout": {
			batch: fleet.Batch{Devices: flaky, Retry: &fleet.Retry{Count: 1, Interval: 10}, SrcVersions: old, TimeoutInMinutes: 60},
			moments: []moment{
				{10 * m, "IN_PROGRESS", all("IN_PROGRESS", 10)},
				{60 * m, "COMPLETED", all("SUCCEEDED", 10)},
			},
		},
		"fails once, and the timeout comes before the second attempt": {
			batch: fleet.Batch{Devices: flaky, Retry: &fleet.Retry{Count: 2, Interval: 60}, SrcVersions: old, TimeoutInMinutes: 61},
			moments: []moment{
				{61 * m, "IN_PROGRESS", all("IN_PROGRESS", 10)},
				{65 * m, "COMPLETED", all("FAILED", 10)},
			},
		},
		"fails at every attempt": {
			batch: fleet.Batch{Devices: with(func(d *fleet.Devices) { d.Fail = 1 }), Retry: &fleet.Retry{Count: 2, Interval: 60},
				SrcVersions: old, TimeoutInMinutes: 1440},
			moments: []moment{
				{120 * m, "IN_PROGRESS", all("IN_PROGRESS", 10)},
				{170 * m, "COMPLETED", all("FAILED", 10)}, // 3 × up to 15 minutes and 2 × 60
			},
		},
		"gets its source versions late": {
			batch: fleet.Batch{Devices: flaky, Retry: &fleet.Retry{Count: 1}, MaximumPerMinute: 1},
			at:    5*m + 1, // six of ten have been told
			do: func(s *simulator.Simulator) error {
				return s.UpdateBatch("j", func(b *fleet.Batch) { b.SrcVersions = old })
			},
			moments: []moment{{2 * h, "COMPLETED", map[string]int{"FAILED": 6, "SUCCEEDED": 4}}},
		},
		"waits for confirmation": {
			batch: fleet.Batch{NeedConfirm: new(true), Devices: fleet.Devices{
				Count: 10, Confirm: 10 * h, Report: 100 * h, Unconfirmed: 0.1}},
			moments: []moment{
				{time.Minute, "IN_PROGRESS", map[string]int{"CONFIRM": 9, "NOTIFIED": 1}},
				{20 * h, "IN_PROGRESS", map[string]int{"CONFIRM": 1, "NOTIFIED": 9}},
			},
		},
		"pushes two a minute": {
			batch: fleet.Batch{Devices: ten, MaximumPerMinute: 2},
			moments: []moment{
				{0, "IN_PROGRESS", map[string]int{"QUEUED": 9, "NOTIFIED": 1}},
				{59 * time.Second, "IN_PROGRESS", map[string]int{"QUEUED": 8, "NOTIFIED": 2}},
				{40 * m, "COMPLETED", all("SUCCEEDED", 10)},
			},
		},
		"pushes faster from now on": {
			batch: fleet.Batch{MaximumPerMinute: 1, Devices: fleet.Devices{Count: 100, Report: 1000 * h}},
			at:    10*m + 1,
			do: func(s *simulator.Simulator) error {
				return s.UpdateBatch("j", func(b *fleet.Batch) { b.MaximumPerMinute = 60 })
			},
			moments: []moment{
				{10 * m, "IN_PROGRESS", map[string]int{"NOTIFIED": 11, "QUEUED": 89}},
				{11 * m, "IN_PROGRESS", map[string]int{"NOTIFIED": 71, "QUEUED": 29}},
			},
		},
		"is dynamic": {
			batch: fleet.Batch{SelectionType: "DYNAMIC", Devices: with(func(d *fleet.Devices) { d.Every = h })},
			moments: []moment{
				{h - 1, "IN_PROGRESS", all("SUCCEEDED", 10)},
				{h, "IN_PROGRESS", map[string]int{"SUCCEEDED": 10, "NOTIFIED": 1}},
				{24*h + 50*m, "IN_PROGRESS", all("SUCCEEDED", 34)},
			},
		},
		"is dynamic and cancelled": {
			batch: fleet.Batch{SelectionType: "DYNAMIC", Devices: with(func(d *fleet.Devices) { d.Every = h })},
			at:    5*h + 5*m,
			do:    cancel(false),
			moments: []moment{
				{5*h + 5*m, "CANCELED", map[string]int{"SUCCEEDED": 14, "IN_PROGRESS": 1}},
				{50 * h, "CANCELED", all("SUCCEEDED", 15)},
			},
		},
		"is cancelled with its tasks": {
			batch:   fleet.Batch{Devices: ten},
			at:      5 * m,
			do:      cancel(true),
			moments: []moment{{5 * m, "CANCELED", all("CANCELED", 10)}, {h, "CANCELED", all("CANCELED", 10)}},
		},
		"is cancelled before it starts": {
			batch:   fleet.Batch{Devices: ten, Schedule: midnight.Add(h)},
			at:      5 * m,
			do:      cancel(false),
			moments: []moment{{5 * m, "CANCELED", all("CANCELED", 10)}, {2 * h, "CANCELED", all("CANCELED", 10)}},
		},
		"is cancelled after its end": {
			batch:   fleet.Batch{Devices: ten},
			at:      h,
			do:      cancel(true),
			moments: []moment{{2 * h, "COMPLETED", all("SUCCEEDED", 10)}},
		},
		"runs out of its schedule": {
			batch: fleet.Batch{Devices: ten, MaximumPerMinute: 1, Schedule: midnight.Add(h), ScheduleFinish: midnight.Add(h + 5*m), CancelTasks: true},
			moments: []moment{
				{h + 5*m - 1, "IN_PROGRESS", nil},
				{h + 5*m, "CANCELED", nil},
				{9 * h, "CANCELED", all("CANCELED", 10)},
			},
		},
		"ends before its schedule does": {
			batch:   fleet.Batch{Devices: ten, Schedule: midnight.Add(h), ScheduleFinish: midnight.Add(9 * h)},
			moments: []moment{{10 * h, "COMPLETED", all("SUCCEEDED", 10)}},
		},
		"has a fixed status and fixed counts": {
			batch:   fleet.Batch{Devices: ten, Status: "PLANNED", Counts: map[string]int{"FAILED": 3, "CONFIRM": 150}},
			moments: []moment{{100 * h, "PLANNED", map[string]int{"FAILED": 3, "CONFIRM": 150}}},
		},
		"is deleted with its package": {
			batch:   fleet.Batch{Devices: ten, FirmwareID: "fw"},
			at:      h,
			do:      func(s *simulator.Simulator) error { s.DeleteFirmware("fw"); return nil },
			moments: []moment{{h - 1, "COMPLETED", nil}, {h, "iot.firmware.InvalidOTAJobId", nil}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := account()
				c.batch.Account, c.batch.JobID = "main", "j"
				s.AddBatch(c.batch)
				for _, m := range c.moments {
					if c.do != nil && c.at <= m.after {
						time.Sleep(time.Until(midnight.Add(c.at)))
						if err := c.do(s); err != nil {
							t.Fatal(err)
						}
						c.do = nil
					}
					time.Sleep(time.Until(midnight.Add(m.after)))
					if got := status(t, s, "j"); got != m.status {
						t.Errorf("after %v: %s, want %s", m.after, got, m.status)
					}
					if m.counts == nil {
						continue
					}
					if got := counts(t, s, "j"); !maps.Equal(got, m.counts) {
						t.Errorf("after %v: %v, want %v", m.after, got, m.counts)
					}
				}
			})
		})
	}
}
