package store

import (
	"slices"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// MaxHistory is how many events of a batch are kept.
const MaxHistory = 20

// Event is a change of a batch that the exporter has seen: of its status, or of whether
// the calls of an operation about it succeed. It holds no text of the API.
type Event struct {
	At time.Time
	// Status is the status that the batch had from then on; "": the event is about calls.
	Status string

	// Operation is whose calls began to fail, failed in another way, or succeeded again;
	// "": the event is about the status.
	Operation string
	Class     aliyun.Class // of the failure; "": the calls succeeded again
	Code      string       // of the failure; "": the API sent none
	RequestID string       // of the first call that failed so; "": the API sent none
}

// withEvent is a history with one more event at its end. The history itself stays as it is.
func withEvent(history []Event, e Event) []Event {
	return slices.Concat(history[max(0, len(history)+1-MaxHistory):], []Event{e})
}

// withStatus is the history after the status of the batch was seen at a time.
func withStatus(history []Event, before, after *aliyun.Job, at time.Time) []Event {
	if status := after.Status(); status != "" && status != before.Status() {
		return withEvent(history, Event{At: at, Status: status})
	}
	return history
}

// withOutcome is the history after a call of an operation ended; failure is nil if it was
// answered. A throttled call says nothing about the batch.
func withOutcome(history []Event, operation string, failure *aliyun.Error, at time.Time) []Event {
	e := Event{At: at, Operation: operation}
	if failure != nil {
		e.Class, e.Code, e.RequestID = failure.Class, failure.Code, failure.RequestID
	}
	var last Event // of the operation; the zero value: its calls succeed
	for _, known := range history {
		if known.Operation == operation {
			last = known
		}
	}
	if e.Class == aliyun.ClassThrottled || e.Class == last.Class && e.Code == last.Code {
		return history
	}
	return withEvent(history, e)
}
