package simulator

import (
	"fmt"
	"math"
	"net/http"
)

// Lists that no account can have. Other operations are answered as usual.
const (
	Overfull  Kind = "overfull"  // twice as many entries on a page as were asked for
	Growing   Kind = "growing"   // new entries on each page, and a Total that is a page ahead of it
	Countless Kind = "countless" // new entries on each page of each read, and the largest Total that an int32 holds
	Repeating Kind = "repeating" // the first page's entries on each page, and a Total of 50,000
	Hollow    Kind = "hollow"    // the first entries, then empty pages, and a Total of 50,000
	LongIDs   Kind = "longids"   // one page, of entries whose ids have 2,000 characters
)

// isList says whether a kind changes lists only.
func (k Kind) isList() bool {
	switch k {
	case Overfull, Growing, Countless, Repeating, Hollow, LongIDs:
		return true
	}
	return false
}

// badList is the answer to a call for a list; false: the call is for something else,
// or has no page.
func (k Kind) badList(c *call) (answer, bool) {
	p, refused := c.page(math.MaxInt32, true)
	form, known := lists[c.action]
	if refused != nil || !known {
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
	all := make([]any, entries)
	for i := range all {
		all[i] = form.entry(fmt.Sprintf(id, k, name, i), c)
	}
	o := append(list(p, total, form.name, form.item, all), member{"RequestId", c.id}, member{"Success", true})
	return c.answer(http.StatusOK, string(k), c.action+"Response", o), true
}

// lists are the operations that give lists, and how an entry looks.
var lists = map[string]struct {
	name, item string
	entry      func(id string, c *call) object
}{
	"ListOTAFirmware": {"FirmwareInfo", "SimpleFirmwareInfo", func(id string, c *call) object {
		return object{{"FirmwareId", id}, {"ProductKey", c.params.Get("ProductKey")}}
	}},
	"ListOTAJobByFirmware": {"Data", "SimpleOTAJobInfo", func(id string, c *call) object {
		return object{{"JobId", id}, {"JobStatus", "IN_PROGRESS"}, {"FirmwareId", c.params.Get("FirmwareId")}}
	}},
	"ListOTATaskByJob": {"Data", "SimpleOTATaskInfo", func(id string, c *call) object {
		return object{{"TaskId", id}, {"JobId", c.params.Get("JobId")}, {"TaskStatus", "QUEUED"}}
	}},
}
