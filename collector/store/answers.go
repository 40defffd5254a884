package store

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// Answers are the last calls of each operation about a batch since the program started.
// The zero value of one means that there was none.
type Answers struct {
	Job    Answer // QueryOTAJob
	List   Answer // ListOTAJobByFirmware, if a list showed the batch
	Counts Answer // ListOTATaskByJob
}

// Answer is the outcome of one call.
type Answer struct {
	At        time.Time    // when it ended
	RequestID string       // "": the answer has none, or there was no answer
	Class     aliyun.Class // why it failed; "": it succeeded
}

// NewAnswer is the outcome of a call that ended at a time. failure is nil if it was
// answered with this request id.
func NewAnswer(at time.Time, requestID string, failure *aliyun.Error) Answer {
	if failure != nil {
		return Answer{At: at, RequestID: failure.RequestID, Class: failure.Class}
	}
	return Answer{At: at, RequestID: requestID}
}

// of returns that of an operation; nil if the operation is not about single batches.
func (a *Answers) of(operation string) *Answer {
	switch operation {
	case aliyun.OpQueryOTAJob:
		return &a.Job
	case aliyun.OpListOTAJobByFirmware:
		return &a.List
	case aliyun.OpListOTATaskByJob:
		return &a.Counts
	}
	return nil
}

// WithAnswer is the state after a call of an operation about the batch has ended.
func (s *State) WithAnswer(operation string, answer Answer) *State {
	next := *s
	if of := next.Answers.of(operation); of != nil {
		*of = answer
	}
	return &next
}

// OperationAnswer is the last answer of an operation.
type OperationAnswer struct {
	Operation string
	Answer
}

// All returns the answers of the operations that were called, in the order of the
// documentation.
func (a *Answers) All() (all []OperationAnswer) {
	for _, operation := range aliyun.Operations {
		if of := a.of(operation); of != nil && !of.At.IsZero() {
			all = append(all, OperationAnswer{operation, *of})
		}
	}
	return all
}
