package check_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/check"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// The check of a shard tells which accounts are in which shard, and plans only its own.
func TestCheckOfAShard(t *testing.T) {
	// divided is the setup of shard 1 of 4 with these accounts.
	divided := func(own ...string) target.Setup {
		setup := target.Setup{Rules: harness.DefaultRules, Shard: target.Shard{Number: 1, Total: 4}}
		for _, name := range own {
			account := target.Account{Name: name, RequestsPerSecond: 5}
			account.Watch(harness.Region, harness.Instance(""), []string{"job-1"}, nil, nil)
			setup.Accounts = append(setup.Accounts, account)
		}
		setup.Others = map[string]int{"production": 0, "partner": 2}
		return setup
	}
	for name, c := range map[string]struct {
		setup target.Setup
		want  string
	}{
		"a shard with an account": {divided("eu"), `
The configuration is valid. This is shard 1 of 4, counted from 0. It watches 1 of 3 accounts:

ACCOUNT     SHARD
eu          1, this one
partner     2
production  0

1 of 4 shards has no account. The name of an account determines its shard, and accounts with the same credentials stay together.

If all batches were IN_PROGRESS, with 50ms for each call:

ACCOUNT  OPERATION    IDS    REQUESTS/S  CALLS/MIN  INTERVAL  MAX AGE
eu       QueryOTAJob  1 job  5           4          15s       17s

Every account can keep these intervals.
`},
		"a shard without an account": {divided(), `
The configuration is valid. This is shard 1 of 4, counted from 0. It watches 0 of 2 accounts:

ACCOUNT     SHARD
partner     2
production  0

2 of 4 shards have no account. The name of an account determines its shard, and accounts with the same credentials stay together.

This shard has nothing to watch. It runs, and waits for a configuration that gives it an account.
`},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := check.Config(&out, func() (target.Setup, error) { return c.setup, nil }); err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			for line := range strings.Lines("\n" + out.String()) {
				got.WriteString(strings.TrimRight(line, " \n") + "\n")
			}
			if diff := cmp.Diff(c.want, got.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The live check of a shard makes no call for other shards.
func TestCheckLiveOfAShard(t *testing.T) {
	for name, c := range map[string]struct {
		number, calls int
		want          string
	}{
		"its own account":     {0, 3, "Checking the IDs of this shard: 3."},
		"that has no account": {1, 0, "This shard has nothing to watch."},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.ConfigureRunning(3)
				other := *h.Account()
				other.Name, other.Credentials.AccessKeyID = "partner", "another"
				h.Setup.Accounts = append(h.Setup.Accounts, other)
				h.Setup = h.Setup.Take(target.Shard{Number: c.number, Total: 3}) // 0: production, 2: partner
				out, err := h.CheckLive()
				if err != nil || !strings.Contains(out, c.want) {
					t.Errorf("error %v, want %q in:\n%s", err, c.want, out)
				}
				if n := h.Calls(aliyun.OpQueryOTAJob); n != c.calls {
					t.Errorf("%d calls, want %d", n, c.calls)
				}
			})
		})
	}
}
