package collector

import (
	"container/heap"
	"time"
)

// queue gives the entry with the earliest time first, and of equals the one
// that was added first.
type queue []*entry

// entry is one batch's place in one queue.
type entry struct {
	batch *batch
	at    time.Time
	seq   uint64 // order of adding
	index int    // in its queue; -1: in none
}

// head is the first entry, nil when the queue is empty.
func (q queue) head() *entry {
	if len(q) == 0 {
		return nil
	}
	return q[0]
}

func (q *queue) add(e *entry) { heap.Push(q, e) }

func (q *queue) remove(e *entry) {
	if e.index >= 0 {
		heap.Remove(q, e.index)
	}
}

// The rest is heap.Interface.

func (q queue) Len() int { return len(q) }

func (q queue) Less(i, j int) bool {
	if q[i].at.Equal(q[j].at) {
		return q[i].seq < q[j].seq
	}
	return q[i].at.Before(q[j].at)
}

func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}

func (q *queue) Push(x any) {
	e := x.(*entry)
	e.index = len(*q)
	*q = append(*q, e)
}

func (q *queue) Pop() any {
	last := len(*q) - 1
	e := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	e.index = -1
	return e
}
