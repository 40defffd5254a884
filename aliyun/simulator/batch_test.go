package simulator_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
)

// midnight is the time at which the clock of a synctest bubble starts.
var midnight = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// counts returns the device tasks by state, as a client counts them.
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

func TestTimesOfABatch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := account()
		s.AddBatch(fleet.Batch{Account: "main", JobID: "j", FirmwareID: "fw", Schedule: midnight.Add(time.Hour), TimeoutInMinutes: 60,
			Devices: fleet.Devices{Count: 1, Hung: 1}})
		s.AddBatch(fleet.Batch{Account: "main", JobID: "k", FirmwareID: "fw", Devices: fleet.Devices{Offline: 1, Count: 1}})
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
		if err := s.UpdateBatch("j", func(b *fleet.Batch) { b.Desc, b.JobID = "new", "x" }); err != nil {
			t.Fatal(err)
		}
		expect("updated", "00:30", "", "")
		time.Sleep(30 * time.Minute)
		expect("started", "01:00", "01:00", "")
		time.Sleep(30 * time.Minute)
		if err := s.UpdateBatch("j", func(b *fleet.Batch) { b.TimeoutInMinutes = 1 }); err != nil {
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
		s.AddFirmware(fleet.Firmware{Account: "main", ID: fw, Name: fw, ProductKey: "a1"})
		s.AddBatch(fleet.Batch{Account: "main", JobID: "j", FirmwareID: fw})
	}
	s.AddFirmware(fleet.Firmware{Account: "main", ID: "fw2", Name: "renamed", ProductKey: "a1"})
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
		s.AddFirmware(fleet.Firmware{Account: "main", ID: "fw", ProductKey: "a1", ProductName: "Meter", DestVersion: "2.0"})
		s.AddBatch(fleet.Batch{Account: "main", JobID: "j", FirmwareID: "fw", TimeoutInMinutes: 10, SrcVersions: []string{"1.0", "1.1"},
			Devices: fleet.Devices{Count: 2, Hung: 1, Report: time.Minute}})
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
		if got := read(); got["TaskStatus"] != "FAILED" || got["TaskDesc"] != "timeout" ||
			got["UtcModified"].(string) < "2000-01-01T00:10:30" || got["UtcModified"].(string) > "2000-01-01T00:11:30" {
			t.Error(got)
		}
	})
}
