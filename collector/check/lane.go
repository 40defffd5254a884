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
	maxTries     = 3 // how often a check asks for an id that the API throttles
	maxThrottled = 4 // how often each slot is throttled, with no other answer in between, before the check gives up
)

// checkLane makes the calls of one operation of one account.
type checkLane struct {
	client    *aliyun.Client
	slots     *budget.Slots
	perSecond int

	mu     sync.Mutex // guards all below, and the outcomes of the groups
	queue  []question
	done   int // questions that are answered
	failed int // of them

	throttled int // answers in a row
}

// question is one id to ask for.
type question struct {
	group *checkGroup
	at    int // in group.ids
	tries int
}

func (l *checkLane) add(g *checkGroup) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range g.ids {
		l.queue = append(l.queue, question{group: g, at: i})
	}
}

// run asks for all that is in the queue, or until ctx ends, and returns when the last
// call has ended.
func (l *checkLane) run(ctx context.Context) {
	var calls sync.WaitGroup
	for more := true; more; more = l.waiting() > 0 && ctx.Err() == nil { // throttled ones come back
		for l.waiting() > 0 {
			slot, err := l.slots.Take(ctx)
			if err != nil {
				break
			}
			q, ok := l.next()
			if !ok {
				slot.Unused()
				break
			}
			calls.Go(func() { slot.End(l.put(ctx, q)) })
		}
		calls.Wait()
	}
}

// waiting is how many questions are left that still make sense.
func (l *checkLane) waiting() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue = slices.DeleteFunc(l.queue, func(q question) bool { return q.group.down })
	return len(l.queue)
}

// next takes the first question that still makes sense.
func (l *checkLane) next() (q question, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.queue) > 0 {
		q, l.queue = l.queue[0], l.queue[1:]
		if !q.group.down {
			return q, true
		}
	}
	return q, false
}

// put makes the call and takes up its outcome.
func (l *checkLane) put(ctx context.Context, q question) *aliyun.Error {
	g, id := q.group, q.group.ids[q.at]
	found, empty, err := l.call(ctx, g, id)
	failure := aliyun.AsError(err)
	if ctx.Err() != nil {
		return failure // the call was cut short, which says nothing of the id
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	q.tries++
	if failure == nil || failure.Class != aliyun.ClassThrottled {
		l.throttled = 0
	} else if l.throttled++; l.throttled >= maxThrottled*l.perSecond {
		g.down = true
		for _, other := range l.queue { // of other instances: the budget is that of the account
			other.group.down = true
		}
	} else if q.tries < maxTries {
		l.queue = append(l.queue, q)
		return failure
	}
	l.done++
	if failure != nil {
		l.failed++
		g.failures = append(g.failures, checkRemark{g, id, q.at, failure})
		if g.alike++; !aliyun.AccountWide(failure) {
			g.alike = 0
		}
		g.down = g.down || g.alike >= 2*l.perSecond
		return failure
	}
	g.good, g.alike = g.good+1, 0
	if empty {
		g.empty = append(g.empty, checkRemark{g, id, q.at, nil})
	}
	if g.answered == "" || q.at < g.answeredAt {
		g.answered, g.answeredAt = id, q.at
	}
	if found != "" && (g.found == "" || q.at < g.since) {
		g.found, g.since = found, q.at
	}
	return nil
}

// call gives what the answer leads to, and whether it is the empty list of a product.
func (l *checkLane) call(ctx context.Context, g *checkGroup, id string) (found string, empty bool, err error) {
	switch g.operation {
	case aliyun.OpQueryOTAJob:
		job, err := l.client.QueryOTAJob(ctx, g.instance, id)
		if job != nil {
			found = aliyun.Text(job.FirmwareID)
		}
		return found, false, err
	case aliyun.OpListOTAFirmware:
		key := id
		if key == target.AllProducts {
			key = ""
		}
		list, err := l.client.ListOTAFirmware(ctx, g.instance, key, 1)
		for _, f := range list.Entries {
			found = cmp.Or(found, aliyun.Text(f.FirmwareID))
		}
		return found, list.Total == 0, err
	case aliyun.OpListOTAJobByFirmware:
		list, err := l.client.ListOTAJobByFirmware(ctx, g.instance, id, 1)
		for _, j := range list.Entries {
			found = cmp.Or(found, aliyun.Text(j.JobID))
		}
		return found, false, err
	}
	_, err = l.client.ListOTATaskByJob(ctx, g.instance, id, "", 1)
	return "", false, err
}

// left is how long the queue takes, at the pace since the lane began or else at the one
// that the budget allows.
func (l *checkLane) left(running time.Duration) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	each := (time.Second + assumedRTT) / time.Duration(l.perSecond)
	if l.done > 4*l.perSecond {
		each = max(each, running/time.Duration(l.done))
	}
	return time.Duration(len(l.queue)) * each
}
