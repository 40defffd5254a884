package poll

import (
	"context"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// sweep drops discovered batches that ended long ago, whether or not lists can be
// read. It returns when ctx ends.
func (a *account) sweep(ctx context.Context) {
	for {
		every, ok := a.dropOld(ctx)
		if !ok {
			return
		}
		select {
		case <-time.After(every):
		case <-ctx.Done():
			return
		}
	}
}

// dropOld drops the batches that are too old now, and returns when to look again; not
// ok when ctx has ended.
func (a *account) dropOld(ctx context.Context) (every time.Duration, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if ctx.Err() != nil {
		return 0, false
	}
	now := time.Now()
	var dropped []*store.State
	for _, s := range a.store.Account(a.name) {
		if s.Origin == target.Discovered && a.tooOld(s, now) {
			dropped = append(dropped, s)
			a.drop(s.JobID)
			a.store.Remove(a.name, s.JobID)
		}
	}
	logDropped(a.logger, dropped, func(s *store.State) string {
		if s.Err != nil && s.Err.Class == aliyun.ClassNotFound {
			return "it was deleted, and last seen longer ago than polling.max_age"
		}
		return "it ended longer ago than polling.max_age"
	})
	return a.rules.DiscoveryInterval, true
}

// tooOld reports whether a batch ended longer ago than a discovered one is kept. a.mu is
// held.
func (a *account) tooOld(s *store.State, now time.Time) bool {
	end := s.EndedAt()
	return !end.IsZero() && now.Sub(end) > a.rules.MaxAge
}
