package api

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// devices are the numbers of devices of a batch, all of one round of counts.
type devices struct {
	AsOf          time.Time      `json:"as_of"`
	Total         int            `json:"total"`
	ByTaskStatus  map[string]int `json:"by_task_status"`
	FailedBy      map[string]int `json:"failed_by_reason,omitempty"`
	LastFinished  *time.Time     `json:"last_finished,omitempty"`
	RatePerMinute *float64       `json:"rate_per_minute,omitempty"`
	FinishesAt    *time.Time     `json:"finishes_at,omitempty"`
}

func devicesOf(s *store.State) *devices {
	d := s.Devices
	if d == nil {
		return nil
	}
	all := &devices{AsOf: d.AsOf.UTC(), Total: d.Total, ByTaskStatus: d.ByStatus, FailedBy: d.Reasons, LastFinished: known(s.LastFinished())}
	if rate, _, ok := d.Rate(); ok {
		all.RatePerMinute = &rate
	}
	if at, ok := s.FinishesAt(); ok {
		all.FinishesAt = utc(&at)
	}
	return all
}

// failure is why calls about the batch fail, and what to do about it.
type failure struct {
	Operation  string       `json:"operation"`
	Class      aliyun.Class `json:"class"`
	Code       string       `json:"code,omitempty"`
	Message    string       `json:"message,omitempty"`
	RequestID  string       `json:"request_id,omitempty"`
	HTTPStatus int          `json:"http_status,omitempty"`
	Time       *time.Time   `json:"time,omitempty"`
	Failures   int          `json:"failures,omitempty"`
	Cure       string       `json:"cure"`
}

func failureOf(e *aliyun.Error, at time.Time, failures int, cure phrase.Text, l phrase.Language) *failure {
	if e == nil {
		return nil
	}
	f := &failure{e.Operation, e.Class, e.Code, e.Message, e.RequestID, e.HTTPStatus, known(at), failures, cure.In(l)}
	if f.Message == "" && e.Err != nil {
		f.Message = e.Err.Error()
	}
	return f
}

// failedTask is a device whose upgrade failed.
type failedTask struct {
	DeviceName  string     `json:"device_name"`
	SrcVersion  string     `json:"src_version,omitempty"`
	DestVersion string     `json:"dest_version,omitempty"`
	Text        string     `json:"text,omitempty"`
	Reason      string     `json:"reason"`
	Time        *time.Time `json:"time,omitempty"`
}

// event is an event of the history: of the status, or of the calls of an operation.
type event struct {
	Time      time.Time    `json:"time"`
	JobStatus string       `json:"job_status,omitempty"`
	Operation string       `json:"operation,omitempty"`
	Class     aliyun.Class `json:"class,omitempty"`
	Code      string       `json:"code,omitempty"`
	RequestID string       `json:"request_id,omitempty"`
}

// callOutcome is the last answer of an operation about the batch.
type callOutcome struct {
	Operation string       `json:"operation"`
	Time      time.Time    `json:"time"`
	RequestID string       `json:"request_id,omitempty"`
	Class     aliyun.Class `json:"class,omitempty"`
}

// addDetails adds what only the answer about a single batch has.
func (j *job) addDetails(s *store.State) {
	if s.Devices != nil {
		for _, d := range s.Devices.Failed {
			j.Failed = append(j.Failed, failedTask{d.Name, d.SrcVersion, d.DestVersion, d.Text, d.Reason, known(d.At)})
		}
	}
	for _, e := range s.History {
		j.History = append(j.History, event{e.At.UTC(), e.Status, e.Operation, e.Class, e.Code, e.RequestID})
	}
	for _, a := range s.Answers {
		j.Answers = append(j.Answers, callOutcome{a.Operation, a.At.UTC(), a.RequestID, a.Class})
	}
}
