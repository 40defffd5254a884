package demo

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
)

const enterprise = "iot-cn-0pp1n8tdemo"

// rollout is a package of the demo with its batch.
type rollout struct {
	firmware fleet.Firmware
	batch    fleet.Batch
	line     bool // the first rollout of a line

	uncountable bool // ListOTATaskByJob fails, after countable
}

// The products of the demo.
var (
	coldChain = fleet.Firmware{Account: "production", ProductKey: "a1ColdChn01", ProductName: "冷链温湿度传感器",
		ModuleName: "default", Size: 262_144, Status: 1}
	eBike = fleet.Firmware{Account: "production", InstanceID: enterprise, ProductKey: "a1EBikeCtl2",
		ProductName: "E-bike motor controller", ModuleName: "mcu", Size: 786_432, Status: 1}
	meter = fleet.Firmware{Account: "partner", ProductKey: "a1SmartMtr3", ProductName: "Smart meter",
		ModuleName: "default", Size: 1_572_864, Status: 1}
)

// idOf returns the id of the n-th package or job. It is as long as a real id.
func idOf(kind string, n int) string {
	return fmt.Sprintf("%.18s%04d0000", kind+"xxxxxxxxxxxxxxxxxx", n)
}

// deletedBatch is the id of a batch that the configuration has and the API does not know.
var deletedBatch = idOf("DeletedBatch", 9999)

// followUp returns the id of a later version of a package or job.
func followUp(id string, version int) string {
	return fmt.Sprintf("%s%04d", strings.TrimSuffix(id, "0000"), version)
}

// Owns reports whether a job is one of the demo.
func Owns(jobID string) bool {
	mine := func(id string) bool { return strings.HasPrefix(jobID, strings.TrimSuffix(id, "0000")) }
	return mine(deletedBatch) || slices.ContainsFunc(rollouts(time.Time{}), func(r rollout) bool { return mine(r.batch.JobID) })
}

