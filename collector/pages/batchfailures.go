package pages

import (
	"cmp"
	"slices"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/reason"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// textsPerReason is how many different texts of devices the page shows for each reason.
const textsPerReason = 3

// failureReason is why some devices failed.
type failureReason struct {
	Name    string
	Devices int
	Share   string // of the failed devices
	Texts   []failureText
	More    int // other texts
}

// failureText is a text of failed devices, and of how many of those that were read.
type failureText struct {
	Text    string
	Devices int
}

// Reasons returns why devices failed, the commonest reason first.
func (r *pageRow) Reasons() []failureReason {
	if r.Devices == nil {
		return nil
	}
	texts := make(map[string]map[string]int)
	for _, d := range r.Devices.Failed {
		if d.Text == "" {
			continue
		}
		if texts[d.Reason] == nil {
			texts[d.Reason] = make(map[string]int)
		}
		texts[d.Reason][d.Text]++
	}
	failed := 0
	var all []failureReason
	for name, n := range r.Devices.Reasons {
		failed += n
		all = append(all, failureReason{Name: name, Devices: n})
	}
	for i := range all {
		all[i].Share = percent(all[i].Devices, failed)
		all[i].Texts, all[i].More = commonest(texts[all[i].Name])
	}
	slices.SortFunc(all, func(a, b failureReason) int {
		return cmp.Or(cmp.Compare(b.Devices, a.Devices), cmp.Compare(a.Name, b.Name))
	})
	return all
}

// commonest returns the most frequent texts and the number of the others.
func commonest(counts map[string]int) (texts []failureText, more int) {
	for text, n := range counts {
		texts = append(texts, failureText{text, n})
	}
	slices.SortFunc(texts, func(a, b failureText) int {
		return cmp.Or(cmp.Compare(b.Devices, a.Devices), cmp.Compare(a.Text, b.Text))
	})
	n := min(len(texts), textsPerReason)
	return texts[:n], len(texts) - n
}

// failedDevice is a failed device on the page. Its texts are ready to be shown, because a
// template that converts those of a hundred devices takes longer than the rest of the page.
type failedDevice struct {
	Name, From, To, Reason, Text string
	When                         *moment // nil: unknown
}

// FailedDevices returns the failed devices that were read, those that failed last first.
func (r *pageRow) FailedDevices() []failedDevice {
	if r.Devices == nil {
		return nil
	}
	failed := slices.Clone(r.Devices.Failed)
	slices.SortStableFunc(failed, func(a, b store.FailedDevice) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Name, b.Name))
	})
	all := make([]failedDevice, len(failed))
	for i, d := range failed {
		all[i] = failedDevice{pageText(d.Name), pageText(d.SrcVersion), pageText(d.DestVersion), d.Reason, pageText(d.Text), r.moment(d.At)}
	}
	return all
}

// ForgottenFailures says why the page does not list failed devices although their reasons are
// known; "": it lists some, or none was read. The state file keeps only the numbers.
func (r *pageRow) ForgottenFailures() phrase.Text {
	switch {
	case r.Devices == nil || len(r.Devices.Failed) > 0 || r.Devices.ByStatus[aliyun.TaskFailed] == r.Devices.Reasons[reason.Unread]:
		return nil
	case r.WantsCount():
		return phrase.Of("Names and texts of the failed devices are not kept over a restart. They come with the next count.")
	}
	return phrase.Of("Names and texts of the failed devices are not kept over a restart, and this batch is not counted again. The commands below list the devices.")
}

// UnreadFailures returns how many failed devices the page does not list.
func (r *pageRow) UnreadFailures() int {
	if r.Devices == nil {
		return 0
	}
	return max(0, r.Devices.ByStatus[aliyun.TaskFailed]-len(r.Devices.Failed))
}
