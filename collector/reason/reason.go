package reason

import (
	"regexp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
)

// The built-in reasons. The values are those of the reason label.
const (
	versionMismatch = "version_mismatch" // the device reports neither the old nor the new version
	timeout         = "timeout"          // it took longer than the timeout of the batch
	upgrade         = "upgrade"          // step -1, or another failure to install
	download        = "download"         // step -2
	verify          = "verify"           // step -3: checksum or signature
	burn            = "burn"             // step -4: writing to the flash memory
	other           = "other"            // no rule matches
	Unread          = "unread"           // the device was counted, but its text was not read
)

// maxReasons is how many different reasons a batch can have: 20 of the configuration, which
// allows no more, and the 8 built-in ones.
const maxReasons = 20 + 8

// MaxText is how much of a text is looked at, in bytes.
const MaxText = 256

// Rule gives a reason to the devices whose text its pattern matches.
type Rule struct {
	Reason string
	Match  *regexp.Regexp
}

// Rules are the rules of the configuration, tried in this order and before the built-in
// ones. The zero value has only those. Rules may be used concurrently.
type Rules []Rule

// Of returns the reason of a failed device from its TaskDesc and its Progress. Either may
// be "".
func (r Rules) Of(text, progress string) string {
	text, progress = printable.Cut(text, MaxText), printable.Cut(progress, MaxText)
	for _, rule := range r {
		if rule.Match.MatchString(text) {
			return rule.Reason
		}
	}
	return builtIn(text, progress)
}

// namePattern is what the name of a reason must look like.
var namePattern = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// valid reports whether a name can be a reason: words of lower-case letters and digits,
// joined by underscores, at most 64 bytes in all.
func valid(name string) bool { return len(name) <= 64 && namePattern.MatchString(name) }

// Restored returns the numbers of failed devices by reason that were saved, if they can be
// true and become labels: all names are valid and the numbers add up to failed. Otherwise all
// devices are [Unread], as if nothing was saved. It returns nil if no device failed.
func Restored(saved map[string]int, failed int) map[string]int {
	if failed <= 0 {
		return nil
	}
	sum := 0
	for name, n := range saved {
		if n < 0 || !valid(name) {
			return map[string]int{Unread: failed}
		}
		sum += n
	}
	if sum != failed || len(saved) > maxReasons {
		return map[string]int{Unread: failed}
	}
	return saved
}
