package gateway

import (
	"fmt"
	"math"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
)

// Kinds of lists that no account can have. Operations without a list are answered as
// usual.
const (
	Overfull  Kind = "overfull"  // a page has twice as many entries as requested
	Growing   Kind = "growing"   // each page has new entries, and Total is always one page more
	Countless Kind = "countless" // each page of each read has new entries, and Total is the largest int32
	Repeating Kind = "repeating" // each page has the entries of the first page, and Total is 50,000
	Hollow    Kind = "hollow"    // pages after the first are empty, and Total is 50,000
	LongIDs   Kind = "longids"   // one page of entries whose ids have 2,000 characters
)

// isList reports whether a kind changes lists only.
func (k Kind) isList() bool {
	switch k {
	case Overfull, Growing, Countless, Repeating, Hollow, LongIDs:
		return true
	}
	return false
}

// badList returns the answer to a call for a list. It returns false if the call is not for
// a list or has no valid page.
func (k Kind) badList(c *call) (answer, bool) {
	p, refused := c.page(math.MaxInt32, true)
	l := operations[c.action].list
	if refused != nil || l == nil {
		return answer{}, false
	}
	const large = 50_000
	total, entries, name, id := large, p.size, fmt.Sprint("page-", p.current), "%s-%s-%d"
	switch k {
	case Overfull:
		total, entries = large, 2*p.size
	case Growing:
		total = (p.current + 1) * p.size
	case Countless:
		total, name = math.MaxInt32, c.id // which no other call has
	case Repeating:
		name = "page-1"
	case Hollow:
		if p.current > 1 {
			entries = 0
		}
	case LongIDs:
		total, id = p.size, "%s-%s-%02000d"
	}
	all := make([]fleet.Record, entries)
	for i := range all {
		all[i] = l.entry(fmt.Sprintf(id, k, name, i), c)
	}
	return c.success(string(k), l.page(p, total, all)), true
}

// entry returns an invented entry for the answer to a call.
func (l *list) entry(id string, c *call) fleet.Record {
	r := fleet.Record{{Name: l.id, Value: id}, {Name: l.parent, Value: c.params.Get(l.parent)}}
	if l.status != "" {
		r = append(r, fleet.Field{Name: l.status, Value: l.live})
	}
	return r
}
