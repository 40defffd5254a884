package target_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/reason"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
)

const smallest = "accounts: [{name: a, region: cn-shanghai, instances: [{jobs: [j]}]}]\n"

// parse returns the setup of a configuration with these failure reasons.
func parse(reasons ...string) (target.Setup, error) {
	text := smallest + "failure_reasons:\n"
	for _, name := range reasons {
		text += fmt.Sprintf("  - {reason: %q, match: '^%s$'}\n", name, name)
	}
	c, err := config.Parse(strings.NewReader(text))
	if err != nil {
		return target.Setup{}, err
	}
	return target.FromConfig(c), nil
}

// Packages config and reason, which do not know each other, agree about what a reason is, and
// how many of them a batch can have.
func TestFailureReasonsOfTheConfiguration(t *testing.T) {
	var names []string
	failed := map[string]int{"version_mismatch": 1, "timeout": 1, "upgrade": 1, "download": 1, "verify": 1, "burn": 1, "other": 1, "unread": 1}
	for i := range 20 {
		names = append(names, fmt.Sprintf("reason_%d", i))
		failed[names[i]] = 1
	}
	setup, err := parse(names...)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if got := setup.Accounts[0].Reasons.Of(name, ""); got != name {
			t.Errorf("%q has the reason %s", name, got)
		}
	}
	if _, err := parse(append(names, "one_more")...); err == nil {
		t.Errorf("more than %d reasons are accepted", len(names))
	}
	if got := reason.Restored(failed, len(failed)); len(got) != len(failed) {
		t.Errorf("%d reasons of a batch are not restored: %v", len(failed), got)
	}
	for _, name := range []string{"version_mismatch", "timeout", "upgrade", "download", "verify", "burn", "other", "unread", "a", "A", "a_b", "a__b", "_a", "a-b", "a b", "1a", "é", strings.Repeat("a", 64), strings.Repeat("a", 65)} {
		isReason := reason.Restored(map[string]int{name: 2}, 2)[name] == 2
		want := isReason && name != "other" && name != reason.Unread
		if _, err := parse(name); (err == nil) != want {
			t.Errorf("%q: error %v, want one: %v", name, err, !want)
		}
	}
}
