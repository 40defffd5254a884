package expose

import (
	"cmp"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// formats are those of /metrics. Where a scraper does not mind, it gets the first one.
var formats = []expfmt.Format{expfmt.FmtText, expfmt.FmtOpenMetrics_1_0_0, expfmt.FmtProtoDelim}

// mediaRange is an element of an Accept header, such as text/plain;version=0.0.4;q=0.5.
type mediaRange struct {
	kind, subtype string // in lower case; may be *
	parameters    map[string]string
	weight        float64 // from 0, which means never, to 1
}

// fit is how well a scraper wants a format.
type fit struct {
	mediaRange
	specific int // the more, the more specific is the range; 0: no range matches
	at       int // index of the range in the header
}

// negotiate returns the format that a scraper wants most, as RFC 9110 defines it. The most specific
// range that matches a format gives its weight. Of formats with the same weight it prefers one that
// is named to one that only a wildcard matches, then the first one in the header. It ignores
// malformed ranges. If a scraper wants nothing that there is, it gets text, as all exporters do.
//
// expfmt.NegotiateAccept does not serve: it reads only the first header line, compares the case of
// names, and takes q=0 for a low weight.
func negotiate(h http.Header) expfmt.Format {
	ranges := mediaRanges(h.Values("Accept"))
	best, bestFit := formats[0], fit{}
	for _, format := range formats {
		f := fitOf(format, ranges)
		if f.specific == 0 || f.weight == 0 {
			continue
		}
		if bestFit.specific == 0 || cmp.Or(cmp.Compare(f.weight, bestFit.weight), cmp.Compare(f.specific, bestFit.specific), cmp.Compare(bestFit.at, f.at)) > 0 {
			best, bestFit = format, f
		}
	}
	scheme, err := model.ToEscapingScheme(strings.ToLower(bestFit.parameters[model.EscapingKey]))
	if err != nil {
		scheme = model.NameEscapingScheme
	}
	return best.WithEscapingScheme(scheme)
}

// fitOf returns the fit of a format by the most specific range that matches it.
func fitOf(format expfmt.Format, ranges []mediaRange) (best fit) {
	name, parameters, _ := mime.ParseMediaType(string(format)) // it is a constant
	kind, subtype, _ := strings.Cut(name, "/")
	for at, r := range ranges {
		f := fit{mediaRange: r, at: at}
		switch {
		case r.kind == "*":
			f.specific = 1
		case r.kind != kind:
		case r.subtype == "*":
			f.specific = 2
		case r.subtype == subtype && r.matches(format, parameters):
			f.specific = 3 + len(r.parameters)
		}
		if f.specific > best.specific {
			best = f
		}
	}
	return best
}

// matches reports whether the parameters of a range fit those of a format. Those that the format
// does not have, such as escaping, always do.
func (r mediaRange) matches(format expfmt.Format, parameters map[string]string) bool {
	for key, value := range parameters {
		wanted, given := r.parameters[key]
		if key == "charset" || !given && format == expfmt.FmtText {
			continue // a range of text without a version means any
		}
		// OpenMetrics without a version is the draft 0.0.1, protobuf may have other encodings.
		if wanted != value {
			return false
		}
	}
	return true
}

// mediaRanges parses the lines of an Accept header.
func mediaRanges(lines []string) (all []mediaRange) {
	for _, element := range elements(strings.Join(lines, ",")) {
		name, parameters, err := mime.ParseMediaType(element)
		if name == "*" {
			name = "*/*" // as old clients write it
		}
		kind, subtype, found := strings.Cut(name, "/")
		if err != nil || !found || kind == "*" && subtype != "*" {
			continue
		}
		weight := 1.0
		if q, given := parameters["q"]; given {
			if weight, err = strconv.ParseFloat(q, 64); err != nil || !(weight >= 0 && weight <= 1) {
				continue
			}
			delete(parameters, "q")
		}
		all = append(all, mediaRange{kind, subtype, parameters, weight})
	}
	return all
}

// elements splits a header at its commas, except those in quotes.
func elements(header string) []string {
	quoted, escaped := false, false
	var all []string
	start := 0
	for i := range len(header) {
		switch c := header[i]; {
		case escaped:
			escaped = false
		case quoted && c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			all = append(all, header[start:i])
			start = i + 1
		}
	}
	return slices.DeleteFunc(append(all, header[start:]), func(e string) bool { return strings.TrimSpace(e) == "" })
}
