package rules_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/prompb"
	"github.com/prometheus/prometheus/rules"
	"gopkg.in/yaml.v3"
)

// In the first three hours of every situation of the rules' own cases, vmalert in front of
// VictoriaMetrics has the same alerts fire as Prometheus. vmalert replays the situations, and
// then knows no keep_firing_for: what Prometheus only keeps firing is left out.
//
// The test is skipped where the two programs are not in PATH. They are
// built in a copy of the Go module github.com/VictoriaMetrics/VictoriaMetrics, for example of
// v1.151.0: go build -mod=mod ./app/victoria-metrics ./app/vmalert
func TestVMAlertFiresTheSame(t *testing.T) {
	for _, program := range []string{"victoria-metrics", "vmalert"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(err)
		}
	}
	var together []situation
	names := make(map[string]string) // of situations, by an account or a job of theirs
	for i, one := range situations(t) {
		one = one.in(fmt.Sprintf("/%d", i))
		together = append(together, one)
		for _, s := range one.series {
			for _, label := range []string{"account", "job"} {
				names[s.labels.Get(label)] = one.name
			}
		}
	}
	want := make(map[string][]int) // the minutes at which an alert fires
	s := newServer(t)
	s.play(together, playFor, func(at time.Duration) {
		for _, g := range s.groups {
			for _, r := range g.AlertingRules() {
				for _, a := range r.ActiveAlerts() {
					if a.State == rules.StateFiring && a.KeepFiringSince.IsZero() {
						alert := alertName(a.Labels)
						want[alert] = append(want[alert], int(at/time.Minute))
					}
				}
			}
		}
	})
	got := replayed(t, together)
	for _, alert := range slices.Sorted(maps.Keys(union(want, got))) {
		if !similar(want[alert], got[alert]) {
			t.Errorf("%s\n  in %s\n  Prometheus: %v\n  vmalert:    %v", alert, names[labelOf(alert)], spans(want[alert]), spans(got[alert]))
		}
	}
	if len(want) < 100 {
		t.Errorf("only %d alerts fire", len(want))
	}
}

func alertName(l labels.Labels) string {
	return fmt.Sprintf("%s %s%s account=%s job_id=%s", l.Get(labels.AlertName), l.Get("severity"), map[bool]string{true: " job=" + l.Get("job")}[l.Has("job")], l.Get("account"), l.Get("job_id"))
}

// labelOf is the account of an alert, or its job.
func labelOf(alert string) string {
	for _, label := range []string{" account=", " job="} {
		if _, after, found := strings.Cut(alert, label); found {
			if value, _, _ := strings.Cut(after, " "); value != "" {
				return value
			}
		}
	}
	return ""
}

func union(a, b map[string][]int) map[string][]int {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// similar reports whether an alert fires in both, and begins and ends within some minutes.
func similar(a, b []int) bool {
	if len(a) == 0 || len(b) == 0 {
		return max(len(a), len(b)) <= 2
	}
	near := func(x, y int) bool { return max(x, y)-min(x, y) <= 6 }
	return near(a[0], b[0]) && near(a[len(a)-1], b[len(b)-1])
}

// spans shortens minutes that follow each other.
func spans(minutes []int) (all []string) {
	for i := 0; i < len(minutes); {
		j := i
		for j+1 < len(minutes) && minutes[j+1]-minutes[j] <= 2 {
			j++
		}
		all = append(all, fmt.Sprintf("%d-%d", minutes[i], minutes[j]))
		i = j + 1
	}
	return all
}

// startLimit is the longest time that a server may take to start.
const startLimit = time.Minute

// awaitServer waits until a server that starts answers at the address.
func awaitServer(t *testing.T, address string) {
	t.Helper()
	for end := time.Now().Add(startLimit); ; time.Sleep(50 * time.Millisecond) {
		client := http.Client{Timeout: max(time.Second, time.Until(end))}
		response, err := client.Get(address)
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return
			}
			err = errors.New(response.Status)
		}
		if time.Now().After(end) {
			t.Fatalf("no answer after %v: %v", startLimit, err)
		}
	}
}

