package collector

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// rota says which of some things to ask for next, where all of them are asked
// for again after the same wait: lists of packages, lists of batches, device
// counts. Like plan it is pure; its lane holds a lock. The zero value is empty.
type rota[K comparable] struct {
	wait    time.Duration // between the beginnings of two reads of one thing
	slots   int
	things  map[K]*thing[K]
	queue   queue[*thing[K]]
	seq     uint64
	failed  int       // calls in a row that failed for a reason that all share
	probeAt time.Time // of the next call, while everything fails
}

// thing is one entry of a rota.
type thing[K comparable] struct {
	key    K
	place  entry[*thing[K]]
	goesOn bool // its read has begun, and was asked for again
	lastReads
}

// lastReads are what came of the reads of a thing. The zero value is that of none.
type lastReads struct {
	failures int           // reads in a row that failed
	err      *aliyun.Error // of the last of them; nil: the last read did not fail
	errAt    time.Time     // when it came
	lastGood time.Time     // when the last read began that succeeded; zero: none has
}

// add lets a thing be asked for at once. One that is there already stays as it is.
func (r *rota[K]) add(key K, now time.Time) {
	if r.things == nil {
		r.things = make(map[K]*thing[K])
	}
	if r.things[key] == nil {
		t := &thing[K]{key: key}
		t.place = newEntry(t)
		r.things[key] = t
		r.enqueue(t, now)
	}
}

func (r *rota[K]) remove(key K) {
	if t := r.things[key]; t != nil {
		r.queue.remove(&t.place)
		delete(r.things, key)
	}
}

// next takes the thing to ask for now. The caller reports back by again or done.
func (r *rota[K]) next(now time.Time) (key K, ok bool) {
	at, ok := r.wakeAt()
	if !ok || at.After(now) {
		return key, false
	}
	if r.down() {
		r.probeAt = now.Add(r.wait)
	}
	t := r.queue.head().item
	r.queue.remove(&t.place)
	return t.key, true
}

func (r *rota[K]) wakeAt() (time.Time, bool) {
	e := r.queue.head()
	if e == nil {
		return time.Time{}, false
	}
	if r.down() {
		return r.probeAt, true
	}
	return e.at, true
}

// again lets a thing be asked for as soon as there is a slot: its read goes on,
// or was throttled. It keeps its place, so that a list of many pages does not
// wait a whole round for each. Of those that are due at the same moment each begins
// first, then one after the other is read to its end: what is half read takes memory.
func (r *rota[K]) again(key K) {
	t := r.things[key]
	switch {
	case t == nil:
	case !t.goesOn:
		t.goesOn = true
		r.enqueue(t, t.place.at)
	default:
		r.queue.remove(&t.place)
		r.queue.add(&t.place, t.place.at, t.place.seq)
	}
}

// done ends a read that began at started; err is nil when it succeeded.
func (r *rota[K]) done(key K, started, now time.Time, err *aliyun.Error) {
	wasDown := r.down()
	if common(err) {
		r.failed++
		if !wasDown && r.down() {
			r.probeAt = started.Add(r.wait)
		}
	} else {
		r.failed = 0
	}
	t := r.things[key]
	if t == nil {
		return
	}
	t.goesOn = false
	next := started.Add(r.wait)
	if err != nil {
		t.failures++
		t.err, t.errAt = err, now
		// From its end: a read that fails may have taken longer than the wait.
		next = now.Add(doubled(r.wait, t.failures, max(maxBackoff, r.wait)))
	} else {
		t.lastReads = lastReads{lastGood: started}
	}
	r.enqueue(t, next)
	if wasDown && !r.down() { // the others go on as if nothing had been
		for _, t := range r.things {
			if t.place.index >= 0 && t.failures > 0 && t != r.things[key] {
				r.enqueue(t, now)
			}
		}
	}
}

// hurry lets a thing whose read began at started be asked for after the usual wait,
// although that read failed.
func (r *rota[K]) hurry(key K, started time.Time) {
	if t := r.things[key]; t != nil {
		r.enqueue(t, started.Add(r.wait))
	}
}

// down says whether everything fails for a reason that all share. Then one
// thing is asked for a wait.
func (r *rota[K]) down() bool {
	return r.failed > 0 && r.failed >= min(2*r.slots, len(r.things))
}

func (r *rota[K]) enqueue(t *thing[K], at time.Time) {
	r.queue.remove(&t.place)
	r.seq++
	r.queue.add(&t.place, at, r.seq)
}
