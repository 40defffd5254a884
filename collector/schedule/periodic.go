package schedule

import (
	"iter"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// Periodic decides which of its keys to read next. Every key is read again after the
// same wait: firmware lists, job lists, device counts. A read can take several calls.
// It is not safe for concurrent use. The zero value has no key; it needs Configure.
type Periodic[K comparable] struct {
	wait    time.Duration // between the beginnings of two reads of one key
	slots   int
	items   map[K]*item[K]
	queue   queue[*item[K]]
	seq     uint64
	failed  int       // calls in a row that failed for a reason that all keys share
	probeAt time.Time // of the next call, during an outage
}

// item is one key.
type item[K comparable] struct {
	key     K
	place   entry[*item[K]]
	goingOn bool // its read has begun and needs another call
	ReadStatus
}

// ReadStatus is what came of the reads of a key. The zero value is that of a key that
// was not read yet.
type ReadStatus struct {
	Failures int           // reads in a row that failed
	Err      *aliyun.Error // of the last read; nil: it succeeded
	ErrAt    time.Time     // when that read ended
	LastGood time.Time     // when the last successful read began; zero: none was
}

// Configure sets the wait between two reads of a key, and the number of slots.
func (p *Periodic[K]) Configure(wait time.Duration, slots int) { p.wait, p.slots = wait, slots }

// Wait is the time between two reads of a key.
func (p *Periodic[K]) Wait() time.Duration { return p.wait }

// Add makes a key due at once. A key that is there already stays as it is.
func (p *Periodic[K]) Add(key K, now time.Time) {
	if p.items == nil {
		p.items = make(map[K]*item[K])
	}
	if p.items[key] == nil {
		it := &item[K]{key: key}
		it.place = newEntry(it)
		p.items[key] = it
		p.enqueue(it, now)
	}
}

// Remove forgets a key.
func (p *Periodic[K]) Remove(key K) {
	if it := p.items[key]; it != nil {
		p.queue.remove(&it.place)
		delete(p.items, key)
	}
}

// All returns every key and what came of its reads. Keys may be removed meanwhile.
func (p *Periodic[K]) All() iter.Seq2[K, ReadStatus] {
	return func(yield func(K, ReadStatus) bool) {
		for key, it := range p.items {
			if !yield(key, it.ReadStatus) {
				return
			}
		}
	}
}

// Status returns what came of the reads of one key; the zero value if the key is not
// there.
func (p *Periodic[K]) Status(key K) ReadStatus {
	if it := p.items[key]; it != nil {
		return it.ReadStatus
	}
	return ReadStatus{}
}

// Next takes the key to make a call for now. The caller must report the end of the
// call to Again or Done.
func (p *Periodic[K]) Next(now time.Time) (key K, ok bool) {
	at, ok := p.WakeAt()
	if !ok || at.After(now) {
		return key, false
	}
	if p.down() {
		p.probeAt = now.Add(p.wait)
	}
	it := p.queue.head().item
	p.queue.remove(&it.place)
	return it.key, true
}

// WakeAt is when a key is due at the earliest; not ok if none will be.
func (p *Periodic[K]) WakeAt() (time.Time, bool) {
	e := p.queue.head()
	if e == nil {
		return time.Time{}, false
	}
	if p.down() {
		return p.probeAt, true
	}
	return e.at, true
}

// DueAt is when a key is due; not ok if a call for it is under way, or if the key is
// not there.
func (p *Periodic[K]) DueAt(key K) (time.Time, bool) {
	it := p.items[key]
	if it == nil || it.place.index < 0 {
		return time.Time{}, false
	}
	return it.place.at, true
}

// Again makes a key due for another call at once: its read goes on, or the call was
// throttled. The key keeps its place, so a long list does not wait a whole round for
// each page. Of keys that are due at the same moment each begins first; then one after
// the other is read to its end, because half-read lists take memory.
func (p *Periodic[K]) Again(key K) {
	it := p.items[key]
	switch {
	case it == nil:
	case !it.goingOn:
		it.goingOn = true
		p.enqueue(it, it.place.at)
	default:
		p.queue.remove(&it.place)
		p.queue.add(&it.place, it.place.at, it.place.seq)
	}
}

// Done ends a read that began at started; err is nil if it succeeded.
func (p *Periodic[K]) Done(key K, started, now time.Time, err *aliyun.Error) {
	wasDown := p.down()
	if aliyun.AccountWide(err) {
		p.failed++
		if !wasDown && p.down() {
			p.probeAt = started.Add(p.wait)
		}
	} else {
		p.failed = 0
	}
	it := p.items[key]
	if it == nil {
		return
	}
	it.goingOn = false
	next := started.Add(p.wait)
	if err != nil {
		it.Failures++
		it.Err, it.ErrAt = err, now
		// From the end of the read: it may have taken longer than the wait.
		next = now.Add(doubled(p.wait, it.Failures, max(maxBackoff, p.wait)))
	} else {
		it.ReadStatus = ReadStatus{LastGood: started}
	}
	p.enqueue(it, next)
	if wasDown && !p.down() { // the outage is over: the others go on at once
		for _, other := range p.items {
			if other != it && other.place.index >= 0 && other.Failures > 0 {
				p.enqueue(other, now)
			}
		}
	}
}

// Hurry makes a key whose read began at started due after the usual wait, although
// that read failed.
func (p *Periodic[K]) Hurry(key K, started time.Time) {
	if it := p.items[key]; it != nil {
		p.enqueue(it, started.Add(p.wait))
	}
}

// down reports an outage: every call fails for a reason that all keys share. Then one
// call a wait is made.
func (p *Periodic[K]) down() bool {
	return p.failed > 0 && p.failed >= min(2*p.slots, len(p.items))
}

func (p *Periodic[K]) enqueue(it *item[K], at time.Time) {
	p.queue.remove(&it.place)
	p.seq++
	p.queue.add(&it.place, at, p.seq)
}
