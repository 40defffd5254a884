package pages

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
)

// PromQL returns a query for everything that Prometheus knows of the batch.
func (v *batchView) PromQL() string {
	return `{__name__=~"aliyun_iot_ota_job_.+", account=` + strconv.Quote(v.Account) + `, job_id=` + strconv.Quote(v.JobID) + `}`
}

// Commands returns commands of Alibaba Cloud's CLI: one that reads the batch, then one for
// each task status that lists devices, those that failed and those that have not finished.
// There are none if a shell could misread the ids.
func (v *batchView) Commands() []string {
	scheme, host, _ := strings.Cut(v.Instance.URL, "://")
	words := []parameter{{"JobId", v.JobID}, {"IotInstanceId", v.Instance.ID}, {"region", v.Region}, {"endpoint", host}}
	for _, word := range words {
		if printable.Text(word.value) != word.value {
			return nil
		}
	}
	// The CLI knows the endpoints of some regions only, so each command names its own.
	job, at := words[0].String(), words[1].String()+words[2].String()+words[3].String()
	if scheme == "http" {
		at += " --insecure" // the CLI's word for HTTP without TLS
	}
	commands := []string{"aliyun iot QueryOTAJob" + job + at}
	for _, status := range v.listedStatuses() {
		commands = append(commands, "aliyun iot ListOTATaskByJob"+job+parameter{"TaskStatus", status}.String()+" --CurrentPage 1 --PageSize 100"+at)
	}
	return commands
}

// parameter is one of the CLI.
type parameter struct{ name, value string }

// String returns the parameter as it is written in a shell, with a space in front; "" if it
// has no value.
func (p parameter) String() string {
	switch {
	case p.value == "":
		return ""
	case strings.HasPrefix(p.value, "-"): // else the CLI takes it for the next parameter
		return " --" + p.name + "=" + shellQuoted(p.value)
	}
	return " --" + p.name + " " + shellQuoted(p.value)
}

// listedStatuses returns the documented task statuses of devices that may need attention; an
// empty one, for all devices, if none is counted.
func (v *batchView) listedStatuses() []string {
	if v.Devices == nil {
		return []string{""}
	}
	var listed []string
	for _, status := range aliyun.TaskStatuses {
		finished := slices.Contains(aliyun.FinishedTaskStatuses, status) && status != aliyun.TaskFailed
		if v.Devices.ByStatus[status] > 0 && !finished {
			listed = append(listed, status)
		}
	}
	if listed == nil {
		return []string{""}
	}
	return listed
}

var shellSafe = regexp.MustCompile(`^[A-Za-z0-9_./:@%+,-]+$`)

// shellQuoted returns a word as it is written in a shell.
func shellQuoted(word string) string {
	if shellSafe.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
