package statefile

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// stateVersion is the version of the format: a line with the version, then a line for each
// batch. The program reads files of this version and of older ones.
const stateVersion = 1

var errNewerState = errors.New("the file was written by a newer version of this program")

type stateHeader struct {
	Version int `json:"version"`
}

// stateLine is one batch in the state file. Source, Region and Instance are set for discovered
// batches only. For others, the configuration has them.
type stateLine struct {
	Account  string      `json:"account"`
	JobID    string      `json:"job_id"`
	Source   string      `json:"source,omitempty"`
	Region   string      `json:"region,omitempty"`
	Instance string      `json:"iot_instance_id,omitempty"`
	Job      *aliyun.Job `json:"job,omitempty"`
	AsOf     time.Time   `json:"as_of,omitzero"`
	Asked    time.Time   `json:"asked,omitzero"`
	Listed   time.Time   `json:"listed,omitzero"`
	Failures int         `json:"failures,omitempty"`
	Error    *stateError `json:"error,omitempty"`

	Devices      map[string]int `json:"devices,omitempty"` // by TaskStatus
	DevicesTotal int            `json:"devices_total,omitempty"`
	DevicesAsOf  time.Time      `json:"devices_as_of,omitzero"`
	FinishedAt   time.Time      `json:"devices_finished_at,omitzero"` // see store.DeviceCounts
	Reasons      map[string]int `json:"devices_failed,omitempty"`     // by reason
	Size         *int           `json:"size,omitempty"`               // of all devices, by the newest list of them

	History []stateEvent `json:"history,omitempty"`
}

// stateEvent is a [store.Event].
type stateEvent struct {
	At        time.Time    `json:"at"`
	Status    string       `json:"status,omitempty"`
	Operation string       `json:"operation,omitempty"`
	Class     aliyun.Class `json:"class,omitempty"`
	Code      string       `json:"code,omitempty"`
	RequestID string       `json:"request_id,omitempty"`
}

type stateError struct {
	At         time.Time    `json:"at"`
	Operation  string       `json:"operation"`
	Class      aliyun.Class `json:"class"`
	Code       string       `json:"code,omitempty"`
	Message    string       `json:"message,omitempty"`
	RequestID  string       `json:"request_id,omitempty"`
	HTTPStatus int          `json:"http_status,omitempty"`
	Cause      aliyun.Cause `json:"cause_kind,omitempty"`
	Text       string       `json:"cause,omitempty"` // of aliyun.Error.Err
}

// encode writes the states of the batches that were polled or listed. The error is that of w.
func encode(w io.Writer, states []*store.State) error {
	out := bufio.NewWriterSize(w, 64<<10)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(stateHeader{stateVersion}); err != nil {
		return err
	}
	for _, s := range states {
		if !s.Polled() && s.Job == nil {
			continue
		}
		line := stateLine{Account: s.Account, JobID: s.JobID, Job: s.Job, AsOf: s.AsOf, Asked: s.Asked, Listed: s.Listed, Failures: s.Failures, Size: s.Size}
		if s.FoundBy != "" {
			line.Source, line.Region, line.Instance = s.FoundBy, s.Region, s.Instance.ID
		}
		if d := s.Devices; d != nil {
			line.Devices, line.DevicesTotal, line.DevicesAsOf, line.FinishedAt, line.Reasons = d.ByStatus, d.Total, d.AsOf, d.FinishedAt, d.Reasons
		}
		if e := s.Err; e != nil {
			line.Error = &stateError{s.ErrAt, e.Operation, e.Class, e.Code, e.Message, e.RequestID, e.HTTPStatus, e.Cause, ""}
			if e.Err != nil {
				line.Error.Text = e.Err.Error()
			}
		}
		for _, e := range s.History {
			line.History = append(line.History, stateEvent(e))
		}
		if err := enc.Encode(line); err != nil {
			return fmt.Errorf("batch %s: %w", s.JobID, err)
		}
	}
	return out.Flush()
}
