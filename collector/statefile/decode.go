package statefile

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/reason"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// decode reads the states that encode wrote. It skips damaged lines and calls damaged for each,
// with its number. If it cannot read anything, it returns an error: the file is not a state
// file or was written by a newer version. now is the current time: no state is newer.
func decode(r io.Reader, now time.Time, damaged func(line int, err error)) ([]*store.State, error) {
	lines := lineReader{r: bufio.NewReaderSize(r, 64<<10)}
	var header stateHeader
	switch line, err := lines.next(); {
	case errors.Is(err, io.EOF):
		return nil, nil // an empty file is valid
	case err != nil:
		return nil, err
	default:
		if err := json.Unmarshal(line, &header); err != nil {
			return nil, fmt.Errorf("line 1 has no version: %w", err)
		}
	}
	switch {
	case header.Version > stateVersion:
		return nil, fmt.Errorf("%w: version %d, supported up to %d; run the newer program, or move the file away", errNewerState, header.Version, stateVersion)
	case header.Version < 1:
		return nil, errors.New("line 1 has no version")
	}
	var states []*store.State
	for n := 2; ; n++ {
		line, err := lines.next()
		switch {
		case errors.Is(err, io.EOF):
			return states, nil
		case errors.Is(err, errLongLine):
			damaged(n, err)
			continue
		case err != nil:
			damaged(n, err) // the rest of the file cannot be read either
			return states, nil
		}
		s, err := decodeState(line, now)
		if err != nil {
			damaged(n, err)
			continue
		}
		states = append(states, s)
	}
}

func decodeState(data []byte, now time.Time) (*store.State, error) {
	var line stateLine
	if err := json.Unmarshal(data, &line); err != nil {
		return nil, err
	}
	if line.Account == "" || line.JobID == "" {
		return nil, errors.New("no account or job_id")
	}
	s := &store.State{
		Target: target.Target{
			Account: line.Account, JobID: line.JobID, FoundBy: line.Source,
			Region: line.Region, Instance: aliyun.Instance{ID: line.Instance},
		},
		Job:      line.Job,
		AsOf:     line.AsOf,
		Asked:    line.Asked,
		Listed:   line.Listed,
		Failures: max(line.Failures, 0),
		Size:     line.Size,
	}
	if line.Devices != nil {
		asOf := restored(line.DevicesAsOf, now)
		s.Devices = &store.DeviceCounts{ByStatus: line.Devices, Total: line.DevicesTotal, AsOf: asOf, FinishedAt: asOf}
		s.Devices.Reasons = reason.Restored(line.Reasons, line.Devices[aliyun.TaskFailed])
		if !line.FinishedAt.IsZero() { // the file is of a version that writes it
			s.Devices.FinishedAt = restored(line.FinishedAt, now)
		}
		if s.Size == nil { // older versions did not write it
			s.Size = new(line.DevicesTotal)
		}
	}
	for _, e := range line.History[max(0, len(line.History)-store.MaxHistory):] {
		e.At = restored(e.At, now)
		s.History = append(s.History, store.Event(e))
	}
	if e := line.Error; e != nil {
		s.ErrAt = e.At
		s.Err = &aliyun.Error{Operation: e.Operation, Class: e.Class, Code: e.Code, Message: e.Message, RequestID: e.RequestID, HTTPStatus: e.HTTPStatus, Cause: e.Cause}
		if e.Text != "" {
			s.Err.Err = errors.New(e.Text)
		}
	}
	for _, t := range []*time.Time{&s.AsOf, &s.Asked, &s.Listed, &s.ErrAt} {
		*t = restored(*t, now)
	}
	return s, nil
}

// restored converts a time of the file to one with a monotonic reading, at most now. If the
// clock was ahead when the file was written, or is set back later, batches must still be polled
// in time.
func restored(t, now time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return now.Add(min(0, t.Sub(now)))
}
