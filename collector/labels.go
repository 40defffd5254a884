package collector

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
)

// label is one name and value of a sample.
type label struct{ name, value string }

// maxDescription is how much of JobDesc, in bytes, is worth repeating at every
// scrape.
const maxDescription = 256

// infoLabels are the labels of job_info beside account and job_id. "" is what
// the API left out. A new fact that a reader joins on is one line here.
var infoLabels = []struct {
	name  string
	value func(*State) string
}{
	{"region", func(s *State) string { return s.Region }},
	{"iot_instance_id", func(s *State) string { return s.Instance.ID }},
	{"name", func(s *State) string { return str(s.Job.Name) }},
	{"description", func(s *State) string { return printable.Cut(str(s.Job.JobDesc), maxDescription) }},
	{"firmware_id", func(s *State) string { return str(s.Job.FirmwareID) }},
	{"product_key", func(s *State) string { return str(s.Job.ProductKey) }},
	{"dest_version", func(s *State) string { return str(s.Job.DestVersion) }},
	{"job_type", func(s *State) string { return str(s.Job.JobType) }},
	{"selection_type", func(s *State) string { return str(s.Job.SelectionType) }},
	{"target_selection", func(s *State) string { return str(s.Job.TargetSelection) }},
	{"dynamic_mode", func(s *State) string { return number(s.Job.DynamicMode) }},
	{"overwrite_mode", func(s *State) string { return number(s.Job.OverwriteMode) }},
	{"group_id", func(s *State) string { return str(s.Job.GroupID) }},
	{"group_name", func(s *State) string { return str(s.Job.GroupName) }},
	{"download_protocol", func(s *State) string { return str(s.Job.DownloadProtocol) }},
	{"need_push", func(s *State) string { return boolean(s.Job.NeedPush) }},
	{"need_confirm", func(s *State) string { return boolean(s.Job.NeedConfirm) }},
	{"multi_module_mode", func(s *State) string { return boolean(s.Job.MultiModuleMode) }},
}

// statuses are the values of job_status's label: the documented ones, and the
// batch's own where it is another; none where it has no status.
func statuses(job *aliyun.Job) []string {
	switch own := str(job.JobStatus); {
	case own == "":
		return nil
	case slices.Contains(aliyun.Statuses, own):
		return aliyun.Statuses
	default:
		return append(slices.Clone(aliyun.Statuses), own)
	}
}

// taskStatuses are the states that were counted: the documented ones in their
// order, then others that the API may have come to know.
func taskStatuses(counts map[string]int) []string {
	var counted []string
	for _, status := range aliyun.TaskStatuses {
		if _, ok := counts[status]; ok {
			counted = append(counted, status)
		}
	}
	for _, status := range slices.Sorted(maps.Keys(counts)) {
		if !slices.Contains(aliyun.TaskStatuses, status) {
			counted = append(counted, status)
		}
	}
	return counted
}

// str is valid UTF-8, as Prometheus demands; "" when the API left the field out.
func str(s *string) string {
	if s == nil {
		return ""
	}
	return strings.ToValidUTF8(*s, string(utf8.RuneError))
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