// rollouts returns batches in every state in which a batch can be. The ids do not depend
// on now. Descriptions in English are names instead of sentences: pages in every language show them.
func rollouts(now time.Time) []rollout {
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	day := 24 * time.Hour
	quick := fleet.Devices{Count: 240, Online: 2 * time.Minute, Report: 10 * time.Second, Install: 40 * time.Second}
	// The causes that are left over are those of the platform: a wrong version, and the timeout.
	bikeFailures := []fleet.Failure{
		{Share: 0.3, Desc: "ota fetch failed: connection reset by peer", Progress: "-2"},
		{Share: 0.2, Desc: "battery at 11%, update refused", Progress: "-1"},
		{Share: 0.2, Desc: "check ota files failed!", Progress: "-3"},
		{Share: 0.1, Desc: "0x8007000e"},
	}
	sensorFailures := []fleet.Failure{{Share: 0.4, Desc: "固件校验失败", Progress: "-3"}, {Share: 0.3, Desc: "固件烧写失败", Progress: "-4"}}
	with := func(d fleet.Devices, change func(*fleet.Devices)) fleet.Devices { change(&d); return d }

	all := []rollout{
		{firmware: coldChain, line: true, batch: fleet.Batch{
			Desc: "冷链传感器 全量升级", Create: ago(30 * time.Second), OverwriteMode: 1, Retry: &fleet.Retry{Count: 1},
			TimeoutInMinutes: 5, SrcVersions: []string{"2.3.0", "2.3.1", "2.2.9"},
			Tags:    []fleet.Tag{{Key: "warehouse", Value: "上海一号"}, {Key: "owner", Value: "cold-chain"}},
			Devices: with(quick, func(d *fleet.Devices) { d.Fail, d.Flaky, d.Failures = 0.02, 0.05, sensorFailures })}},
		{firmware: coldChain, line: true, batch: fleet.Batch{
			Desc: "planned-in-1m", Create: ago(time.Hour), Schedule: now.Add(time.Minute),
			OverwriteMode: 2, MaximumPerMinute: 60, TimeoutInMinutes: 30, Retry: &fleet.Retry{Count: 2, Interval: 10},
			SrcVersions: []string{"2.3.1"},
			Devices:     with(quick, func(d *fleet.Devices) { d.Count = 180 })}},
		{firmware: coldChain, batch: fleet.Batch{
			Desc: "夜间升级，有结束时间", Create: ago(2 * time.Hour), Schedule: now.Add(110 * time.Second),
			ScheduleFinish: now.Add(2 * time.Hour), OverwriteMode: 1, CancelTasks: true, TimeoutInMinutes: 60,
			Devices: fleet.Devices{Count: 1200, Online: 3 * time.Hour, Report: time.Minute, Install: 4 * time.Minute, Offline: 0.01}}},
		{firmware: coldChain, batch: fleet.Batch{
			Desc: "stuck-devices-lost", Create: ago(6 * day), OverwriteMode: 1,
			SrcVersions: []string{"2.1.4"}, Tags: []fleet.Tag{{Key: "owner", Value: "cold-chain"}},
			Devices: fleet.Devices{Count: 860, Online: 20 * time.Hour, Report: time.Minute, Install: 3 * time.Minute,
				Offline: 0.006, Silent: 0.01, Fail: 0.012, Failures: sensorFailures}}},
		{firmware: coldChain, batch: fleet.Batch{
			Desc: "灰度 10%", TargetSelection: "GRAY", GrayPercent: "10.00", Create: ago(4 * time.Minute), OverwriteMode: 1,
			TimeoutInMinutes: 30, Retry: &fleet.Retry{Count: 5, Interval: 10}, SrcVersions: []string{"2.3.0"},
			Devices: fleet.Devices{Count: 320, Online: 9 * time.Minute, Report: 20 * time.Second, Install: 90 * time.Second, Flaky: 0.03}}},
		{firmware: coldChain, batch: fleet.Batch{
			Desc: "completed-all-ok", Create: ago(3 * day), OverwriteMode: 1,
			Devices: fleet.Devices{Count: 75, Online: time.Hour, Report: time.Minute, Install: 3 * time.Minute}}},

		{firmware: eBike, line: true, batch: fleet.Batch{
			Desc: "verify-next-build", JobType: "VERIFY_FIRMWARE", TargetSelection: "SPECIFIC",
			Create: ago(time.Minute), TimeoutInMinutes: 5, NeedPush: new(true),
			Devices: fleet.Devices{Count: 4, Report: 30 * time.Second, Install: 2 * time.Minute}}},
		{firmware: eBike, batch: fleet.Batch{
			Desc: "dynamic-all-old-bikes", SelectionType: "DYNAMIC", DynamicMode: 1, Create: ago(23 * day),
			OverwriteMode: 1, MaximumPerMinute: 500, TimeoutInMinutes: 120, Retry: &fleet.Retry{Count: 2, Interval: 60},
			SrcVersions: []string{"4.0.0", "4.0.1", "4.0.2", "4.1.0"}, DownloadProtocol: "HTTPS",
			Devices: fleet.Devices{Count: 3000, Every: 90 * time.Second, Online: 5 * day, Report: 2 * time.Minute, Install: 5 * time.Minute,
				Offline: 0.02, Fail: 0.01, Flaky: 0.02, Failures: bikeFailures}}},
		{firmware: eBike, batch: fleet.Batch{
			Desc: "needs-consent", NeedConfirm: new(true), NeedPush: new(true), Create: ago(8 * time.Minute),
			OverwriteMode: 2, TimeoutInMinutes: 20, MultiModuleMode: new(false),
			Devices: fleet.Devices{Count: 600, Confirm: 40 * time.Minute, Online: 5 * time.Minute, Report: 30 * time.Second,
				Install: 2 * time.Minute, Unconfirmed: 0.05}}},
		{firmware: eBike, batch: fleet.Batch{
			Desc: "canceled-by-hand", Create: ago(26 * time.Hour), OverwriteMode: 1,
			Devices:   fleet.Devices{Count: 500, Online: 30 * time.Hour, Report: time.Minute, Install: 5 * time.Minute, Hung: 0.01},
			Cancelled: ago(3 * time.Hour)}},
		{firmware: eBike, batch: fleet.Batch{
			Desc: "canceled-with-tasks", Create: ago(9 * day), OverwriteMode: 1, CancelTasks: true,
			Devices:   fleet.Devices{Count: 500, Online: 4 * day, Report: time.Minute, Install: 5 * time.Minute, Fail: 0.03},
			Cancelled: ago(8 * day)}},
		{firmware: eBike, batch: fleet.Batch{
			Desc: "100k-bikes-200-per-min", Create: ago(5 * time.Hour), OverwriteMode: 1, MaximumPerMinute: 200,
			TimeoutInMinutes: 1440, Retry: &fleet.Retry{Count: 1, Interval: 30}, GroupID: "tDQvBJqbUyHs****", GroupName: "城市共享单车",
			TargetSelection: "GROUP", SrcVersions: []string{"4.0.2", "4.1.0"},
			Devices: fleet.Devices{Count: 100_000, Report: time.Minute, Install: 6 * time.Minute, Flaky: 0.04, Fail: 0.002, Failures: bikeFailures}}},

		{firmware: meter, line: true, batch: fleet.Batch{
			Desc: "智能电表 分批升级", Create: ago(time.Minute), OverwriteMode: 1, MaximumPerMinute: 120, TimeoutInMinutes: 10,
			Retry: &fleet.Retry{Count: 1}, SrcVersions: []string{"7.0.3"}, Tags: []fleet.Tag{{Key: "region", Value: "华东"}},
			Devices: with(quick, func(d *fleet.Devices) { d.Count, d.Install, d.Fail = 400, time.Minute, 0.01 })}},
		{firmware: meter, batch: fleet.Batch{
			Desc: "completed-four-reasons", Create: ago(2 * day), OverwriteMode: 1, TimeoutInMinutes: 60, Retry: &fleet.Retry{Count: 1, Interval: 10},
			SrcVersions: []string{"7.0.2"},
			Devices: fleet.Devices{Count: 940, Online: 6 * time.Hour, Report: time.Minute, Install: 8 * time.Minute, Fail: 0.04, Hung: 0.01, Failures: []fleet.Failure{
				{Share: 0.5, Desc: "No space left on flash", Progress: "-1"}, {Share: 0.2, Progress: "-2.00"}}}}},
		{firmware: meter, batch: fleet.Batch{
			Desc: "schedule-ran-out", Create: ago(4 * day), Schedule: ago(3 * day), ScheduleFinish: ago(2 * day),
			OverwriteMode: 1, CancelTasks: true, MaximumPerMinute: 10,
			Devices: fleet.Devices{Count: 20_000, Report: time.Minute, Install: 8 * time.Minute}}},
		{firmware: meter, batch: fleet.Batch{
			Desc: "planned-tomorrow", Create: ago(10 * time.Minute), Schedule: now.Add(20 * time.Hour),
			ScheduleFinish: now.Add(3 * day), OverwriteMode: 2, MaximumPerMinute: 1000, TimeoutInMinutes: 30,
			Devices: fleet.Devices{Count: 52_000, Report: time.Minute, Install: 8 * time.Minute}}},

		{firmware: coldChain, uncountable: true, batch: fleet.Batch{
			Desc: "devices-not-listable", Create: ago(20 * time.Minute), OverwriteMode: 1, TimeoutInMinutes: 240,
			Devices: fleet.Devices{Count: 150, Online: 3 * time.Hour, Report: time.Minute, Install: 4 * time.Minute}}},
	}
	for i := range all {
		r := &all[i]
		r.firmware.ID = idOf("UfuxnwygsuSkVE0VCN", i)
		r.firmware.Name = fmt.Sprintf("%s-%d", r.firmware.ProductName, i+1)
		r.firmware.DestVersion = fmt.Sprintf("%d.%d.0", 2+i/6*2, i%6+1)
		r.firmware.Create = r.batch.Create.Add(-time.Hour)
		r.batch.Account, r.batch.FirmwareID, r.batch.JobID = r.firmware.Account, r.firmware.ID, idOf("HvKuBpuk3rdk6E92CP", i)
	}
	return all
}
