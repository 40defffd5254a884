package pages

import (
	"strconv"
	"strings"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// setting is one setting of a batch in words.
type setting struct{ Name, Text string }

// settingTexts say what the documented values of some fields mean.
var settingTexts = map[string]map[string]string{
	"Devices": {
		"STATIC":  "static: those that match when the batch is created",
		"DYNAMIC": "dynamic: also those that match later, until the batch is cancelled",
	},
	"Scope": {
		"ALL":      "all devices of the product that match",
		"SPECIFIC": "selected devices",
		"GRAY":     "a share of the devices that match",
		"GROUP":    "the devices of a group",
	},
	"Purpose": {
		"VERIFY_FIRMWARE":  "verify the package on a few devices",
		"UPGRADE_FIRMWARE": "upgrade devices",
	},
	"Dynamic mode": {
		"1": "devices that match now or later",
		"2": "only devices that report a new version from now on",
	},
	"Earlier tasks": {
		"1": "a device that has an earlier task keeps it",
		"2": "this batch replaces earlier tasks that are not in progress",
	},
	"Push":         {"true": "the platform pushes the task to devices that are online", "false": "devices have to ask for their task"},
	"Confirmation": {"true": "an app has to confirm the upgrade of each device", "false": "not needed"},
	"Modules": {
		"true":  "devices can upgrade several modules at once; this batch replaces earlier tasks of its module that are not in progress",
		"false": "devices upgrade one module at a time",
	},
}

// Settings returns the settings of the batch that the API sent.
func (r *pageRow) Settings() []setting {
	var all []setting
	add := func(name, text string) {
		if text != "" {
			all = append(all, setting{name, text})
		}
	}
	// known adds the meaning of a value, or the value itself if it is not documented.
	known := func(name, value string) {
		if text := settingTexts[name][value]; text != "" {
			value = text
		}
		add(name, value)
	}
	j := r.Job
	known("Purpose", aliyun.Text(j.JobType))
	known("Devices", aliyun.Text(j.SelectionType))
	known("Scope", aliyun.Text(j.TargetSelection))
	if j.GrayPercent != nil {
		add("Share", plain(*j.GrayPercent)+" % of the devices")
	}
	add("Group", strings.TrimSpace(aliyun.Text(j.GroupName)+" "+aliyun.Text(j.GroupID)))
	if j.DynamicMode != nil {
		known("Dynamic mode", plain(*j.DynamicMode))
	}
	if limit := j.PushLimit(); limit != nil {
		add("Push limit", "at most "+plain(*limit)+" devices a minute")
	}
	if timeout := j.Timeout(); timeout != nil {
		add("Timeout", plain(*timeout)+" min for each device from its first progress report, retries included")
	}
	if j.RetryCount != nil || j.RetryInterval != nil {
		add("Retries", retries(j))
	}
	if j.OverwriteMode != nil {
		known("Earlier tasks", plain(*j.OverwriteMode))
	}
	for _, flag := range []struct {
		name  string
		value *bool
	}{{"Push", j.NeedPush}, {"Confirmation", j.NeedConfirm}, {"Modules", j.MultiModuleMode}} {
		if flag.value != nil {
			known(flag.name, strconv.FormatBool(*flag.value))
		}
	}
	add("Download", aliyun.Text(j.DownloadProtocol))
	return all
}

// retries describes the retry policy, of which the API may send only a part.
func retries(j *aliyun.Job) string {
	text := "after a reported failure"
	if j.RetryCount != nil {
		text = "up to " + plain(*j.RetryCount) + " " + text
	}
	switch {
	case j.RetryInterval == nil:
		return text
	case *j.RetryInterval == 0:
		return text + ", at once"
	}
	return text + ", each " + plain(*j.RetryInterval) + " min later"
}

// plain formats a number as people write it.
func plain(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
