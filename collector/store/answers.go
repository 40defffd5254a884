package store

import (
	"cmp"
	"slices"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// Answer is the outcome of the last call of an operation about a batch.
type Answer struct {
	Operation string
	At        time.Time    // when the call ended
	RequestID string       // "": the answer has none, or there was no answer
	Class     aliyun.Class // why it failed; "": it succeeded
}

// WithAnswer is the state after a call of an operation about the batch has ended at a time.
// failure is nil if the call was answered with this request id.
func (s *State) WithAnswer(operation string, at time.Time, requestID string, failure *aliyun.Error) *State {
	answer := Answer{Operation: operation, At: at, RequestID: requestID}
	if failure != nil {
		answer.RequestID, answer.Class = failure.RequestID, failure.Class
	}
	next := *s
	next.Answers = []Answer{answer}
	for _, known := range s.Answers {
		if known.Operation != operation {
			next.Answers = append(next.Answers, known)
		}
	}
	slices.SortFunc(next.Answers, func(a, b Answer) int {
		return cmp.Compare(slices.Index(aliyun.Operations, a.Operation), slices.Index(aliyun.Operations, b.Operation))
	})
	return &next
}

// Answer returns the last answer of an operation, the zero value if there was none since the
// program started.
func (s *State) Answer(operation string) Answer {
	for _, a := range s.Answers {
		if a.Operation == operation {
			return a
		}
	}
	return Answer{}
}
