package pages

import (
	"slices"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/advice"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
)

// runbooks is where the runbooks of the alerts are.
const runbooks = "https://github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/blob/main/deploy/runbooks/"

// trouble is something that may need attention, and the runbook about it.
type trouble struct {
	Text    phrase.Text
	Cure    phrase.Text // nil: the runbook has it
	Runbook string      // the name of an alert
	Address string      // of the runbook
}

// The alerts use the same limits, but over time, which a page cannot know.
const (
	lateStart    = 10 * time.Minute
	lateEnd      = 10 * time.Minute // after the planned end
	liveAfterEnd = 15 * time.Minute
	noProgress   = 2 * time.Hour
	failedShare  = 0.1
	minTried     = 10
)

// Troubles returns what may need attention now, the most urgent one first. It is empty for a
// batch in order.
func (v *batchView) Troubles() []trouble {
	var all []trouble
	folder := runbooks
	if v.Language == phrase.Chinese {
		folder += string(phrase.Chinese) + "/"
	}
	add := func(runbook string, text, cure phrase.Text) {
		all = append(all, trouble{text, cure, runbook, folder + runbook + ".md"})
	}
	if v.failsOften() {
		add("OTAJobFailureRatioHigh", phrase.Of("More than 10% of the devices that were tried failed."), nil)
	}
	v.addLate(add)
	if d := v.Devices; d != nil && v.Status == aliyun.StatusCanceled && d.Unfinished() > 0 && d.AsOf.Sub(v.EndedAt()) >= liveAfterEnd {
		add("OTAJobCanceledWithLiveDevices", phrase.Of("The batch is cancelled, but some devices still have a task that has not ended."), nil)
	}
	if v.Job.JobStatus != nil && !slices.Contains(aliyun.Statuses, v.Status) {
		add("OTAJobUnknownStatus", phrase.Of("The status is not documented. Alerts and rates do not know what it means."), nil)
	}
	if v.Err != nil {
		runbook, text := "OTAPollStale", phrase.Of("The last poll failed, so the data gets older.")
		switch v.Err.Class {
		case aliyun.ClassNotFound:
			runbook, text = "OTAJobGone", phrase.Of("The batch is gone, or it never existed.")
		case aliyun.ClassThrottled:
			runbook = "OTABudgetThrottled"
		case aliyun.ClassAuth, aliyun.ClassPermission:
			runbook = "OTAAccountFailing"
		}
		add(runbook, text, v.Failure().Cure)
	}
	if v.DevicesErr != nil {
		runbook := "OTADeviceCountsStale"
		if c := v.DevicesErr.Class; c == aliyun.ClassAuth || c == aliyun.ClassPermission {
			runbook = "OTAAccountFailing"
		}
		add(runbook, phrase.Of("The last count of the devices failed, so their numbers get older."), advice.Cure(v.DevicesErr, v.Instance, v.subject()))
	}
	return all
}

// addLate adds what happens later than planned, or not at all.
func (v *batchView) addLate(add func(runbook string, text, cure phrase.Text)) {
	asOf := v.TrueAt()
	late := func(at *time.Time, limit time.Duration) bool { return at != nil && asOf.Sub(*at) > limit }
	switch v.Status {
	case aliyun.StatusPlanned:
		if late(v.Job.UtcScheduleTime, lateStart) {
			add("OTAJobStartMissed", phrase.Of("The batch has not started at its planned start."), nil)
		}
		return
	case aliyun.StatusInProgress:
	default:
		return
	}
	switch {
	case late(v.Job.UtcScheduleFinishTime, lateEnd):
		add("OTAJobScheduleOverrun", phrase.Of("The batch continues after its planned end."), nil)
	case v.Overdue():
		add("OTAJobStuck", phrase.Of("The batch continues after its deadline."), nil)
	}
	if d := v.Devices; d != nil && d.Unfinished() > 0 && d.AsOf.Sub(v.LastFinished()) >= noProgress {
		text := phrase.Sentences{phrase.Of("No device has finished for two hours.")}
		if waiting := d.ByStatus[aliyun.TaskNotified] + d.ByStatus[aliyun.TaskInProgress]; waiting == 0 {
			text = append(text, phrase.Of("The rest is offline or waits for its turn; no timeout runs for such devices."))
		}
		add("OTAJobNoProgress", text, nil)
	}
}

// failsOften reports whether more than a tenth of the devices that were tried have failed. A
// batch that verifies a package has too few devices to tell.
func (v *batchView) failsOften() bool {
	if v.Devices == nil || aliyun.Text(v.Job.JobType) == "VERIFY_FIRMWARE" {
		return false
	}
	failed := v.Devices.ByStatus[aliyun.TaskFailed]
	tried := failed + v.Devices.ByStatus[aliyun.TaskSucceeded]
	return tried >= minTried && float64(failed) > failedShare*float64(tried)
}
