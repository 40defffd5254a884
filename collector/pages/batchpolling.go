package pages

import (
	"slices"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// lastAnswer is the last answer of an operation about the batch.
type lastAnswer struct {
	store.OperationAnswer
	When *moment
}

// LastAnswers returns the last answer of each operation that was called since the program
// started.
func (r *pageRow) LastAnswers() (all []lastAnswer) {
	for _, a := range r.Answers.All() {
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
func (r *pageRow) Watched() string {
	text := "named in the configuration"
	if r.Origin == target.Discovered {
		text = "discovered"
	}
	if by := r.DiscoveredBy(); by != "" {
		text += ", listed by " + by
	}
	return text
}
