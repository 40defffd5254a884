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
	Other           = "other"            // no rule matches
	Unread          = "unread"           // the device was counted, but its text was not read
)

// BuiltIn lists the built-in reasons in the order of the documentation.
var BuiltIn = []string{versionMismatch, timeout, upgrade, download, verify, burn, Other, Unread}

// MaxConfigured is how many rules a configuration can have, and Max how many different
// reasons a batch can have.
const (
	MaxConfigured = 20
	Max           = MaxConfigured + 8
)

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

// Valid reports whether a name can be a reason: words of lower-case letters and digits,
// joined by underscores, at most 64 bytes in all.
func Valid(name string) bool { return len(name) <= 64 && namePattern.MatchString(name) }
