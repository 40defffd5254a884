package poll

import (
	"context"
	"sync"
	"time"

	"github.com/go-kit/log"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/schedule"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// account polls the batches of one account. What is known of a batch is in the store;
// the account keeps only what is to be asked for, and it is the only writer of its
// batches.
type account struct {
	name   string
	store  *store.Store
	o      Options
	calls  *callMetrics // of all accounts
	logger log.Logger

	// lanes holds a lane for each operation. Those that news wakes have a name as well.
	lanes                                    []*lane
	jobQueryLane, jobListLane, taskCountLane *lane

	cancel context.CancelFunc
	ended  chan struct{} // closed when the last call has ended

	// mu guards all fields below, and with them everything that the lanes ask for. It
	// comes after Poller.mu in the lock order; see there.
	mu      sync.Mutex
	stopped bool
	config  target.Account
	rules   target.Rules
	client  *aliyun.Client
	echo    aliyun.Echo   // of all clients of the account: a reload can make another one
	rtt     time.Duration // running mean of the answered job queries

	plan          *schedule.Plan // job queries
	jobLists      *listReader[target.Firmware, aliyun.JobSummary]
	wanted        map[target.Firmware]listedFor // the keys of jobLists
	firmwareLists *listReader[target.Product, aliyun.Firmware]
	firmwares     map[target.Product]map[string]aliyun.Firmware // of each list that was read, by FirmwareId
	taskCounts    *taskCounts
}

// newAccount returns an account that is not configured yet. The lock of the budgets is
// held.
func newAccount(config target.Account, rules target.Rules, b budgets, s *store.Store, calls *callMetrics, o Options) *account {
	a := &account{
		name: config.Name, store: s, o: o, calls: calls, logger: log.WithSuffix(o.Logger, "account", config.Name),
		ended:     make(chan struct{}),
		plan:      schedule.New(rules, config.RequestsPerSecond),
		firmwares: make(map[target.Product]map[string]aliyun.Firmware),
	}
	a.jobLists = newListReader(jobListOperation{a}, aliyun.OpListOTAJobByFirmware, aliyun.JobsPerPage, maxListedJobs, a.logger)
	a.firmwareLists = newListReader(firmwareListOperation{a}, aliyun.OpListOTAFirmware, aliyun.FirmwaresPerPage, aliyun.MaxPackages, a.logger)
	a.taskCounts = newTaskCounts(a)
	addLane := func(operation string, r reader) *lane {
		l := &lane{operation: operation, slots: b.slotsOf(config, operation), news: make(chan struct{}, 1), reader: r}
		a.lanes = append(a.lanes, l)
		return l
	}
	a.jobQueryLane = addLane(aliyun.OpQueryOTAJob, jobQueries{a})
	a.jobListLane = addLane(aliyun.OpListOTAJobByFirmware, a.jobLists)
	addLane(aliyun.OpListOTAFirmware, a.firmwareLists)
	a.taskCountLane = addLane(aliyun.OpListOTATaskByJob, a.taskCounts)
	return a
}

// start polls until ctx ends or the account is stopped.
func (a *account) start(ctx context.Context) {
	ctx, a.cancel = context.WithCancel(ctx)
	var running sync.WaitGroup
	for _, l := range a.lanes {
		running.Go(func() { a.run(ctx, l) })
	}
	running.Go(func() { a.sweep(ctx) })
	go func() {
		running.Wait()
		close(a.ended)
	}()
}

// stop ends the polling. It does not wait for calls. It takes the lock, so that the outcome
// of a call that ends at the same time is taken up completely or not at all.
func (a *account) stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stopped = true
	a.cancel()
}

// close closes the connections of an account whose last call has ended.
func (a *account) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.client.Close()
}

// observe counts a call unless the account was stopped: its series are gone then.
func (a *account) observe(c aliyun.Call) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.stopped {
		a.calls.observe(a.name, c)
	}
}

// update puts the new state of a batch in place of the old one, which is nil for a
// batch that was discovered. Whatever follows from the change happens here: the plan,
// the task counts and the job lists take it up, and it is logged. It changes nothing if
// the batch is no longer watched, or if both are the same. a.mu is held.
func (a *account) update(before, after *store.State) {
	if after == before || !a.store.Replace(before, after) {
		return
	}
	now := time.Now()
	a.plan.Put(after)
	a.jobQueryLane.wake()
	a.taskCounts.watch(after, now)
	a.taskCountLane.wake()
	if a.config.BulkStatus && statusList(before) != statusList(after) {
		a.watchJobLists(now)
	}
	if before != nil {
		logChange(a.logger, before, after)
	}
}

// drop forgets a batch in everything but the store. a.mu is held.
func (a *account) drop(jobID string) {
	a.plan.Remove(jobID)
	a.taskCounts.drop(jobID)
}
