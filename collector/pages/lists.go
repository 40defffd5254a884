package pages

import (
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/poll"
)

// listsShown bounds the lists that the page shows: when the API is down, all of them
// fail, and hide the batches.
const listsShown = 10

// pageList is one list that cannot be read. What the template asks for is exported.
type pageList struct {
	poll.ListFailure
	now time.Time
}

func (l pageList) ErrorAge() *moment { return newMoment(l.At, l.now) }

// productsShown bounds the products on the page.
const productsShown = 50

// pageProducts are the products that are discovered, with their packages.
type pageProducts struct {
	Shown                  []poll.ProductCount // those without packages first
	More                   int                 // that are not shown
	Total, Empty, Packages int
}

// showProducts puts them on the page, unless none is discovered or known yet.
func (v *pageView) showProducts(counts []poll.ProductCount) {
	if len(counts) == 0 {
		return
	}
	p := &pageProducts{Shown: counts[:min(len(counts), productsShown)], Total: len(counts)}
	p.More = len(counts) - len(p.Shown)
	for _, c := range counts {
		p.Packages += c.Packages
		if c.Packages == 0 {
			p.Empty++
		}
	}
	v.Products = p
}

// showLists puts the first of the lists that cannot be read on the page.
func (v *pageView) showLists(first []poll.ListFailure, more int, now time.Time) {
	v.MoreLists = more
	for _, f := range first {
		v.Lists = append(v.Lists, pageList{f, now})
	}
}
