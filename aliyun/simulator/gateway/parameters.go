package gateway

import "strconv"

// required returns a mandatory parameter. It may be empty: an empty parameter is a
// business error.
func (c *call) required(name string) (string, *apiError) {
	if !c.params.Has(name) {
		return "", missing(name)
	}
	return c.params.Get(name), nil
}

// page is a CurrentPage and a PageSize, both at least 1.
type page struct{ current, size int }

// page reads the parameters of a page of at most largest entries. needed says that they
// have no defaults.
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

// offset returns how many entries are on the pages before this one.
func (p page) offset() int { return (p.current - 1) * p.size }
