package collector

import "time"

// listsShown bounds the lists that the page shows: when the API is down, all of them
// fail, and hide the batches.
const listsShown = 10

// pageList is one list that cannot be read. What the template asks for is exported.
type pageList struct {
	listFailure
	now time.Time
}

func (l pageList) ErrorAge() *moment { return newMoment(l.at, l.now) }

// showLists puts the first of the lists that cannot be read on the page.
func (v *pageView) showLists(failures []listFailure, now time.Time) {
	shown := failures[:min(len(failures), listsShown)]
	v.MoreLists = len(failures) - len(shown)
	for _, f := range shown {
		v.Lists = append(v.Lists, pageList{f, now})
	}
}
