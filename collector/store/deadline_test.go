package store

import (
	"math"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

func TestDeadline(t *testing.T) {
	start := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	const expected, forever = 24 * time.Hour, 100 * 365 * 24 * time.Hour
	timeout := func(minutes float64) func(*State) { return func(s *State) { s.Job.TimeoutInMinutes = &minutes } }
	limit := func(perMinute float64) func(*State) { return func(s *State) { s.Job.MaximumPerMinute = &perMinute } }
	retries := func(count, interval float64) func(*State) {
		return func(s *State) { s.Job.RetryCount, s.Job.RetryInterval = &count, &interval }
	}
	devices := func(n int) func(*State) { return func(s *State) { s.Counted, s.Size = true, &n } }
	uncounted := func(s *State) { s.Counted = true }
	finish := func(s *State) { s.Job.UtcScheduleFinishTime = new(start.Add(5 * time.Hour)) }
	dynamic := func(s *State) { s.Job.SelectionType = new("DYNAMIC") }
	unstarted := func(s *State) { s.Job.UtcStartTime = nil }
	planned := func(s *State) {
		s.Job.JobStatus = new("PLANNED")
		s.Job.UtcScheduleTime, s.Job.UtcStartTime = s.Job.UtcStartTime, nil
	}
	ended := func(status string) func(*State) {
		return func(s *State) { s.Job.JobStatus, s.Job.UtcEndTime = &status, new(start.Add(30*time.Minute)) }
	}
	for name, c := range map[string]struct {
		of    []func(*State) // a static batch that began at start and has no setting
		basis string
		after time.Duration // of start
		none  bool          // the devices must be counted first
	}{
		"nothing but the start": {nil, basisDefault, expected, false},
		"never answered for":    {[]func(*State){func(s *State) { s.AsOf = time.Time{} }}, "", 0, false},
		"gone":                  {[]func(*State){func(s *State) { s.Job = nil }}, "", 0, false},
		"no start":              {[]func(*State){unstarted}, "", 0, false},
		"no start, a timeout":   {[]func(*State){unstarted, timeout(60)}, "", 0, false},

		"a timeout":                            {[]func(*State){timeout(60)}, basisSettings, time.Hour, false},
		"the shortest timeout":                 {[]func(*State){timeout(1)}, basisSettings, time.Minute, false},
		"a fraction of a minute":               {[]func(*State){timeout(0.5)}, basisSettings, 30 * time.Second, false},
		"a timeout of zero":                    {[]func(*State){timeout(0)}, basisDefault, expected, false},
		"a timeout of minus zero":              {[]func(*State){timeout(math.Copysign(0, -1))}, basisDefault, expected, false},
		"a negative timeout":                   {[]func(*State){timeout(-60)}, basisDefault, expected, false},
		"a timeout of zero, devices uncounted": {[]func(*State){timeout(0), limit(10), uncounted}, basisDefault, expected, false},
		"a timeout beyond every calendar":      {[]func(*State){timeout(math.MaxFloat64)}, basisSettings, forever, false},

		"retries without a timeout":      {[]func(*State){retries(2, 10)}, basisDefault, expected, false},
		"retries at once":                {[]func(*State){timeout(60), retries(2, 0)}, basisSettings, time.Hour, false},
		"retries after a wait":           {[]func(*State){timeout(60), retries(5, 30)}, basisSettings, time.Hour, false},
		"retries after a longer wait":    {[]func(*State){timeout(60), retries(1, 1440)}, basisSettings, time.Hour, false},
		"absurd retries":                 {[]func(*State){timeout(60), retries(1e300, 1e300)}, basisSettings, time.Hour, false},
		"a negative number of retries":   {[]func(*State){timeout(60), retries(-1, -1)}, basisSettings, time.Hour, false},
		"retries, a push limit, devices": {[]func(*State){timeout(60), retries(2, 10), limit(100), devices(250)}, basisSettings, time.Hour + 3*time.Minute, false},

		"a push limit, nobody counts":           {[]func(*State){timeout(60), limit(1000)}, basisSettings, time.Hour, false},
		"a push limit, not counted yet":         {[]func(*State){timeout(60), limit(1000), uncounted}, basisSettings, 0, true},
		"an absurd push limit, not counted":     {[]func(*State){timeout(60), limit(1e300), uncounted}, basisSettings, 0, true},
		"no push limit, not counted yet":        {[]func(*State){timeout(60), uncounted}, basisSettings, time.Hour, false},
		"a push limit of zero, not counted":     {[]func(*State){timeout(60), limit(0), uncounted}, basisSettings, time.Hour, false},
		"a negative push limit, not counted":    {[]func(*State){timeout(60), limit(-10), uncounted}, basisSettings, time.Hour, false},
		"no timeout, not counted yet":           {[]func(*State){limit(1000), uncounted}, basisDefault, expected, false},
		"a push limit and devices":              {[]func(*State){timeout(60), limit(1000), devices(1_000_000)}, basisSettings, time.Hour + 1000*time.Minute, false},
		"a last minute that is not full":        {[]func(*State){timeout(60), limit(1000), devices(1001)}, basisSettings, time.Hour + 2*time.Minute, false},
		"a push limit and no device":            {[]func(*State){timeout(60), limit(1000), devices(0)}, basisSettings, time.Hour, false},
		"a push limit and fewer than none":      {[]func(*State){timeout(60), limit(1000), devices(-5000)}, basisSettings, time.Hour, false},
		"devices, and no push limit":            {[]func(*State){timeout(60), devices(1_000_000)}, basisSettings, time.Hour, false},
		"devices, and a push limit of zero":     {[]func(*State){timeout(60), limit(0), devices(1000)}, basisSettings, time.Hour, false},
		"devices, and a negative push limit":    {[]func(*State){timeout(60), limit(-1), devices(1000)}, basisSettings, time.Hour, false},
		"a push limit of half a device":         {[]func(*State){timeout(60), limit(0.5), devices(10)}, basisSettings, time.Hour + 20*time.Minute, false},
		"an absurdly high push limit":           {[]func(*State){timeout(60), limit(1e300), devices(1_000_000)}, basisSettings, time.Hour + time.Minute, false},
		"an absurdly low push limit":            {[]func(*State){timeout(60), limit(math.SmallestNonzeroFloat64), devices(math.MaxInt)}, basisSettings, forever, false},
		"no timeout, but a push limit, counted": {[]func(*State){limit(10), devices(100_000)}, basisDefault, expected, false},

		"a planned end":                    {[]func(*State){finish}, basisScheduleFinish, 5 * time.Hour, false},
		"a planned end, and a timeout":     {[]func(*State){finish, timeout(60)}, basisScheduleFinish, 5 * time.Hour, false},
		"a planned end, not counted yet":   {[]func(*State){finish, timeout(60), limit(10), uncounted}, basisScheduleFinish, 5 * time.Hour, false},
		"PLANNED with an end":              {[]func(*State){planned, finish}, basisScheduleFinish, 5 * time.Hour, false},
		"PLANNED without an end":           {[]func(*State){planned}, "", 0, false},
		"PLANNED without an end, counted":  {[]func(*State){planned, timeout(60), devices(10)}, "", 0, false},
		"DYNAMIC":                          {[]func(*State){dynamic}, "", 0, false},
		"DYNAMIC with settings":            {[]func(*State){dynamic, timeout(60), limit(10), devices(10)}, "", 0, false},
		"DYNAMIC with settings, uncounted": {[]func(*State){dynamic, timeout(60), limit(10), uncounted}, "", 0, false},
		"DYNAMIC with a schedule":          {[]func(*State){dynamic, finish}, "", 0, false},
		"no selection type":                {[]func(*State){func(s *State) { s.Job.SelectionType = nil }, timeout(60)}, basisSettings, time.Hour, false},
		"COMPLETED":                        {[]func(*State){ended("COMPLETED"), timeout(60)}, basisSettings, time.Hour, false},
		"CANCELED":                         {[]func(*State){ended("CANCELED"), timeout(60)}, basisSettings, time.Hour, false},
		"CANCELED with a planned end":      {[]func(*State){ended("CANCELED"), finish}, basisScheduleFinish, 5 * time.Hour, false},
		"CANCELED before it began":         {[]func(*State){ended("CANCELED"), unstarted}, "", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := &State{AsOf: start, Job: &aliyun.Job{JobStatus: new("IN_PROGRESS"), SelectionType: new("STATIC"), UtcStartTime: new(start)}}
			for _, change := range c.of {
				change(s)
			}
			at, basis, ok := s.Deadline(expected)
			if basis != c.basis || ok != (c.basis != "" && !c.none) {
				t.Fatalf("basis %q, %v, want %q", basis, ok, c.basis)
			}
			if after := at.Sub(start); ok && after != c.after {
				t.Errorf("%v after the start, want %v", after, c.after)
			}
		})
	}
}
