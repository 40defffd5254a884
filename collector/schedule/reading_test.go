package schedule

import (
	"crypto/rand"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// pageOf is a page of a list, two entries each.
func pageOf(list []string, page int) aliyun.List[string] {
	from, to := min(2*(page-1), len(list)), min(2*page, len(list))
	return aliyun.List[string]{Total: len(list), Entries: list[from:to]}
}

// numbers are the entries of a list.
func numbers(n int) (list []string) {
	for i := range n {
		list = append(list, fmt.Sprint(i))
	}
	return list
}

func TestReading(t *testing.T) {
	five := []string{"a", "b", "c", "d", "e"}
	for name, c := range map[string]struct {
		list     []string
		change   func(call int, list []string) []string          // before each call, the first being 1
		answer   func(p aliyun.List[string]) aliyun.List[string] // in place of the right page
		calls    int
		complete bool
		seen     []string // nil: all of the list at the end
		failure  string   // a part of it; "": none
	}{
		"empty":         {calls: 1, complete: true},
		"one entry":     {list: five[:1], calls: 1, complete: true},
		"one full page": {list: five[:2], calls: 1, complete: true},
		"three pages":   {list: five, calls: 3, complete: true},
		"one is deleted between the pages": {list: five, change: func(call int, list []string) []string {
			if call == 2 {
				return slices.Delete(slices.Clone(list), 0, 1)
			}
			return list
		}, calls: 2 + 2, complete: true},
		"one is put in front between the pages": {list: five, change: func(call int, list []string) []string {
			if call == 2 {
				return slices.Insert(slices.Clone(list), 0, "new")
			}
			return list
		}, calls: 2 + 3, complete: true},
		"one is put in front, and the last deleted": {list: five, change: func(call int, list []string) []string {
			if call == 2 {
				return slices.Insert(slices.Clone(list[:4]), 0, "new")
			}
			return list
		}, calls: 3 + 3, complete: true},
		"one is added before every call": {list: five, change: func(call int, list []string) []string {
			if call > 1 {
				return append(slices.Clone(list), fmt.Sprint("new", call))
			}
			return list
		}, calls: 2 + 2 + 2 + 6, complete: false, seen: slices.Concat(five, []string{"new2", "new8"})},
		"one is deleted before every call": {list: slices.Concat(five, []string{"f", "g", "h", "i", "j", "k", "l", "m"}), change: func(call int, list []string) []string {
			if call > 1 {
				return slices.Clone(list[:len(list)-1])
			}
			return list
		}, calls: 2 + 2 + 2 + 3, complete: false},
		"the count is of more than there is": {list: five, answer: func(p aliyun.List[string]) aliyun.List[string] {
			p.Total = 100
			return p
		}, calls: 4 * 4, complete: false, failure: "page 4 is empty, although the list has 100 entries by its Total, and 5 have come"},
		"the count is of one more than there is": {list: five, answer: func(p aliyun.List[string]) aliyun.List[string] {
			p.Total++
			return p
		}, calls: 4 * 3, complete: false},
		"as many as are read":    {list: numbers(20), calls: 10, complete: true},
		"one more than are read": {list: numbers(21), calls: 10, seen: numbers(20), failure: "the list has 21 entries by its Total; only the first 20 are read"},
		"new ones for ever, of a count beyond all lists": {answer: func(p aliyun.List[string]) aliyun.List[string] {
			return aliyun.List[string]{Total: math.MaxInt32, Entries: []string{rand.Text(), rand.Text()}}
		}, calls: 10, failure: "2147483647 entries"},
		"new ones for ever, of a count that grows by a page with each page": {list: five, change: func(_ int, list []string) []string {
			return append(slices.Clone(list), rand.Text(), rand.Text())
		}, calls: 2 + 2 + 2 + 10, seen: five, failure: "grows faster than it can be read: from 19 entries by its Total to 37 while 10 pages"},
		"a count that grows by a page with each page, from few": {list: five[:1], change: func(call int, list []string) []string {
			if call == 1 {
				return list
			}
			return append(slices.Clone(list), rand.Text(), rand.Text())
		}, calls: 1, complete: true, seen: five[:1]},
		"empty pages of a count beyond all lists": {answer: func(aliyun.List[string]) aliyun.List[string] {
			return aliyun.List[string]{Total: math.MaxInt32}
		}, calls: 4, failure: "page 1 is empty"},
		"empty pages of a large count": {answer: func(aliyun.List[string]) aliyun.List[string] {
			return aliyun.List[string]{Total: 19}
		}, calls: 4, failure: "page 1 is empty, although the list has 19 entries by its Total, and 0 have come"},
		"the count is of less than there is": {list: five, answer: func(p aliyun.List[string]) aliyun.List[string] {
			p.Total = 2
			return p
		}, calls: 1, complete: true, seen: five[:2]},
		"the page that is asked for is ignored": {list: five, answer: func(p aliyun.List[string]) aliyun.List[string] {
			return pageOf(five, 1)
		}, calls: 4 * 2, complete: false, seen: five[:2], failure: "page 2 repeats entries"},
		"pages are larger than asked for": {list: five, answer: func(p aliyun.List[string]) aliyun.List[string] {
			return aliyun.List[string]{Total: 5, Entries: five}
		}, calls: 2, complete: true},
		"entries without an id": {list: five, answer: func(p aliyun.List[string]) aliyun.List[string] {
			p.Entries = slices.Clone(p.Entries)
			p.Entries = slices.DeleteFunc(p.Entries, func(e string) bool { return e == "c" })
			return p
		}, calls: 4 * 3, complete: false, seen: []string{"a", "b", "d", "e"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := &Reading{PerPage: 2, Most: 20}
			list, calls := c.list, 0
			for {
				if calls++; calls > 100 {
					t.Fatal("the read does not end")
				}
				if c.change != nil {
					list = c.change(calls, list)
				}
				p := pageOf(list, r.NextPage())
				if c.answer != nil {
					p = c.answer(p)
				}
				more, complete, err := r.Add(p.Entries, p.Total)
				if more {
					continue
				}
				if complete != c.complete {
					t.Errorf("complete: %v, want %v", complete, c.complete)
				}
				if (err == nil) != (c.failure == "") || err != nil && !strings.Contains(err.Error(), c.failure) {
					t.Errorf("failure %v, want %q", err, c.failure)
				}
				break
			}
			if calls != c.calls {
				t.Errorf("%d calls, want %d", calls, c.calls)
			}
			seen := c.seen
			if seen == nil {
				seen = list
			}
			for _, id := range seen {
				if !r.all[id] {
					t.Errorf("%s was not seen, only %v", id, slices.Sorted(maps.Keys(r.all)))
				}
			}
			if c.complete && len(r.pass) != len(seen) {
				t.Errorf("the last pass saw %v, want %v", slices.Sorted(maps.Keys(r.pass)), seen)
			}
		})
	}
}
