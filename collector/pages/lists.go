package pages

import (
	"strings"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/poll"
)

// maxLists is the maximum number of failing lists on the page. If the API is down, all lists
// fail, and must not hide the batches.
const maxLists = 10

// pageList is a list that cannot be read. The template uses the exported fields and methods.
type pageList struct {
	poll.ListFailure
	Name    phrase.Text
	Failure *failure
}

// maxProducts is the maximum number of products on the page.
const maxProducts = 50

// pageProducts are the discovered products and the numbers of their packages.
type pageProducts struct {
	Shown                  []poll.ProductCount // those without packages first
	More                   int                 // number of products that are not shown
	Total, Empty, Packages int
}

// showProducts adds the products to the page, if there are any.
func (v *pageView) showProducts(counts []poll.ProductCount) {
	if len(counts) == 0 {
		return
	}
	p := &pageProducts{Shown: counts[:min(len(counts), maxProducts)], Total: len(counts)}
	p.More = len(counts) - len(p.Shown)
	for _, c := range counts {
		p.Packages += c.Packages
		if c.Packages == 0 {
			p.Empty++
		}
	}
	v.Products = p
}

// showLists adds the first of the lists that cannot be read to the page.
func (v *pageView) showLists(failing []poll.ListFailure) {
	shown := failing[:min(len(failing), maxLists)]
	v.MoreLists = len(failing) - len(shown)
	for _, f := range shown {
		name := listName(f.Of)
		v.Lists = append(v.Lists, pageList{f, name, newFailure(f.Err, f.Instance, name, newMoment(f.At, v.now), f.Failures)})
	}
}

// listName returns the name of a list, such as "product a1ColdChn01", in the language of the
// reader.
func listName(name string) phrase.Text {
	switch kind, id, _ := strings.Cut(name, " "); kind {
	case "product":
		return phrase.Of("product %s", id)
	case "package":
		return phrase.Of("package %s", id)
	}
	return phrase.Word{Kind: "list", Name: name}
}
