package fleet

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Summary returns the batch as ListOTAJobByFirmware shows it, without its settings.
func (v *Job) Summary(now time.Time) Record {
	status, start, end := v.StatusAt(now)
	r := Record{
		{"JobId", v.JobID},
		{"JobStatus", status},
		{"JobType", cmp.Or(v.JobType, "UPGRADE_FIRMWARE")},
		{"ProductKey", v.fw.ProductKey},
		{"FirmwareId", v.FirmwareID},
		{"SelectionType", cmp.Or(v.SelectionType, "STATIC")},
		{"TargetSelection", cmp.Or(v.TargetSelection, "ALL")},
	}
	if len(v.Tags) > 0 {
		var tags []any
		for _, t := range v.Tags {
			tags = append(tags, Record{{"Key", t.Key}, {"Value", t.Value}})
		}
		r = append(r, Field{"Tags", Record{{"OtaTagDTO", tags}}})
	}
	r.add("UtcCreate", utc(v.Create))
	r.add("UtcModified", utc(v.modified(now)))
	r.add("UtcStartTime", utc(start))
	r.add("UtcEndTime", utc(end))
	return r
}

// Record returns the batch as QueryOTAJob shows it.
func (v *Job) Record(now time.Time) Record {
	r := v.Summary(now)
	r.add("Name", v.fw.Name)
	r.add("JobDesc", v.Desc)
	r.add("DestVersion", v.fw.DestVersion)
	r.add("DynamicMode", v.DynamicMode)
	r.add("OverwriteMode", v.OverwriteMode)
	r.add("MaximumPerMinute", v.MaximumPerMinute)
	if v.Retry != nil {
		// A RetryInterval of 0 is shown: it means at once.
		r = append(r, Field{"RetryCount", v.Retry.Count}, Field{"RetryInterval", v.Retry.Interval})
	}
	r.add("TimeoutInMinutes", v.TimeoutInMinutes)
	r.add("GrayPercent", v.GrayPercent)
	if len(v.SrcVersions) > 0 {
		var versions []any
		for _, src := range v.SrcVersions {
			versions = append(versions, src)
		}
		r = append(r, Field{"SrcVersions", Record{{"SrcVersion", versions}}})
	}
	r.add("UtcScheduleTime", utc(v.Schedule))
	r.add("UtcScheduleFinishTime", utc(v.ScheduleFinish))
	for _, f := range []struct {
		name  string
		value *bool
	}{{"NeedPush", v.NeedPush}, {"NeedConfirm", v.NeedConfirm}, {"MultiModuleMode", v.MultiModuleMode}} {
		if f.value != nil {
			r = append(r, Field{f.name, *f.value})
		}
	}
	r.add("DownloadProtocol", v.DownloadProtocol)
	r.add("GroupId", v.GroupID)
	r.add("GroupName", v.GroupName)
	for _, name := range slices.Sorted(maps.Keys(v.Override)) {
		r.override(name, v.Override[name])
	}
	return r
}
