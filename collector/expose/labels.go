package expose

import (
	"slices"
	"strconv"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// label is the name and the value of one label.
type label struct{ name, value string }

// maxDescription is the maximum length of the description label in bytes, because every
// scrape repeats it.
const maxDescription = 256

// infoLabels are the labels of job_info in addition to account and job_id. A label is "" if
// the API did not send its field. A new label is one line here.
var infoLabels = []struct {
	name  string
	value func(*store.State) string
}{
	{"region", func(s *store.State) string { return s.Region }},
	{"iot_instance_id", func(s *store.State) string { return s.Instance.ID }},
	{"name", func(s *store.State) string { return aliyun.Text(s.Job.Name) }},
	{"description", func(s *store.State) string { return printable.Cut(aliyun.Text(s.Job.JobDesc), maxDescription) }},
	{"firmware_id", func(s *store.State) string { return aliyun.Text(s.Job.FirmwareID) }},
	{"product_key", func(s *store.State) string { return aliyun.Text(s.Job.ProductKey) }},
	{"dest_version", func(s *store.State) string { return aliyun.Text(s.Job.DestVersion) }},
	{"job_type", func(s *store.State) string { return aliyun.Text(s.Job.JobType) }},
	{"selection_type", func(s *store.State) string { return aliyun.Text(s.Job.SelectionType) }},
	{"target_selection", func(s *store.State) string { return aliyun.Text(s.Job.TargetSelection) }},
	{"dynamic_mode", func(s *store.State) string { return number(s.Job.DynamicMode) }},
	{"overwrite_mode", func(s *store.State) string { return number(s.Job.OverwriteMode) }},
	{"group_id", func(s *store.State) string { return aliyun.Text(s.Job.GroupID) }},
	{"group_name", func(s *store.State) string { return aliyun.Text(s.Job.GroupName) }},
	{"download_protocol", func(s *store.State) string { return aliyun.Text(s.Job.DownloadProtocol) }},
	{"need_push", func(s *store.State) string { return boolean(s.Job.NeedPush) }},
	{"need_confirm", func(s *store.State) string { return boolean(s.Job.NeedConfirm) }},
	{"multi_module_mode", func(s *store.State) string { return boolean(s.Job.MultiModuleMode) }},
}

// firmwareLabels are the labels of firmware_info in addition to account and firmware_id. A
// label is "" if the API did not send its field. A new label is one line here.
var firmwareLabels = []struct {
	name  string
	value func(*aliyun.Firmware) string
}{
	{"name", func(f *aliyun.Firmware) string { return aliyun.Text(f.FirmwareName) }},
	{"product_key", func(f *aliyun.Firmware) string { return aliyun.Text(f.ProductKey) }},
	{"product_name", func(f *aliyun.Firmware) string { return aliyun.Text(f.ProductName) }},
	{"module_name", func(f *aliyun.Firmware) string { return aliyun.Text(f.ModuleName) }},
	{"dest_version", func(f *aliyun.Firmware) string { return aliyun.Text(f.DestVersion) }},
	{"type", func(f *aliyun.Firmware) string { return number(f.Type) }},
	{"status", func(f *aliyun.Firmware) string { return number(f.Status) }},
}

// statuses returns the values of the status label of job_status: the documented statuses,
// and the status of the batch if it is not documented. Without a status there are none.
func statuses(job *aliyun.Job) []string {
	switch own := aliyun.Text(job.JobStatus); {
	case own == "":
		return nil
	case slices.Contains(aliyun.Statuses, own):
		return aliyun.Statuses
	default:
		return append(slices.Clone(aliyun.Statuses), own)
	}
}

func number(f *float64) string {
	if f == nil {
		return ""
	}
	return strconv.FormatFloat(*f, 'f', -1, 64)
}

func boolean(b *bool) string {
	if b == nil {
		return ""
	}
	return strconv.FormatBool(*b)
}
