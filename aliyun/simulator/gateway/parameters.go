package gateway

import "strconv"

// required returns a mandatory parameter. An empty one is left to the product to
// refuse.
func (c *call) required(name string) (string, *apiError) {
	if !c.params.Has(name) {
		return "", missing(name)
	}
	return c.params.Get(name), nil
}

// page is a CurrentPage and a PageSize, both at least 1.
type page struct{ current, size int }

// page reads the paging of a list whose pages hold at most largest entries. If it
// is needed, the list has no default page.
func (c *call) page(largest int, needed bool) (page, *apiError) {
	p := page{1, 10}
	for _, f := range []struct {
		name string
		to   *int
	}{{"CurrentPage", &p.current}, {"PageSize", &p.size}} {
		text := c.params.Get(f.name)
		if text == "" {
			if needed {
				return p, missing(f.name)
			}
			continue
		}
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return p, invalid(f.name)
		}
		*f.to = int(n)
	}
	if p.current < 1 || p.size < 1 || p.size > largest {
		return p, businessError("iot.common.InvalidPageParams")
	}
	return p, nil
}

// offset is how many entries are on the pages before.
func (p page) offset() int { return (p.current - 1) * p.size }
