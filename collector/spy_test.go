package collector_test

import (
	"net/http"
	"sync"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// spy knows when the simulator was called for what.
type spy struct {
	mu    sync.Mutex // guards both
	lists []time.Time
	polls map[string][]time.Time // QueryOTAJob, by JobId
}

// spy records the calls from now on.
func (h *harness) spy() *spy {
	s := &spy{polls: make(map[string][]time.Time)}
	h.beforeCalls(func(operation string, r *http.Request) {
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

// pollsSince counts the polls of a batch from a moment on.
func (s *spy) pollsSince(jobID string, from time.Time) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, at := range s.polls[jobID] {
		if !at.Before(from) {
			n++
		}
	}
	return n
}

// firstList is when the first list was asked for from a moment on; zero: none was.
func (s *spy) firstList(from time.Time) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, at := range s.lists {
		if !at.Before(from) {
			return at
		}
	}
	return time.Time{}
}

// takeLists counts the lists since it was last called.
func (s *spy) takeLists() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.lists)
	s.lists = nil
	return n
}