// replayed returns the minutes at which alerts fire in vmalert.
func replayed(t *testing.T, together []situation) map[string][]int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	cmd := exec.CommandContext(t.Context(), "victoria-metrics", "-storageDataPath="+t.TempDir(), "-httpListenAddr="+address, "-retentionPeriod=1y",
		"-memory.allowedBytes=256MB", "-search.disableCache")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	server := "http://" + address
	awaitServer(t, server+"/health")
	base := time.Now().Add(-2 * playFor).Truncate(time.Hour)
	write(t, server, together, base)
	get(t, server+"/internal/force_flush", nil)
	for _, rules := range inOrder(t) {
		replay := exec.CommandContext(t.Context(), "vmalert", "-rule="+rules, "-datasource.url="+server, "-remoteWrite.url="+server,
			"-evaluationInterval=2m", "-replay.timeFrom="+base.UTC().Format(time.RFC3339), "-replay.timeTo="+base.Add(playFor).UTC().Format(time.RFC3339),
			"-replay.rulesDelay=0", "-replay.disableProgressBar", "-httpListenAddr=127.0.0.1:0")
		if out, err := replay.CombinedOutput(); err != nil {
			t.Fatalf("vmalert: %v\n%s", err, out)
		}
		get(t, server+"/internal/force_flush", nil) // what it wrote can be read from now on
	}
	var answer struct {
		Data struct {
			Result []struct {
				Metric map[string]string
				Values [][2]any
			}
		}
	}
	query := url.Values{"query": {`ALERTS{alertstate="firing"}`}, "start": {strconv.FormatInt(base.Unix(), 10)}, "end": {strconv.FormatInt(base.Add(playFor).Unix(), 10)}, "step": {"2m"}, "nocache": {"1"}}
	get(t, server+"/api/v1/query_range?"+query.Encode(), &answer)
	all := make(map[string][]int)
	for _, series := range answer.Data.Result {
		alert := alertName(labels.FromMap(series.Metric))
		for _, v := range series.Values {
			all[alert] = append(all[alert], int(v[0].(float64)-float64(base.Unix()))/60)
		}
		slices.Sort(all[alert])
	}
	return all
}

// inOrder returns files with one recording rule each, because the next ones read its result, and
// one file with all alerts.
func inOrder(t *testing.T) (all []string) {
	t.Helper()
	dir := t.TempDir()
	add := func(content any) {
		text, err := yaml.Marshal(content)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, filepath.Join(dir, fmt.Sprintf("%d.yml", len(all))))
		if err := os.WriteFile(all[len(all)-1], text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range files {
		text, err := os.ReadFile(path(file))
		if err != nil {
			t.Fatal(err)
		}
		var content struct {
			Groups []struct {
				Name  string
				Rules []map[string]any
			}
		}
		if err := yaml.Unmarshal(text, &content); err != nil {
			t.Fatal(err)
		}
		for _, g := range content.Groups {
			for _, r := range g.Rules {
				if r["record"] == nil {
					continue
				}
				add(map[string]any{"groups": []any{map[string]any{"name": g.Name, "rules": []any{r}}}})
			}
		}
	}
	return append(all, path(files[1]))
}

// write sends the samples of all situations, whose time 0 is base.
func write(t *testing.T, server string, together []situation, base time.Time) {
	t.Helper()
	var request prompb.WriteRequest
	send := func() {
		body, err := request.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.Post(server+"/api/v1/write", "application/x-protobuf", bytes.NewReader(snappy.Encode(nil, body)))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode/100 != 2 {
			t.Fatalf("remote write: %s", response.Status)
		}
		request.Timeseries = nil
	}
	for _, one := range together {
		for _, of := range one.series {
			series := prompb.TimeSeries{}
			of.labels.Range(func(l labels.Label) {
				series.Labels = append(series.Labels, prompb.Label{Name: l.Name, Value: l.Value})
			})
			shift := 0.0
			if strings.HasSuffix(of.labels.Get(labels.MetricName), "_timestamp_seconds") {
				shift = float64(base.Unix())
			}
			for step, v := range of.values {
				if at := time.Duration(step) * time.Minute; !v.Omitted && at <= min(one.until, playFor) {
					value := v.Value
					if !math.IsNaN(value) { // a stale marker must keep its bits
						value += shift
					}
					series.Samples = append(series.Samples, prompb.Sample{Value: value, Timestamp: base.Add(at).UnixMilli()})
				}
			}
			if request.Timeseries = append(request.Timeseries, series); len(request.Timeseries) == 500 {
				send()
			}
		}
	}
	send()
}

// get reads an answer, and decodes it if it is wanted.
func get(t *testing.T, address string, into any) {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if into != nil {
		if err := json.NewDecoder(response.Body).Decode(into); err != nil {
			t.Fatal(err)
		}
	}
}
