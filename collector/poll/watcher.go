package poll

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/schedule"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// watcher watches the batches of one account: a lane for each operation, and
// what is to be asked for in each.
type watcher struct {
	store  *store.Store
	logger log.Logger

	// One lane an operation. What each asks for is guarded by mu.
	plans, lists, discovery, tasks *lane

	mu       sync.Mutex // guards all below
	stopped  bool       // the account has left the configuration
	account  target.Account
	rules    target.Rules
	client   *aliyun.Client
	plan     *schedule.Plan
	packages *packages
	batches  *batches
	devices  *devices
	rtt      time.Duration // running mean of the QueryOTAJob calls that were answered
}

func newWatcher(a target.Account, rules target.Rules, slots func(operation string) *aliyun.Slots, store *store.Store, logger log.Logger) *watcher {
	w := &watcher{store: store, logger: log.WithSuffix(logger, "account", a.Name), plan: schedule.New(rules, a.RequestsPerSecond)}
	w.packages, w.batches = newPackages(w), newBatches(w)
	w.devices = &devices{watcher: w, rounds: make(map[string]*deviceRound), said: make(map[string]bool)}
	lane := func(operation string, s source) *lane {
		return &lane{operation: operation, logger: w.logger, slots: slots(operation), news: make(chan struct{}, 1), mu: &w.mu, source: s}
	}
	w.plans = lane(aliyun.OpQueryOTAJob, jobs{w})
	w.lists = lane(aliyun.OpListOTAJobByFirmware, w.batches)
	w.discovery = lane(aliyun.OpListOTAFirmware, w.packages)
	w.tasks = lane(aliyun.OpListOTATaskByJob, w.devices)
	return w
}

func (w *watcher) lanes() []*lane { return []*lane{w.plans, w.lists, w.discovery, w.tasks} }

// apply takes over a configuration. Batches that stay keep what is known of
// them and their place in the plan.
func (w *watcher) apply(a target.Account, rules target.Rules, client *aliyun.Client, budget func(operation string) *aliyun.Budget) {
	w.mu.Lock()
	defer w.mu.Unlock()
	// Together with the client: no call with the new key may count for the old one alone.
	for _, l := range w.lanes() {
		l.slots.Resize(a.RequestsPerSecond)
		l.slots.Draw(budget(l.operation))
	}
	now := time.Now()
	w.account, w.rules, w.client = a, rules, client
	w.plan.Rules, w.plan.Slots = rules, a.RequestsPerSecond

	stay := make(map[string]bool)
	states, dropped := w.store.SetTargets(a.Name, a.Configured(), func(s *store.State) (target.Target, bool) { return store.Discovers(a, s) })
	for _, state := range states {
		stay[state.JobID] = true
		w.plan.Put(state)
	}
	tellDropped(w.logger, dropped, func(s *store.State) string {
		return fmt.Sprintf("the configuration no longer discovers %s in instance %s", s.DiscoveredBy(), aliyun.NameOf(s.Instance))
	})
	for _, jobID := range slices.Collect(maps.Keys(w.plan.Batches)) {
		if !stay[jobID] {
			w.drop(jobID)
		}
	}
	w.packages.configure(rules, a.RequestsPerSecond, a.Discover, now)
	w.batches.rota.Wait, w.batches.rota.Slots = rules.ListWait(len(a.Discover) > 0), a.RequestsPerSecond
	w.devices.rota.Wait, w.devices.rota.Slots = rules.DeviceInterval, a.RequestsPerSecond
	if !a.DeviceCounts {
		w.devices.forget()
	}
	for _, b := range w.plan.Batches {
		w.devices.watch(b.State, now)
	}
	w.watchFirmwares(now)
	for _, l := range w.lanes() {
		l.wake()
	}
}

// changed takes up what news of a batch means for the other operations; before
// is nil for a new batch. w.mu is held.
func (w *watcher) changed(before, after *store.State) {
	now := time.Now()
	w.devices.watch(after, now)
	w.tasks.wake()
	w.plans.wake()
	if w.account.BulkStatus && after.Origin == target.Configured && (before == nil || before.Job == nil != (after.Job == nil) || before.Job.Ended() != after.Job.Ended()) {
		w.watchFirmwares(now)
	}
}

// run polls until ctx ends, and returns when the last call has ended.
func (w *watcher) run(ctx context.Context) {
	var running sync.WaitGroup
	for _, l := range w.lanes() {
		running.Go(func() { l.run(ctx) })
	}
	running.Go(func() { w.sweep(ctx) })
	running.Wait()
}

// sweep drops discovered batches that ended long ago, whether or not the lists
// can be read.
func (w *watcher) sweep(ctx context.Context) {
	for {
		w.mu.Lock()
		if ctx.Err() != nil {
			w.mu.Unlock()
			return
		}
		now := time.Now()
		var dropped []*store.State
		for _, b := range w.plan.Batches {
			if b.State.Origin == target.Discovered && w.tooOld(b.State, now) {
				dropped = append(dropped, b.State)
			}
		}
		tellDropped(w.logger, dropped, func(s *store.State) string {
			if s.Err != nil && s.Err.Class == aliyun.ClassNotFound {
				return "it was deleted, and last seen longer ago than polling.max_age"
			}
			return "it ended longer ago than polling.max_age"
		})
		for _, s := range dropped {
			w.drop(s.JobID)
			w.store.Remove(w.account.Name, s.JobID)
		}
		every := w.rules.DiscoveryInterval
		w.mu.Unlock()
		select {
		case <-time.After(every):
		case <-ctx.Done():
			return
		}
	}
}

// tellDropped logs that discovered batches are no longer watched. One of the state file
// has no origin yet. That a configured one is gone, its user knows. Beyond the first
// ones there is one line for all: a state file can hold any number.
func tellDropped(logger log.Logger, dropped []*store.State, why func(*store.State) string) {
	const toldEach = 100
	told := 0
	for _, s := range dropped {
		if s.Origin == target.Discovered || s.Origin == "" && s.Source != "" {
			if told++; told <= toldEach {
				level.Info(logger).Log("msg", "discovered batch is no longer watched: "+why(s), "job_id", s.JobID)
			}
		}
	}
	if told > toldEach {
		level.Info(logger).Log("msg", "more discovered batches are no longer watched", "jobs", told-toldEach)
	}
}

// tooOld says whether a batch ended longer ago than a discovered one is kept.
func (w *watcher) tooOld(s *store.State, now time.Time) bool {
	end := store.Ended(s)
	return !end.IsZero() && now.Sub(end) > w.rules.MaxAge
}

// drop forgets a batch in everything but the store. w.mu is held.
func (w *watcher) drop(jobID string) {
	w.plan.Remove(jobID)
	w.devices.rota.Remove(jobID)
	delete(w.devices.rounds, jobID)
}
