package schedule

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// Rota says which of some things to ask for next, where all of them are asked
// for again after the same wait: lists of packages, lists of batches, device
// counts. Like plan it is pure; its lane holds a lock. The zero value is empty.
type Rota[K comparable] struct {
	Wait    time.Duration // between the beginnings of two reads of one thing
	Slots   int
	Things  map[K]*thing[K]
	queue   queue[*thing[K]]
	seq     uint64
	failed  int       // calls in a row that failed for a reason that all share
	probeAt time.Time // of the next call, while everything fails
}

// thing is one entry of a rota.
type thing[K comparable] struct {
	key    K
	Place  entry[*thing[K]]
	goesOn bool // its read has begun, and was asked for again
	LastReads
}

// LastReads are what came of the reads of a thing. The zero value is that of none.
type LastReads struct {
	Failures int           // reads in a row that failed
	Err      *aliyun.Error // of the last of them; nil: the last read did not fail
	ErrAt    time.Time     // when it came
	LastGood time.Time     // when the last read began that succeeded; zero: none has
}

// Add lets a thing be asked for at once. One that is there already stays as it is.
func (r *Rota[K]) Add(key K, now time.Time) {
	if r.Things == nil {
		r.Things = make(map[K]*thing[K])
	}
	if r.Things[key] == nil {
		t := &thing[K]{key: key}
		t.Place = newEntry(t)
		r.Things[key] = t
		r.enqueue(t, now)
	}
}

// Remove forgets a thing.
func (r *Rota[K]) Remove(key K) {
	if t := r.Things[key]; t != nil {
		r.queue.remove(&t.Place)
		delete(r.Things, key)
	}
}

// Next takes the thing to ask for now. The caller reports back by again or done.
func (r *Rota[K]) Next(now time.Time) (key K, ok bool) {
	at, ok := r.WakeAt()
	if !ok || at.After(now) {
		return key, false
	}
	if r.down() {
		r.probeAt = now.Add(r.Wait)
	}
	t := r.queue.head().item
	r.queue.remove(&t.Place)
	return t.key, true
}

// WakeAt is when something is due at the earliest; false: nothing will be.
func (r *Rota[K]) WakeAt() (time.Time, bool) {
	e := r.queue.head()
	if e == nil {
		return time.Time{}, false
	}
	if r.down() {
		return r.probeAt, true
	}
	return e.At, true
}

// Again lets a thing be asked for as soon as there is a slot: its read goes on,
// or was throttled. It keeps its place, so that a list of many pages does not
// wait a whole round for each. Of those that are due at the same moment each begins
// first, then one after the other is read to its end: what is half read takes memory.
func (r *Rota[K]) Again(key K) {
	t := r.Things[key]
	switch {
	case t == nil:
	case !t.goesOn:
		t.goesOn = true
		r.enqueue(t, t.Place.At)
	default:
		r.queue.remove(&t.Place)
		r.queue.add(&t.Place, t.Place.At, t.Place.seq)
	}
}

// Done ends a read that began at started; err is nil when it succeeded.
func (r *Rota[K]) Done(key K, started, now time.Time, err *aliyun.Error) {
	wasDown := r.down()
	if aliyun.AccountWide(err) {
		r.failed++
		if !wasDown && r.down() {
			r.probeAt = started.Add(r.Wait)
		}
	} else {
		r.failed = 0
	}
	t := r.Things[key]
	if t == nil {
		return
	}
	t.goesOn = false
	next := started.Add(r.Wait)
	if err != nil {
		t.Failures++
		t.Err, t.ErrAt = err, now
		// From its end: a read that fails may have taken longer than the wait.
		next = now.Add(doubled(r.Wait, t.Failures, max(maxBackoff, r.Wait)))
	} else {
		t.LastReads = LastReads{LastGood: started}
	}
	r.enqueue(t, next)
	if wasDown && !r.down() { // the others go on as if nothing had been
		for _, t := range r.Things {
			if t.Place.Index >= 0 && t.Failures > 0 && t != r.Things[key] {
				r.enqueue(t, now)
			}
		}
	}
}

// Hurry lets a thing whose read began at started be asked for after the usual wait,
// although that read failed.
func (r *Rota[K]) Hurry(key K, started time.Time) {
	if t := r.Things[key]; t != nil {
		r.enqueue(t, started.Add(r.Wait))
	}
}

// down says whether everything fails for a reason that all share. Then one
// thing is asked for a wait.
func (r *Rota[K]) down() bool {
	return r.failed > 0 && r.failed >= min(2*r.Slots, len(r.Things))
}

func (r *Rota[K]) enqueue(t *thing[K], at time.Time) {
	r.queue.remove(&t.Place)
	r.seq++
	r.queue.add(&t.Place, at, r.seq)
}
