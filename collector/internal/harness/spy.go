package harness

import (
	"net/http"
	"sync"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// Spy knows when the simulator was called for what.
type Spy struct {
	mu    sync.Mutex // guards both
	lists []time.Time
	polls map[string][]time.Time // QueryOTAJob, by JobId
}

// Spy records the calls from now on.
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

// PollsSince counts the polls of a batch from a moment on.
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

// FirstList is when the first list was asked for from a moment on; zero: none was.
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

// TakeLists counts the lists since it was last called.
func (s *Spy) TakeLists() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.lists)
	s.lists = nil
	return n
}
