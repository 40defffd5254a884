package pages

import (
	"slices"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// timelineEntry is a time in the life of a batch.
type timelineEntry struct {
	Name phrase.Text
	*moment
	at time.Time
}

// Timeline returns the known times of the batch, the earliest one first.
func (r *pageRow) Timeline() []timelineEntry {
	var all []timelineEntry
	add := func(name phrase.Text, at *time.Time) {
		if at != nil && !at.IsZero() {
			all = append(all, timelineEntry{name, r.moment(*at), *at})
		}
	}
	j := r.Job
	add(phrase.Of("created"), j.UtcCreate)
	add(phrase.Of("planned start"), j.UtcScheduleTime)
	add(phrase.Of("started"), j.UtcStartTime)
	add(phrase.Of("last modified"), j.UtcModified)
	if at := r.LastFinished(); r.Devices != nil && r.Devices.Finished() > 0 && (r.Status != aliyun.StatusCompleted || !at.After(r.EndedAt())) {
		// All devices of a completed batch finished before its end, although the exporter
		// may have counted them for the first time later.
		add(phrase.Of("number of finished devices last changed"), &at)
	}
	if at, ok := r.FinishesAt(); ok {
		add(phrase.Of("all devices have finished, at the current rate"), &at)
	}
	add(phrase.Of("deadline"), &r.deadline)
	add(phrase.Of("planned end, when the rest is cancelled"), j.UtcScheduleFinishTime)
	add(phrase.Of("ended"), j.UtcEndTime)
	slices.SortStableFunc(all, func(a, b timelineEntry) int { return a.at.Compare(b.at) })
	return all
}

// DeadlineText says in a sentence what the deadline follows from, or why there is none.
func (r *pageRow) DeadlineText() phrase.Text {
	switch {
	case r.Uncounted:
		return phrase.Of("The deadline follows from the push limit and the number of devices. It is known after the first count of the devices.")
	case r.Basis == "schedule_finish":
		return phrase.Of("The deadline is the planned end of the batch.")
	case r.Basis == "settings" && r.Job.PushLimit() != nil && r.Size != nil:
		return phrase.Of("The deadline is the start, plus the time that the push limit needs for %s devices, plus the timeout of one device. Retries add nothing.",
			phrase.Number(*r.Size))
	case r.Basis == "settings":
		return phrase.Of("The deadline is the start plus the timeout of one device, which includes retries.")
	case r.Basis == "default":
		return phrase.Of("The deadline is the start plus polling.expected_duration of the exporter, because the batch has no timeout.")
	case r.Job.Dynamic():
		return phrase.Of("A dynamic batch has no deadline: it continues until it is cancelled.")
	case r.Status == noData:
		return phrase.Of("There is no deadline, because there is no data.")
	}
	return phrase.Of("There is no deadline: the API has not sent a start or a planned end yet.")
}

// lastAnswer is the last answer of an operation about the batch.
type lastAnswer struct {
	store.Answer
	When *moment
}

// LastAnswers returns the last answer of each operation that was called since the program
// started.
func (r *pageRow) LastAnswers() (all []lastAnswer) {
	for _, a := range r.Answers {
		all = append(all, lastAnswer{a, r.moment(a.At)})
	}
	return all
}

// pastEvent is an event of the history.
type pastEvent struct {
	store.Event
	When *moment
}

// PastEvents returns the history of the batch, the newest event first.
func (r *pageRow) PastEvents() (all []pastEvent) {
	for _, e := range slices.Backward(r.History) {
		all = append(all, pastEvent{e, r.moment(e.At)})
	}
	return all
}

// Watched says why the batch is watched.
func (r *pageRow) Watched() phrase.Text {
	text := phrase.Of("named in the configuration")
	if r.Origin == target.Discovered {
		text = phrase.Of("discovered")
	}
	if by := r.DiscoveredBy(); by != "" {
		return phrase.Of("%s, listed by %s", text, listName(by))
	}
	return text
}
