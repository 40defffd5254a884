package poll

import (
	"strings"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/reason"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// failures says why devices failed. tasks is a page of tasks, of which only those that are
// FAILED are read; failed is how many there are in all. The reasons add up to failed.
func failures(tasks []aliyun.Task, failed int, rules reason.Rules) (reasons map[string]int, devices []store.FailedDevice) {
	if failed == 0 {
		return nil, nil
	}
	reasons, devices = make(map[string]int), make([]store.FailedDevice, 0, min(failed, len(tasks), store.MaxFailed))
	texts := make(map[string]string) // equal texts of many devices share their memory
	shared := func(s *string) string {
		text := aliyun.Text(s)
		if _, ok := texts[text]; !ok {
			texts[text] = printable.Cut(printable.Text(text), reason.MaxText)
		}
		return texts[text]
	}
	known := make(map[[2]string]string) // reasons
	for i := range tasks {
		t := &tasks[i]
		if aliyun.Text(t.TaskStatus) != store.Failed || len(devices) == min(failed, store.MaxFailed) {
			continue
		}
		d := store.FailedDevice{
			Name: printable.Text(aliyun.Text(t.DeviceName)), Text: shared(t.TaskDesc),
			SrcVersion: shared(t.SrcVersion), DestVersion: shared(t.DestVersion),
		}
		progress := shared(t.Progress)
		if strings.TrimSpace(d.Text) == "" && strings.HasPrefix(progress, "-") {
			d.Text = progress // the step that failed is all that is known
		}
		said := [2]string{d.Text, progress}
		if _, ok := known[said]; !ok {
			known[said] = rules.Of(d.Text, progress)
		}
		d.Reason = known[said]
		if t.UtcModified != nil {
			d.At = *t.UtcModified
		}
		devices = append(devices, d)
		reasons[d.Reason]++
	}
	if unread := failed - len(devices); unread > 0 {
		reasons[reason.Unread] = unread
	}
	return reasons, devices
}
