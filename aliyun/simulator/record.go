package simulator

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// utc is a time as the API prints it, to the millisecond; "" for zero.
func utc(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// summary is the batch as ListOTAJobByFirmware shows it: without settings.
func (v *batch) summary(now time.Time) object {
	status, start, end := v.status(now)
	o := object{
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
			tags = append(tags, object{{"Key", t.Key}, {"Value", t.Value}})
		}
		o = append(o, member{"Tags", object{{"OtaTagDTO", tags}}})
	}
	o.add("UtcCreate", utc(v.Create))
	o.add("UtcModified", utc(v.modified(now)))
	o.add("UtcStartTime", utc(start))
	o.add("UtcEndTime", utc(end))
	return o
}

// record is the batch as QueryOTAJob shows it.
func (v *batch) record(now time.Time) object {
	o := v.summary(now)
	o.add("Name", v.fw.Name)
	o.add("JobDesc", v.Desc)
	o.add("DestVersion", v.fw.DestVersion)
	o.add("DynamicMode", v.DynamicMode)
	o.add("OverwriteMode", v.OverwriteMode)
	o.add("MaximumPerMinute", v.MaximumPerMinute)
	if v.Retry != nil {
		// RetryInterval 0 is shown: it means at once.
		o = append(o, member{"RetryCount", v.Retry.Count}, member{"RetryInterval", v.Retry.Interval})
	}
	o.add("TimeoutInMinutes", v.TimeoutInMinutes)
	o.add("GrayPercent", v.GrayPercent)
	if len(v.SrcVersions) > 0 {
		var versions []any
		for _, src := range v.SrcVersions {
			versions = append(versions, src)
		}
		o = append(o, member{"SrcVersions", object{{"SrcVersion", versions}}})
	}
	o.add("UtcScheduleTime", utc(v.Schedule))
	o.add("UtcScheduleFinishTime", utc(v.ScheduleFinish))
	for _, f := range []struct {
		name  string
		value *bool
	}{{"NeedPush", v.NeedPush}, {"NeedConfirm", v.NeedConfirm}, {"MultiModuleMode", v.MultiModuleMode}} {
		if f.value != nil {
			o = append(o, member{f.name, *f.value})
		}
	}
	o.add("DownloadProtocol", v.DownloadProtocol)
	o.add("GroupId", v.GroupID)
	o.add("GroupName", v.GroupName)
	for _, name := range slices.Sorted(maps.Keys(v.Override)) {
		o.override(name, v.Override[name])
	}
	return o
}
