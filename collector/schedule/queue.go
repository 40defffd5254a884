package schedule

import (
	"container/heap"
	"time"
)

// queue gives the entry with the earliest time first, and of equals the one
// that was added first. T is what waits in it.
type queue[T any] []*entry[T]

// entry is one place in one queue. Make it with newEntry.
type entry[T any] struct {
	item  T
	at    time.Time
	seq   uint64 // order of adding
	index int    // in its queue; -1: in none
}

func newEntry[T any](item T) entry[T] { return entry[T]{item: item, index: -1} }

// head is the first entry, nil when the queue is empty.
func (q queue[T]) head() *entry[T] {
	if len(q) == 0 {
		return nil
	}
	return q[0]
}

func (q *queue[T]) add(e *entry[T], at time.Time, seq uint64) {
	e.at, e.seq = at, seq
	heap.Push(q, e)
}

// remove takes an entry out, wherever it stands, if it is in the queue.
func (q *queue[T]) remove(e *entry[T]) {
	if e.index >= 0 {
		heap.Remove(q, e.index)
	}
}

// The rest is heap.Interface.

func (q queue[T]) Len() int { return len(q) }

func (q queue[T]) Less(i, j int) bool {
	if q[i].at.Equal(q[j].at) {
		return q[i].seq < q[j].seq
	}
	return q[i].at.Before(q[j].at)
}

func (q queue[T]) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}

func (q *queue[T]) Push(x any) {
	e := x.(*entry[T])
	e.index = len(*q)
	*q = append(*q, e)
}

func (q *queue[T]) Pop() any {
	last := len(*q) - 1
	e := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	e.index = -1
	return e
}
