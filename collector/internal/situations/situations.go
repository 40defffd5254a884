package situations

import (
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/reason"
)

// All are the situations that a batch can be in, by the name of their golden file.
var All = map[string]func(h *harness.Harness){
	"in_progress": func(h *harness.Harness) {
		h.Add(harness.Ordinary(time.Now()))
	},
	"planned": func(h *harness.Harness) {
		b := harness.Ordinary(time.Now())
		b.Schedule, b.ScheduleFinish = time.Now().Add(time.Hour), time.Now().Add(25*time.Hour)
		h.Add(b)
	},
	"completed": func(h *harness.Harness) {
		b := harness.Ordinary(time.Now())
		b.Devices = fleet.Devices{Count: 10, Report: time.Minute, Install: 5 * time.Minute}
		h.Add(b)
	},
	"cancelled": func(h *harness.Harness) {
		h.Add(harness.Ordinary(time.Now()))
		h.Pass(time.Minute)
		h.Cancel(harness.JobID, false)
		h.Pass(time.Minute)
	},
	"dynamic": func(h *harness.Harness) {
		b := harness.Ordinary(time.Now())
		b.SelectionType, b.DynamicMode = "DYNAMIC", 1
		b.InstanceID = "iot-cn-0pp1n8t"
		h.Add(b)
	},
	"gray": func(h *harness.Harness) {
		b := harness.Ordinary(time.Now())
		b.TargetSelection, b.GrayPercent = "GRAY", "33.333"
		h.Add(b)
	},
	"undocumented_status": func(h *harness.Harness) {
		b := harness.Ordinary(time.Now())
		b.Override = map[string]any{"JobStatus": "PAUSED"}
		h.Add(b)
	},
	// No real batch has all of these fields. Here the simulator sends every field.
	"every_field": func(h *harness.Harness) {
		b := harness.Ordinary(time.Now())
		b.Status, b.Start, b.End = "COMPLETED", time.Now().Add(-time.Hour), time.Now().Add(-time.Minute+625*time.Millisecond)
		b.Schedule, b.ScheduleFinish = b.Start, b.Start.Add(24*time.Hour)
		b.TargetSelection, b.GrayPercent, b.DynamicMode = "GRAY", "50.00", 2
		b.GroupID, b.GroupName = "tDQvBJqbUyHs0001", "shared bikes"
		h.Add(b)
	},
	"everything_absent": func(h *harness.Harness) {
		h.Add(fleet.Batch{Override: Nothing()})
	},
	"zero_is_not_absent": func(h *harness.Harness) {
		b := fleet.Batch{Override: Nothing()}
		for _, name := range []string{"RetryCount", "RetryInterval", "TimeoutInMinutes", "MaximumPerMinute", "GrayPercent", "DynamicMode", "OverwriteMode"} {
			b.Override[name] = 0
		}
		for _, name := range []string{"NeedPush", "NeedConfirm", "MultiModuleMode"} {
			b.Override[name] = false
		}
		h.Add(b)
	},
	"gone": func(h *harness.Harness) {
		h.Add(harness.Ordinary(time.Now()))
		h.Sim.DeleteFirmware("Ufuxnwygsuffc6LQ0001")
		h.Pass(time.Minute)
	},
	"failing": func(h *harness.Harness) {
		h.Add(harness.Ordinary(time.Now()))
		h.Sim.Inject(gateway.Fault{Code: "iot.system.SystemException"})
		h.Pass(time.Minute)
	},
	// The endpoint hangs for one of the two batches.
	"never_polled": func(h *harness.Harness) {
		h.Sim.Inject(gateway.Fault{JobID: "hangs", Kind: gateway.Hang})
		h.Add(fleet.Batch{JobID: "answers", Override: Nothing()})
		h.Add(fleet.Batch{JobID: "hangs"})
		h.Pass(9 * time.Second)
	},
	"hostile_text": func(h *harness.Harness) {
		b := harness.Ordinary(time.Now())
		b.Desc = strings.Repeat("固件升级", 10<<10/len("固件升级")) // 10 kB, cut between characters
		b.GroupName = "智能电表 \"华东\"\n# HELP go_goroutines } 1"
		b.Tags = []fleet.Tag{{Key: `C:\new`, Value: "a\nb"}, {Key: "仓库", Value: `say "hi"`}, {}}
		b.SrcVersions = []string{`1.0\n`, "1.0\n", ""}
		b.Override = map[string]any{
			"Name":        json.RawMessage("\"not \xff\xfeUTF-8\""),
			"DestVersion": json.RawMessage(`"half a pair \ud83d, emoji 🚀"`),
			"JobStatus":   "{\"PAUSED\"\\\n}",
		}
		h.Add(b)
	},
	"equal_tags_and_source_versions": func(h *harness.Harness) {
		b := fleet.Batch{
			Tags:        []fleet.Tag{{Key: "k", Value: "v"}, {Key: "k", Value: "v"}, {Key: "k", Value: "w"}, {Key: "l", Value: "v"}},
			SrcVersions: []string{"1.0", "1.1", "1.0"},
			Override:    Nothing(),
		}
		delete(b.Override, "Tags")
		delete(b.Override, "SrcVersions")
		h.Add(b)
	},
	"devices_counted": func(h *harness.Harness) {
		b := harness.Ordinary(time.Now())
		b.Devices = fleet.Devices{Count: 2500, Offline: 0.1, Silent: 0.2, Hung: 0.3, Fail: 0.05, Report: time.Minute, Install: 5 * time.Minute}
		h.CountDevices()
		h.Add(b)
		h.Pass(61 * time.Second) // settings and devices, and the devices once more
	},
	// Devices fail in the documented ways and words, and in some that nobody documented. All
	// of them are on one page.
	"devices_failed": func(h *harness.Harness) {
		b := harness.Ordinary(time.Now())
		b.Devices = fleet.Devices{Count: 100, Fail: 0.5, Hung: 0.1, Failures: harness.Failures()}
		h.CountDevices()
		h.Account().Reasons = reason.Rules{{Reason: "flash_full", Match: regexp.MustCompile("(?i)no space")}}
		h.Add(b)
		h.Pass(time.Second)
	},
	// More devices failed than a page holds.
	"devices_failed_many": func(h *harness.Harness) {
		b := harness.Ordinary(time.Now())
		b.Devices = fleet.Devices{Count: 1000, Fail: 0.5, Failures: harness.Failures()}
		h.CountDevices()
		h.Add(b)
		h.Pass(time.Second)
	},
	// The counts of the first round stay, and grow old.
	"device_counts_failing": func(h *harness.Harness) {
		b := harness.Ordinary(time.Now())
		b.Devices = fleet.Devices{Count: 10, Report: time.Minute, Install: time.Hour}
		h.CountDevices()
		h.Add(b)
		h.Pass(time.Second)
		h.Sim.Inject(gateway.Fault{Operation: aliyun.OpListOTATaskByJob, Code: "iot.system.SystemException"})
		h.Pass(61 * time.Second)
	},
	"devices_to_be_confirmed": func(h *harness.Harness) {
		b := harness.Ordinary(time.Now())
		b.NeedConfirm = new(true)
		b.Devices = fleet.Devices{Count: 10, Unconfirmed: 0.5, Offline: 0.5}
		h.CountDevices()
		h.Add(b)
		h.Pass(time.Second)
	},
	"deadline_by_schedule_finish": func(h *harness.Harness) {
		b := harness.Ordinary(time.Now())
		b.Schedule, b.ScheduleFinish = time.Now().Add(-time.Hour), time.Now().Add(23*time.Hour)
		h.Add(b)
	},
	"deadline_by_default": func(h *harness.Harness) {
		b := harness.Ordinary(time.Now())
		b.TimeoutInMinutes = 0
		h.Add(b)
	},
	// A list shows the batch before the first answer of QueryOTAJob.
	"listed_only": func(h *harness.Harness) {
		h.Sim.Inject(gateway.Fault{Operation: aliyun.OpQueryOTAJob, Kind: gateway.Hang})
		h.AddByList(harness.Ordinary(time.Now()))
		h.Pass(9 * time.Second)
	},
	"numbers_that_cannot_be_read": func(h *harness.Harness) {
		b := harness.Ordinary(time.Now())
		b.Override = map[string]any{
			"RetryCount": "NaN", "RetryInterval": "-Inf", "TimeoutInMinutes": json.RawMessage("1e999"), "MaximumPerMinute": "many",
			"GrayPercent": "50 %", "DynamicMode": []int{1}, "OverwriteMode": "0x1", "UtcModified": "yesterday",
		}
		h.Add(b)
	},
}

// Nothing returns an Override that removes every field except JobStatus, which is required in
// an answer.
func Nothing() map[string]any {
	absent := map[string]any{"JobId": fleet.Absent}
	for field := range reflect.TypeFor[aliyun.Job]().Fields() {
		absent[WireName(field)] = fleet.Absent
	}
	absent["JobStatus"] = aliyun.StatusInProgress
	return absent
}

// WireName returns the name of a field in the answer of the API.
func WireName(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	return name
}
