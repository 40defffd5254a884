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
	region, instance := v.Region, v.Instance.ID
	for _, text := range []string{v.JobID, region, instance} {
		if printable.Text(text) != text {
			return nil
		}
	}
	end := " --JobId " + shellQuoted(v.JobID)
	at := ""
	if instance != "" {
		at = " --IotInstanceId " + shellQuoted(instance)
	}
	at += " --region " + shellQuoted(region)
	if host := hostOf(v.Instance.URL); host != "" && host != "iot."+region+".aliyuncs.com" {
		at += " --endpoint " + shellQuoted(host)
	}
	commands := []string{"aliyun iot QueryOTAJob" + end + at}
	for _, status := range v.listedStatuses() {
		commands = append(commands, "aliyun iot ListOTATaskByJob"+end+status+" --CurrentPage 1 --PageSize 100"+at)
	}
	return commands
}

// listedStatuses returns a parameter for each documented task status of devices that may need
// attention; an empty one if none is counted.
func (v *batchView) listedStatuses() []string {
	if v.Devices == nil {
		return []string{""}
	}
	var parameters []string
	for _, status := range aliyun.TaskStatuses {
		finished := slices.Contains(aliyun.FinishedTaskStatuses, status) && status != "FAILED"
		if v.Devices.ByStatus[status] > 0 && !finished {
			parameters = append(parameters, " --TaskStatus "+status)
		}
	}
	if parameters == nil {
		return []string{""}
	}
	return parameters
}

var shellSafe = regexp.MustCompile(`^[A-Za-z0-9_./:@%+,-]+$`)

// shellQuoted returns a word as it is written in a shell.
func shellQuoted(word string) string {
	if shellSafe.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// hostOf returns the host and port of an endpoint.
func hostOf(endpoint string) string {
	_, host, _ := strings.Cut(endpoint, "://")
	return host
}
