package harness

import (
	"net/http"
	"sync"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// Spy records the calls that reach the simulator. Any goroutine may use it.
type Spy struct {
	mu    sync.Mutex // guards both
	lists []time.Time
	polls map[string][]time.Time // QueryOTAJob, by JobId
}

// Spy records calls from now on.
func (h *Harness) Spy() *Spy {
	s := &Spy{polls: make(map[string][]time.Time)}
	h.BeforeCalls(func(operation string, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		switch operation {
		case aliyun.OpQueryOTAJob:
			id := r.URL.Query().Get("JobId")
			s.polls[id] = append(s.polls[id], time.Now())
		case aliyun.OpListOTAJobByFirmware:
			s.lists = append(s.lists, time.Now())
		}
	})
	return s
}

// PollsSince returns the number of polls of a batch since a moment.
func (s *Spy) PollsSince(jobID string, from time.Time) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, at := range s.polls[jobID] {
		if !at.Before(from) {
			n++
		}
	}
	return n
}

// FirstList returns the time of the first call for a job list since a moment, or zero.
func (s *Spy) FirstList(from time.Time) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, at := range s.lists {
		if !at.Before(from) {
			return at
		}
	}
	return time.Time{}
}

// TakeLists returns the number of calls for job lists since its last call.
func (s *Spy) TakeLists() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.lists)
	s.lists = nil
	return n
}
