package simulator_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
)

// counts reads the device tasks by state, as a client does.
func counts(t *testing.T, s *simulator.Simulator, job string) map[string]int {
	t.Helper()
	got := map[string]int{}
	all := 0
	for _, state := range []string{"CONFIRM", "QUEUED", "NOTIFIED", "IN_PROGRESS", "SUCCEEDED", "FAILED", "CANCELED"} {
		n := ask(t, s, "ListOTATaskByJob", "JobId", job, "TaskStatus", state, "PageSize", "1").total()
		if n > 0 {
			got[state] = n
		}
		all += n
	}
	if total := ask(t, s, "ListOTATaskByJob", "JobId", job, "PageSize", "1").total(); total != all {
		t.Errorf("unfiltered total %d, by state %d", total, all)
	}
	return got
}

func status(t *testing.T, s *simulator.Simulator, job string) string {
	t.Helper()
	r := ask(t, s, "QueryOTAJob", "JobId", job)
	if r.data() == nil {
		return r.code()
	}
	return r.data()["JobStatus"].(string)
}

// moment is what a batch looks like some time after it was added.
type moment struct {
	after  time.Duration
	status string
	counts map[string]int
}

func TestLifeOfABatch(t *testing.T) {
	t.Parallel()
	// Report and Install jitter by half, so the moments keep away from the edges.
	ten := simulator.Devices{Count: 10, Report: 2 * time.Minute, Install: 20 * time.Minute}
	all := func(state string, n int) map[string]int { return map[string]int{state: n} }
	with := func(change func(*simulator.Devices)) simulator.Devices { d := ten; change(&d); return d }
	const h, m = time.Hour, time.Minute
	for name, c := range map[string]struct {
		batch   func(now time.Time) simulator.Batch
		do      map[time.Duration]func(*simulator.Simulator) error
		moments []moment
	}{
		"succeeds": {
			batch: func(time.Time) simulator.Batch { return simulator.Batch{Devices: ten} },
			moments: []moment{
				{30 * time.Second, "IN_PROGRESS", all("NOTIFIED", 10)},
				{5 * m, "IN_PROGRESS", all("IN_PROGRESS", 10)},
				{40 * m, "COMPLETED", all("SUCCEEDED", 10)},
			},
		},
		"is scheduled": {
			batch: func(now time.Time) simulator.Batch { return simulator.Batch{Devices: ten, Schedule: now.Add(h)} },
			moments: []moment{
				{h - 1, "PLANNED", all("QUEUED", 10)},
				{h, "IN_PROGRESS", all("NOTIFIED", 10)},
				{h + 40*m, "COMPLETED", all("SUCCEEDED", 10)},
			},
		},
		"has devices that never come online": {
			batch: func(time.Time) simulator.Batch {
				return simulator.Batch{Devices: with(func(d *simulator.Devices) { d.Count, d.Offline = 1000, 0.01 }), TimeoutInMinutes: 1440}
			},
			moments: []moment{{900 * h, "IN_PROGRESS", map[string]int{"QUEUED": 10, "SUCCEEDED": 990}}},
		},
		"has devices that never report": {
			batch: func(time.Time) simulator.Batch {
				return simulator.Batch{Devices: with(func(d *simulator.Devices) { d.Silent = 1 }), TimeoutInMinutes: 5}
			},
			moments: []moment{{900 * h, "IN_PROGRESS", all("NOTIFIED", 10)}},
		},
		"has devices that hang, and no timeout": {
			batch: func(time.Time) simulator.Batch {
				return simulator.Batch{Devices: with(func(d *simulator.Devices) { d.Hung = 1 })}
			},
			moments: []moment{{900 * h, "IN_PROGRESS", all("IN_PROGRESS", 10)}},
		},
		"has devices that hang, and a timeout with two retries": {
			batch: func(time.Time) simulator.Batch {
				return simulator.Batch{Devices: with(func(d *simulator.Devices) { d.Hung = 1 }), TimeoutInMinutes: 30,
					Retry: &simulator.Retry{Count: 2, Interval: 10}}
			},
			moments: []moment{
				{110 * m, "IN_PROGRESS", all("IN_PROGRESS", 10)}, // 3 × 30 + 2 × 10 from the first report
				{114 * m, "COMPLETED", all("FAILED", 10)},
			},
		},
		"installs longer than the timeout": {
			batch: func(time.Time) simulator.Batch { return simulator.Batch{Devices: ten, TimeoutInMinutes: 5} },
			moments: []moment{
				{9 * m, "COMPLETED", all("FAILED", 10)},
			},
		},
		"fails once, without retries": {
			batch: func(time.Time) simulator.Batch {
				return simulator.Batch{Devices: with(func(d *simulator.Devices) { d.Flaky = 1 })}
			},
			moments: []moment{{20 * m, "COMPLETED", all("FAILED", 10)}},
		},
		"fails once, and is tried again an hour later": {
			batch: func(time.Time) simulator.Batch {
				return simulator.Batch{Devices: with(func(d *simulator.Devices) { d.Flaky = 1 }), Retry: &simulator.Retry{Count: 1, Interval: 60}}
			},
			moments: []moment{
				{60 * m, "IN_PROGRESS", all("IN_PROGRESS", 10)},
				{120 * m, "COMPLETED", all("SUCCEEDED", 10)},
			},
		},
		"waits for confirmation": {
			batch: func(time.Time) simulator.Batch {
				return simulator.Batch{NeedConfirm: new(true), Devices: simulator.Devices{
					Count: 10, Confirm: 10 * h, Report: 100 * h, Unconfirmed: 0.1}}
			},
			moments: []moment{
				{time.Minute, "IN_PROGRESS", map[string]int{"CONFIRM": 9, "NOTIFIED": 1}},
				{20 * h, "IN_PROGRESS", map[string]int{"CONFIRM": 1, "NOTIFIED": 9}},
			},
		},
		"pushes two a minute": {
			batch: func(time.Time) simulator.Batch { return simulator.Batch{Devices: ten, MaximumPerMinute: 2} },
			moments: []moment{
				{0, "IN_PROGRESS", map[string]int{"QUEUED": 9, "NOTIFIED": 1}},
				{59 * time.Second, "IN_PROGRESS", map[string]int{"QUEUED": 8, "NOTIFIED": 2}},
				{40 * m, "COMPLETED", all("SUCCEEDED", 10)},
			},
		},
		"pushes faster from now on": {
			batch: func(time.Time) simulator.Batch {
				return simulator.Batch{MaximumPerMinute: 1, Devices: simulator.Devices{Count: 100, Report: 1000 * h}}
			},
			do: map[time.Duration]func(*simulator.Simulator) error{
				10*m + 1: func(s *simulator.Simulator) error {
					return s.UpdateBatch("j", func(b *simulator.Batch) { b.MaximumPerMinute = 60 })
				},
			},
			moments: []moment{
				{10 * m, "IN_PROGRESS", map[string]int{"NOTIFIED": 11, "QUEUED": 89}},
				{11 * m, "IN_PROGRESS", map[string]int{"NOTIFIED": 71, "QUEUED": 29}},
			},
		},
		"is dynamic": {
			batch: func(time.Time) simulator.Batch {
				return simulator.Batch{SelectionType: "DYNAMIC", Devices: with(func(d *simulator.Devices) { d.Every = h })}
			},
			moments: []moment{
				{h - 1, "IN_PROGRESS", all("SUCCEEDED", 10)},
				{h, "IN_PROGRESS", map[string]int{"SUCCEEDED": 10, "NOTIFIED": 1}},
				{24*h + 50*m, "IN_PROGRESS", all("SUCCEEDED", 34)},
			},
		},
		"is dynamic and cancelled": {
			batch: func(time.Time) simulator.Batch {
				return simulator.Batch{SelectionType: "DYNAMIC", Devices: with(func(d *simulator.Devices) { d.Every = h })}
			},
			do: map[time.Duration]func(*simulator.Simulator) error{
				5*h + 5*m: func(s *simulator.Simulator) error { return s.Cancel("j", false) },
			},
			moments: []moment{
				{5*h + 5*m, "CANCELED", map[string]int{"SUCCEEDED": 14, "IN_PROGRESS": 1}},
				{50 * h, "CANCELED", all("SUCCEEDED", 15)},
			},
		},
		"is cancelled with its tasks": {
			batch: func(time.Time) simulator.Batch { return simulator.Batch{Devices: ten} },
			do: map[time.Duration]func(*simulator.Simulator) error{
				5 * m: func(s *simulator.Simulator) error { return s.Cancel("j", true) },
			},
			moments: []moment{{5 * m, "CANCELED", all("CANCELED", 10)}, {h, "CANCELED", all("CANCELED", 10)}},
		},
		"is cancelled before it starts": {
			batch: func(now time.Time) simulator.Batch { return simulator.Batch{Devices: ten, Schedule: now.Add(h)} },
			do: map[time.Duration]func(*simulator.Simulator) error{
				5 * m: func(s *simulator.Simulator) error { return s.Cancel("j", false) },
			},
			moments: []moment{{5 * m, "CANCELED", all("CANCELED", 10)}, {2 * h, "CANCELED", all("CANCELED", 10)}},
		},
		"is cancelled after its end": {
			batch: func(time.Time) simulator.Batch { return simulator.Batch{Devices: ten} },
			do: map[time.Duration]func(*simulator.Simulator) error{
				h: func(s *simulator.Simulator) error { return s.Cancel("j", true) },
			},
			moments: []moment{{2 * h, "COMPLETED", all("SUCCEEDED", 10)}},
		},
		"runs out of its schedule": {
			batch: func(now time.Time) simulator.Batch {
				return simulator.Batch{Devices: ten, MaximumPerMinute: 1, Schedule: now.Add(h), ScheduleFinish: now.Add(h + 5*m), CancelTasks: true}
			},
			moments: []moment{
				{h + 5*m - 1, "IN_PROGRESS", nil},
				{h + 5*m, "CANCELED", nil},
				{9 * h, "CANCELED", all("CANCELED", 10)},
			},
		},
		"ends before its schedule does": {
			batch: func(now time.Time) simulator.Batch {
				return simulator.Batch{Devices: ten, Schedule: now.Add(h), ScheduleFinish: now.Add(9 * h)}
			},
			moments: []moment{{10 * h, "COMPLETED", all("SUCCEEDED", 10)}},
		},
		"has a fixed status and fixed counts": {
			batch: func(now time.Time) simulator.Batch {
				return simulator.Batch{Devices: ten, Status: "PLANNED", Counts: map[string]int{"FAILED": 3, "CONFIRM": 150}}
			},
			moments: []moment{{100 * h, "PLANNED", map[string]int{"FAILED": 3, "CONFIRM": 150}}},
		},
		"is deleted with its package": {
			batch: func(time.Time) simulator.Batch { return simulator.Batch{Devices: ten, FirmwareID: "fw"} },
			do: map[time.Duration]func(*simulator.Simulator) error{
				h: func(s *simulator.Simulator) error { s.DeleteFirmware("fw"); return nil },
			},
			moments: []moment{{h - 1, "COMPLETED", nil}, {h, "iot.firmware.InvalidOTAJobId", nil}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := account()
				added := time.Now()
				b := c.batch(added)
				b.Account, b.JobID = "main", "j"
				s.AddBatch(b)
				for _, m := range c.moments {
					for at, do := range c.do {
						if at <= m.after && time.Since(added) < at {
							time.Sleep(at - time.Since(added))
							if err := do(s); err != nil {
								t.Fatal(err)
							}
							delete(c.do, at)
						}
					}
					time.Sleep(m.after - time.Since(added))
					if got := status(t, s, "j"); got != m.status {
						t.Errorf("after %v: %s, want %s", m.after, got, m.status)
					}
					if m.counts == nil {
						continue
					}
					if got := counts(t, s, "j"); fmt.Sprint(got) != fmt.Sprint(m.counts) {
						t.Errorf("after %v: %v, want %v", m.after, got, m.counts)
					}
				}
			})
		})
	}
}

