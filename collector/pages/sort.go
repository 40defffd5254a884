package pages

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// sortKey is the key of a row in a sort. It is computed once for each row, because that is
// expensive for some columns. The fields are compared in their order. Each column uses some.
type sortKey struct {
	absent        bool // no value: last in both directions
	number        float64
	first, second string
	at            time.Time
}

func (k *sortKey) compare(other *sortKey) int {
	if c := cmp.Compare(k.number, other.number); c != 0 {
		return c
	}
	if c := strings.Compare(k.first, other.first); c != 0 {
		return c
	}
	if c := strings.Compare(k.second, other.second); c != 0 {
		return c
	}
	return k.at.Compare(other.at)
}

// sorted returns the rows in the order of the query. Equal rows keep their order.
func (q pageQuery) sorted(rows []*pageRow) []*pageRow {
	key := byUrgency
	if column, ok := q.column(); ok {
		key = column.sortKey
	}
	keys := make([]sortKey, len(rows))
	order := make([]int, len(rows))
	for i, r := range rows {
		keys[i], order[i] = key(r), i
	}
	slices.SortFunc(order, func(i, j int) int {
		a, b := &keys[i], &keys[j]
		if a.absent != b.absent {
			return boolOrder(a.absent) - boolOrder(b.absent)
		}
		c := a.compare(b)
		if q.descending {
			c = -c
		}
		if a.absent || c == 0 {
			return i - j
		}
		return c
	})
	sorted := make([]*pageRow, len(rows))
	for to, from := range order {
		sorted[to] = rows[from]
	}
	return sorted
}
