package pages

import (
	"slices"
	"strconv"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
)

// instant is a time on the page.
type instant struct {
	RFC3339 string // in UTC, for programs
	UTC     string
	// Local is the same in the time zone of the exporter, with its distance from UTC; "":
	// the zone is UTC. The time zone of the reader is unknown: browsers do not send it, and
	// the pages have no scripts.
	Local string
}

// newInstant returns a time in UTC and in the time zone of now.
func newInstant(at, now time.Time) instant {
	i := instant{at.UTC().Format(time.RFC3339), at.UTC().Format("2006-01-02 15:04:05 UTC"), ""}
	if local := at.In(now.Location()); local.Format("-07:00") != "+00:00" {
		i.Local = local.Format("2006-01-02 15:04:05 -07:00")
	}
	return i
}

// moment is a time on the page and its distance from now.
type moment struct {
	instant
	Text phrase.Text // such as "3 h 20 min"
	Past bool
}

// newMoment returns nil for a zero time.
func newMoment(at, now time.Time) *moment {
	if at.IsZero() {
		return nil
	}
	return &moment{newInstant(at, now), phrase.Span(now.Sub(at).Abs()), at.Before(now)}
}

// percent formats a share of a whole in percent. Only none is 0% and only all is 100%.
func percent(part, whole int) string {
	part = min(part, whole) // devices change their status while they are counted
	switch share := 100 * float64(part) / float64(whole); {
	case part > 0 && share < 0.1:
		return "<0.1%"
	case part < whole && share > 99.9:
		return ">99.9%"
	case part == 0 || part == whole:
		return strconv.FormatFloat(share, 'f', 0, 64) + "%"
	default:
		return strconv.FormatFloat(share, 'f', 1, 64) + "%"
	}
}

// maxText is the maximum length of a text from the API on the page, in bytes. Texts that the
// console accepts are shorter.
const maxText = 1 << 10

// pageText converts a text from the API or the configuration for the page. Without it, a
// bidirectional control character could end a <bdi> and change the order of the text around it.
func pageText(text any) string {
	s, _ := text.(string)
	if p, ok := text.(*string); ok && p != nil {
		s = *p
	}
	return printable.Text(printable.Shorten(s, maxText))
}

// statusClass returns the class of a status in the style sheet, "" if there is none.
func statusClass(status string) string {
	if slices.Contains(aliyun.Statuses, status) || slices.Contains(aliyun.TaskStatuses, status) || status == noData {
		return status
	}
	return ""
}

// statusIcon returns the id of the icon of a status of a batch.
func statusIcon(status string) string {
	if slices.Contains(aliyun.Statuses, status) || status == noData {
		return "icon-" + status
	}
	return "icon-other"
}

// These return names of the API and the exporter for readers: a status of a batch, a status of a
// device, a reason of failures, a class of errors and the basis of a deadline.
func batchStatus(name string) phrase.Word {
	if name == noData {
		return phrase.Word{Kind: "page", Name: name}
	}
	return phrase.Word{Kind: "batch", Name: name}
}
func taskStatus(name string) phrase.Word { return phrase.Word{Kind: "device", Name: name} }
func reasonWord(name string) phrase.Word { return phrase.Word{Kind: "reason", Name: name} }
func errorClass(name string) phrase.Word { return phrase.Word{Kind: "class", Name: name} }
func basis(name string) phrase.Word      { return phrase.Word{Kind: "basis", Name: name} }