func TestTimesOfABatch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := account()
		// The clock of a bubble starts at midnight of 2000-01-01.
		s.AddBatch(simulator.Batch{Account: "main", JobID: "j", FirmwareID: "fw", Schedule: time.Now().Add(time.Hour), TimeoutInMinutes: 60,
			Devices: simulator.Devices{Count: 1, Hung: 1}})
		s.AddBatch(simulator.Batch{Account: "main", JobID: "k", FirmwareID: "fw", Devices: simulator.Devices{Offline: 1, Count: 1}})
		expect := func(when, modified, start, end string) {
			t.Helper()
			d := ask(t, s, "QueryOTAJob", "JobId", "j").data()
			listed := ask(t, s, "ListOTAJobByFirmware", "FirmwareId", "fw", "CurrentPage", "1", "PageSize", "9").list("Data", "SimpleOTAJobInfo")[0]
			for field, want := range map[string]string{"UtcModified": modified, "UtcStartTime": start, "UtcEndTime": end} {
				text, _ := d[field].(string)
				if want != "" {
					want = "2000-01-01T" + want + ":00.000Z"
				}
				if text != want || d[field] != listed[field] || d["JobStatus"] != listed["JobStatus"] {
					t.Errorf("%s: %s %q, listed as %v, want %q", when, field, text, listed[field], want)
				}
			}
		}
		expect("added", "00:00", "", "")
		time.Sleep(30 * time.Minute)
		if err := s.UpdateBatch("j", func(b *simulator.Batch) { b.Desc, b.JobID = "new", "x" }); err != nil {
			t.Fatal(err)
		}
		expect("updated", "00:30", "", "")
		time.Sleep(30 * time.Minute)
		expect("started", "01:00", "01:00", "")
		time.Sleep(30 * time.Minute)
		if err := s.UpdateBatch("j", func(b *simulator.Batch) { b.TimeoutInMinutes = 1 }); err != nil {
			t.Fatal(err)
		}
		expect("updated in mid-run", "01:30", "01:00", "")
		time.Sleep(30 * time.Minute)
		expect("ended by the timeout in force at its push", "02:00", "01:00", "02:00")

		if err := s.Cancel("x", false); err == nil {
			t.Error("cancel of an unknown batch: no error")
		}
	})
}

