package demo

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
)

// watched is a job of configFor with the data to query it.
type watched struct{ account, id, secret, instance, product, job string }

// readConfig parses the output of configFor.
func readConfig(config string) (all []watched) {
	var at watched
	for line := range strings.Lines(config) {
		name, value, _ := strings.Cut(strings.TrimLeft(strings.TrimSpace(line), "- "), ": ")
		switch {
		case name == "name":
			at = watched{account: value}
		case name == "access_key_id":
			at.id = value
		case name == "access_key_secret":
			at.secret = value
		case name == "id":
			at.instance = value
		case strings.HasSuffix(name, "jobs:") && !strings.HasPrefix(line, "        jobs"):
			at.instance = ""
		case regexp.MustCompile(`^\s+- [A-Za-z0-9]{26}\n$`).MatchString(line):
			at.job = name
			all = append(all, at)
		case name == "products":
			for i := range all {
				if all[i].account == at.account && all[i].instance == at.instance {
					all[i].product = strings.Trim(value, "[]")
				}
			}
		}
	}
	return all
}

// client returns a client with the key of the account.
func (w watched) client(h http.Handler) *aliyun.Client {
	return aliyun.NewClient(keys{AccessKeyID: w.id, AccessKeySecret: w.secret}, aliyun.Options{Transport: direct{h}})
}

// at is the instance of its calls.
func (w watched) at() aliyun.Instance {
	return aliyun.Instance{URL: "http://127.0.0.1:1", ID: w.instance}
}

// keys always returns the same keys.
type keys credentials.Keys

func (k keys) Keys(context.Context) (credentials.Keys, error) { return credentials.Keys(k), nil }
func (keys) Reject(credentials.Keys)                          {}

// direct is a transport that calls a handler without a network.
type direct struct{ http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Result(), nil
}

// patient repeats a throttled call until it is accepted.
func patient[T any](call func() (T, error)) (T, error) {
	for {
		got, err := call()
		if failure := aliyun.AsError(err); failure == nil || failure.Class != aliyun.ClassThrottled {
			return got, err
		}
		time.Sleep(time.Second)
	}
}

func TestDemo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(time.Now())
		fleet := readConfig(configFor("http://127.0.0.1:1"))
		if len(fleet) < 15 {
			t.Fatalf("%d jobs in the configuration", len(fleet))
		}
		look := func() (statuses map[string]string, tasks map[string]string) {
			statuses, tasks = map[string]string{}, map[string]string{}
			for _, w := range fleet {
				c := w.client(h)
				job, err := patient(func() (*aliyun.Job, error) {
					job, _, err := c.QueryOTAJob(t.Context(), w.at(), w.job)
					return job, err
				})
				if failure := aliyun.AsError(err); failure != nil {
					statuses[w.job] = failure.Code
					continue
				}
				statuses[w.job] = job.Status()
				for _, state := range []string{"QUEUED", "SUCCEEDED"} {
					list, err := patient(func() (aliyun.List[aliyun.Task], error) {
						return c.ListOTATaskByJob(t.Context(), w.at(), w.job, state, 1)
					})
					if failure := aliyun.AsError(err); failure != nil {
						tasks[w.job] += failure.Code + " "
						continue
					}
					tasks[w.job] += fmt.Sprint(state, list.Total, " ")
				}
			}
			return statuses, tasks
		}
		tally := func(statuses map[string]string) map[string]int {
			n := map[string]int{}
			for _, s := range statuses {
				n[s]++
			}
			return n
		}
		first, before := look()
		want := map[string]int{"PLANNED": 3, "IN_PROGRESS": 9, "COMPLETED": 2, "CANCELED": 3, "iot.firmware.InvalidOTAJobId": 1}
		if got := tally(first); !maps.Equal(got, want) {
			t.Errorf("at first %v, want %v", got, want)
		}
		time.Sleep(time.Minute)
		second, after := look()
		moved := 0
		for job := range before {
			if before[job] != after[job] {
				moved++
			}
		}
		if moved < 5 {
			t.Errorf("%d batches moved within a minute, want at least 5", moved)
		}
		if n := tally(second)["PLANNED"]; n > 2 {
			t.Errorf("%d batches still planned after a minute", n)
		}
		time.Sleep(9 * time.Minute)
		third, _ := look()
		if n := tally(third)["COMPLETED"]; n < 4 {
			t.Errorf("%d batches completed after ten minutes, want more: %v", n, third)
		}
		if got := h.sim.Calls("partner", "QueryOTAJob"); got.Accepted == 0 {
			t.Errorf("the partner account: %+v", got)
		}
	})
}

func TestDemoGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(time.Now())
		fleet := readConfig(configFor("http://127.0.0.1:1"))
		packages := func() int {
			n := 0
			for _, w := range fleet {
				if w.product != "" {
					list, err := patient(func() (aliyun.List[aliyun.Firmware], error) {
						return w.client(h).ListOTAFirmware(t.Context(), w.at(), w.product, 1)
					})
					if err != nil {
						t.Error(err)
					}
					n = max(n, list.Total)
				}
			}
			return n
		}
		start := packages()
		var sizes []int
		for range 16 {
			time.Sleep(15 * time.Minute)
			sizes = append(sizes, packages())
		}
		if sizes[0] <= start {
			t.Errorf("%d packages of a product after a quarter of an hour, %d at the start", sizes[0], start)
		}
		if worst := slices.Max(sizes); worst > start+12 {
			t.Errorf("up to %d packages of a product, from %d", worst, start)
		}
	})
}

// The rival of the partner account sometimes uses the whole quota, but never during the
// first poll of all batches, at whatever second the demo starts.
func TestDemoThrottles(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fleet := readConfig(configFor("http://127.0.0.1:1"))
		w := fleet[slices.IndexFunc(fleet, func(w watched) bool { return w.account == "partner" })]
		for range 46 {
			h := newHandler(time.Now())
			call := func() {
				_, _, _ = w.client(h).QueryOTAJob(t.Context(), w.at(), w.job) // counted by the gateway
				time.Sleep(time.Second)
			}
			start := time.Now()
			for range 15 {
				call()
			}
			if got := h.sim.Calls("partner", "QueryOTAJob"); got.Throttled != 0 {
				t.Errorf("started at %s, of the first 15 calls: %+v", start, got)
			}
			for range 75 {
				call()
			}
			if got := h.sim.Calls("partner", "QueryOTAJob"); got.Throttled != 6 || got.Accepted != 84 {
				t.Errorf("started at %s, of 90 calls: %+v", start, got)
			}
			time.Sleep(time.Second) // the next starts at another second
		}
	})
}
