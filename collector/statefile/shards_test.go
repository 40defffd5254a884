package statefile_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// elsewhere is the setup of a shard that has no account: another one watches them all.
func elsewhere(setup target.Setup) target.Setup {
	setup.Accounts, setup.Others = nil, map[string]int{"production": 1}
	return setup
}

// When another shard takes an account over, its batches leave /metrics at once. When the
// account comes back, the first scrape shows what was known of them, unless that is older
// than max_age.
func TestAccountGoesToAnotherShardAndComesBack(t *testing.T) {
	for name, c := range map[string]struct {
		reload bool          // else a restart
		away   time.Duration // until it comes back
		known  bool
	}{
		"by a reload":                     {true, 20 * time.Minute, true},
		"by a restart":                    {false, 20 * time.Minute, true},
		"by a reload, after a long time":  {true, 2 * time.Hour, false},
		"by a restart, after a long time": {false, 2 * time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				path := filepath.Join(t.TempDir(), "state")
				stop := h.Keep(path)
				h.CountDevices()
				h.Setup.Rules.MaxAge = time.Hour
				h.ConfigureOrdinary("fw-1", "job-1", "job-2")
				h.Apply()
				h.Pass(10 * time.Minute)
				own, before := h.Setup, h.Jobs()

				// next applies a setup after a restart or a reload.
				next := func(ctx context.Context, setup target.Setup) {
					if !c.reload {
						stop()
						after := harness.New(t)
						after.RedirectTo(h)
						stop = after.Keep(path)
						h = after
					}
					h.Setup = setup
					h.Poller.Apply(ctx, setup)
				}
				next(t.Context(), elsewhere(own))
				for line := range strings.Lines(h.Scrape()) {
					if strings.Contains(line, "production") && !strings.HasPrefix(line, "aliyun_iot_ota_exporter_account_shard{") {
						t.Errorf("another shard watches the account, but it is in %s", line)
					}
				}
				h.Pass(c.away)
				if text, err := os.ReadFile(path); err != nil || strings.Contains(string(text), `"job-1"`) != c.known {
					t.Errorf("error %v, want the batch in the state file: %v\n%s", err, c.known, text)
				}
				beforeAnyPoll, cancel := context.WithCancel(t.Context())
				cancel()
				next(beforeAnyPoll, own)
				if after := h.Jobs(); c.known {
					if diff := cmp.Diff(before, after); diff != "" {
						t.Errorf("(-before +after):\n%s", diff)
					}
				} else if strings.Contains(after, "job_status") {
					t.Errorf("the data is too old, but it is in\n%s", after)
				}
			})
		})
	}
}

// The state file of a shard keeps no batch of an account that is in no configuration.
func TestAccountThatLeavesTheConfigurationOfEveryShard(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		path := filepath.Join(t.TempDir(), "state")
		h.Keep(path)
		h.ConfigureOrdinary("fw-1", "job-1")
		h.Apply()
		h.Pass(10 * time.Minute)
		h.Setup = elsewhere(h.Setup)
		h.Apply()
		h.Pass(10 * time.Minute)
		h.Setup.Others = nil
		h.Apply()
		h.Pass(10 * time.Minute)
		if text, err := os.ReadFile(path); err != nil || strings.Contains(string(text), "job-1") {
			t.Errorf("error %v, the state file is\n%s", err, text)
		}
	})
}