func TestReplacing(t *testing.T) {
	t.Parallel()
	s := account()
	for _, fw := range []string{"fw1", "fw2"} {
		s.AddFirmware(simulator.Firmware{Account: "main", ID: fw, Name: fw, ProductKey: "a1"})
		s.AddBatch(simulator.Batch{Account: "main", JobID: "j", FirmwareID: fw})
	}
	s.AddFirmware(simulator.Firmware{Account: "main", ID: "fw2", Name: "renamed", ProductKey: "a1"})
	if got := ask(t, s, "QueryOTAJob", "JobId", "j").data()["Name"]; got != "renamed" {
		t.Errorf("the batch shows the package as %v", got)
	}
	s.DeleteFirmware("fw1")
	if got := status(t, s, "j"); got != "IN_PROGRESS" && got != "COMPLETED" {
		t.Errorf("after the old package has gone: %s", got)
	}
	s.DeleteFirmware("fw2")
	if got := status(t, s, "j"); got != "iot.firmware.InvalidOTAJobId" {
		t.Errorf("after the package has gone: %s", got)
	}
}

func TestTaskFields(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := account()
		s.AddFirmware(simulator.Firmware{Account: "main", ID: "fw", ProductKey: "a1", ProductName: "Meter", DestVersion: "2.0"})
		s.AddBatch(simulator.Batch{Account: "main", JobID: "j", FirmwareID: "fw", TimeoutInMinutes: 10, SrcVersions: []string{"1.0", "1.1"},
			Devices: simulator.Devices{Count: 2, Hung: 1, Report: time.Minute}})
		read := func() map[string]any {
			return ask(t, s, "ListOTATaskByJob", "JobId", "j").list("Data", "SimpleOTATaskInfo")[1]
		}
		got := read()
		for field, want := range map[string]string{
			"JobId": "j", "FirmwareId": "fw", "ProductKey": "a1", "ProductName": "Meter", "DeviceName": "device-000001", "SrcVersion": "1.1",
			"DestVersion": "2.0", "TaskStatus": "NOTIFIED", "Timeout": "10", "Progress": "0.00", "UtcCreate": "2000-01-01T00:00:00.000Z",
		} {
			if got[field] != want {
				t.Errorf("%s %v, want %s", field, got[field], want)
			}
		}
		time.Sleep(20 * time.Minute)
		if got := read(); got["TaskStatus"] != "FAILED" || got["TaskDesc"] != "the OTA task timed out" ||
			got["UtcModified"].(string) < "2000-01-01T00:10:30" || got["UtcModified"].(string) > "2000-01-01T00:11:30" {
			t.Error(got)
		}
	})
}
