package check

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/budget"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

const (
	maxTries     = 3 // calls for an ID that the API throttles
	maxThrottled = 4 // consecutive throttled answers for each slot before the check gives up
)

// lane makes the calls of one operation of one account. It is safe for concurrent use.
type lane struct {
	client    *aliyun.Client
	slots     *budget.Slots
	perSecond int

	mu     sync.Mutex // guards all below, and the outcomes of the groups
	queue  []request
	done   int // requests with a final answer
	failed int // of these

	throttled int // consecutive throttled answers
}

// request is one ID to check.
type request struct {
	group *group
	at    int // index in group.ids
	tries int // calls so far
}

// add queues a request for each ID of a group.
func (l *lane) add(g *group) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range g.ids {
		l.queue = append(l.queue, request{group: g, at: i})
	}
}

// run makes the requests in the queue until it is empty or ctx ends. It returns when the last
// call has ended.
func (l *lane) run(ctx context.Context) {
	var calls sync.WaitGroup
	for more := true; more; more = l.waiting() > 0 && ctx.Err() == nil { // throttled requests return to the queue
		for l.waiting() > 0 {
			slot, err := l.slots.Take(ctx)
			if err != nil {
				break
			}
			r, ok := l.next()
			if !ok {
				slot.Unused()
				break
			}
			calls.Go(func() { slot.End(l.do(ctx, r)) })
		}
		calls.Wait()
	}
}

// waiting drops the requests of groups that are given up and returns the number of the others.
func (l *lane) waiting() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue = slices.DeleteFunc(l.queue, func(r request) bool { return r.group.givenUp })
	return len(l.queue)
}

// next removes the first request whose group is not given up from the queue and returns it.
func (l *lane) next() (r request, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.queue) > 0 {
		r, l.queue = l.queue[0], l.queue[1:]
		if !r.group.givenUp {
			return r, true
		}
	}
	return r, false
}

// do makes the call of a request and records the result.
func (l *lane) do(ctx context.Context, r request) *aliyun.Error {
	g, id := r.group, r.group.ids[r.at]
	related, empty, err := l.call(ctx, g, id)
	failure := aliyun.AsError(err)
	if ctx.Err() != nil {
		return failure // the call was canceled, so the failure says nothing about the ID
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	r.tries++
	if failure == nil || failure.Class != aliyun.ClassThrottled {
		l.throttled = 0
	} else if l.throttled++; l.throttled >= maxThrottled*l.perSecond {
		g.givenUp = true
		for _, other := range l.queue { // also of other instances, which share the budget
			other.group.givenUp = true
		}
	} else if r.tries < maxTries {
		l.queue = append(l.queue, r)
		return failure
	}
	l.done++
	if failure != nil {
		l.failed++
		g.failures = append(g.failures, finding{g, id, r.at, failure})
		if g.shared++; !aliyun.AccountWide(failure) {
			g.shared = 0
		}
		g.givenUp = g.givenUp || g.shared >= 2*l.perSecond
		return failure
	}
	g.good, g.shared = g.good+1, 0
	if empty {
		g.empty = append(g.empty, finding{g, id, r.at, nil})
	}
	if g.known == "" || r.at < g.knownAt {
		g.known, g.knownAt = id, r.at
	}
	if related != "" && (g.related == "" || r.at < g.relatedAt) {
		g.related, g.relatedAt = related, r.at
	}
	return nil
}

// call makes the call for an ID. related is an ID of another kind in the answer. empty reports
// that the answer is a product's list without packages.
func (l *lane) call(ctx context.Context, g *group, id string) (related string, empty bool, err error) {
	switch g.operation {
	case aliyun.OpQueryOTAJob:
		job, _, err := l.client.QueryOTAJob(ctx, g.instance, id)
		if job != nil {
			related = aliyun.Text(job.FirmwareID)
		}
		return related, false, err
	case aliyun.OpListOTAFirmware:
		key := id
		if key == target.AllProducts {
			key = ""
		}
		list, err := l.client.ListOTAFirmware(ctx, g.instance, key, 1)
		for _, f := range list.Entries {
			related = cmp.Or(related, aliyun.Text(f.FirmwareID))
		}
		return related, list.Total == 0, err
	case aliyun.OpListOTAJobByFirmware:
		list, err := l.client.ListOTAJobByFirmware(ctx, g.instance, id, 1)
		for _, j := range list.Entries {
			related = cmp.Or(related, aliyun.Text(j.JobID))
		}
		return related, false, err
	}
	_, err = l.client.ListOTATaskByJob(ctx, g.instance, id, "", 1)
	return "", false, err
}

// left returns the time that the queue will take, at the rate of the calls so far or, before
// there are enough of them, at the rate that the budget allows.
func (l *lane) left(running time.Duration) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	each := (time.Second + assumedRTT) / time.Duration(l.perSecond)
	if l.done > 4*l.perSecond {
		each = max(each, running/time.Duration(l.done))
	}
	return time.Duration(len(l.queue)) * each
}
