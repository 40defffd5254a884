package pages

import (
	"strconv"
	"strings"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
)

// setting is one setting of a batch in words.
type setting struct{ Name, Text phrase.Text }

// These say what the documented values of settings mean.
var (
	purposes = map[string]phrase.Text{
		"VERIFY_FIRMWARE":  phrase.Of("verify the package on a few devices"),
		"UPGRADE_FIRMWARE": phrase.Of("upgrade devices"),
	}
	selections = map[string]phrase.Text{
		"STATIC":  phrase.Of("static: those that match when the batch is created"),
		"DYNAMIC": phrase.Of("dynamic: also those that match later, until the batch is cancelled"),
	}
	scopes = map[string]phrase.Text{
		"ALL":      phrase.Of("all devices of the product that match"),
		"SPECIFIC": phrase.Of("selected devices"),
		"GRAY":     phrase.Of("a share of the devices that match"),
		"GROUP":    phrase.Of("the devices of a group"),
	}
	dynamicModes = map[string]phrase.Text{
		"1": phrase.Of("devices that match now or later"),
		"2": phrase.Of("only devices that report a new version from now on"),
	}
	overwriteModes = map[string]phrase.Text{
		"1": phrase.Of("a device that has an earlier task keeps it"),
		"2": phrase.Of("this batch replaces earlier tasks that are not in progress"),
	}
)

// These say what false and true mean.
var (
	pushes        = [2]phrase.Text{phrase.Of("devices have to ask for their task"), phrase.Of("the platform pushes the task to devices that are online")}
	confirmations = [2]phrase.Text{phrase.Of("not needed"), phrase.Of("an app has to confirm the upgrade of each device")}
	modules       = [2]phrase.Text{phrase.Of("devices upgrade one module at a time"), phrase.Of("devices can upgrade several modules at once; this batch replaces earlier tasks of its module that are not in progress")}
)

// Settings returns the settings of the batch that the API sent.
func (r *pageRow) Settings() []setting {
	var all []setting
	add := func(name, text phrase.Text) { all = append(all, setting{name, text}) }
	// known adds the meaning of a value, or the value itself if it is not documented.
	known := func(name phrase.Text, meanings map[string]phrase.Text, value string) {
		if text, ok := meanings[value]; ok {
			add(name, text)
		} else if value != "" {
			add(name, phrase.Verbatim(value))
		}
	}
	j := r.Job
	known(phrase.Of("Purpose"), purposes, aliyun.Text(j.JobType))
	known(phrase.Of("Selection"), selections, aliyun.Text(j.SelectionType))
	known(phrase.Of("Scope"), scopes, aliyun.Text(j.TargetSelection))
	if j.GrayPercent != nil {
		add(phrase.Of("Share"), phrase.Of("%s%% of the devices", plain(*j.GrayPercent)))
	}
	known(phrase.Of("Group"), nil, strings.TrimSpace(aliyun.Text(j.GroupName)+" "+aliyun.Text(j.GroupID)))
	if j.DynamicMode != nil {
		known(phrase.Of("Dynamic mode"), dynamicModes, plain(*j.DynamicMode))
	}
	if limit := j.PushLimit(); limit != nil {
		add(phrase.Of("Push limit"), phrase.Of("at most %s devices a minute", plain(*limit)))
	}
	if timeout := j.Timeout(); timeout != nil {
		add(phrase.Of("Timeout"), phrase.Of("%s min for each device from its first progress report, retries included", plain(*timeout)))
	}
	if j.RetryCount != nil || j.RetryInterval != nil {
		add(phrase.Of("Retries"), retries(j))
	}
	if j.OverwriteMode != nil {
		known(phrase.Of("Earlier tasks"), overwriteModes, plain(*j.OverwriteMode))
	}
	for _, flag := range []struct {
		name     phrase.Text
		meanings [2]phrase.Text
		value    *bool
	}{{phrase.Of("Push"), pushes, j.NeedPush}, {phrase.Of("Confirmation"), confirmations, j.NeedConfirm}, {phrase.Of("Modules"), modules, j.MultiModuleMode}} {
		if flag.value != nil {
			add(flag.name, flag.meanings[boolOrder(*flag.value)])
		}
	}
	known(phrase.Of("Download"), nil, aliyun.Text(j.DownloadProtocol))
	return all
}

// retries describes the retry policy, of which the API may send only a part.
func retries(j *aliyun.Job) phrase.Text {
	text := phrase.Of("after a reported failure")
	if j.RetryCount != nil {
		text = phrase.Of("up to %s after a reported failure", plain(*j.RetryCount))
	}
	switch {
	case j.RetryInterval == nil:
		return text
	case *j.RetryInterval == 0:
		return phrase.Of("%s, at once", text)
	}
	return phrase.Of("%s, each %s min later", text, plain(*j.RetryInterval))
}

// plain formats a number as people write it.
func plain(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
