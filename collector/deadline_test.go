package collector

import (
	"math"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

func TestDeadline(t *testing.T) {
	start := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	const expected = 24 * time.Hour
	for name, c := range map[string]struct {
		change  func(j *aliyun.Job) // of a static batch that began at start, and no more is known of
		devices *int
		basis   string
		after   time.Duration // of start
	}{
		"nothing but the start":             {func(*aliyun.Job) {}, nil, basisDefault, expected},
		"no start":                          {func(j *aliyun.Job) { j.UtcStartTime = nil }, nil, "", 0},
		"no start, a timeout":               {func(j *aliyun.Job) { j.UtcStartTime, j.TimeoutInMinutes = nil, new(60.0) }, nil, "", 0},
		"a timeout":                         {func(j *aliyun.Job) { j.TimeoutInMinutes = new(60.0) }, nil, basisSettings, time.Hour},
		"no timeout, retries":               {func(j *aliyun.Job) { j.RetryCount, j.RetryInterval = new(2.0), new(10.0) }, nil, basisDefault, expected},
		"no timeout, a push limit, devices": {func(j *aliyun.Job) { j.MaximumPerMinute = new(10.0) }, new(1000), basisDefault, expected},
		"retries at once":                   {func(j *aliyun.Job) { j.TimeoutInMinutes, j.RetryCount, j.RetryInterval = new(60.0), new(2.0), new(0.0) }, nil, basisSettings, 3 * time.Hour},
		"retries after a wait": {func(j *aliyun.Job) {
			j.TimeoutInMinutes, j.RetryCount, j.RetryInterval = new(60.0), new(2.0), new(30.0)
		}, nil, basisSettings, 4 * time.Hour},
		"retries, the wait left out": {func(j *aliyun.Job) { j.TimeoutInMinutes, j.RetryCount = new(60.0), new(5.0) }, nil, basisSettings, 6 * time.Hour},
		"no retries": {func(j *aliyun.Job) {
			j.TimeoutInMinutes, j.RetryCount, j.RetryInterval = new(60.0), new(0.0), new(30.0)
		}, nil, basisSettings, time.Hour},
		"no retries, but a wait": {func(j *aliyun.Job) { j.TimeoutInMinutes, j.RetryInterval = new(60.0), new(30.0) }, nil, basisSettings, time.Hour},
		"a negative number of retries": {func(j *aliyun.Job) {
			j.TimeoutInMinutes, j.RetryCount, j.RetryInterval = new(60.0), new(-1.0), new(30.0)
		}, nil, basisSettings, time.Hour},
		"a push limit, devices not counted": {func(j *aliyun.Job) { j.TimeoutInMinutes, j.MaximumPerMinute = new(60.0), new(1000.0) }, nil, basisSettings, time.Hour},
		"a push limit and devices":          {func(j *aliyun.Job) { j.TimeoutInMinutes, j.MaximumPerMinute = new(60.0), new(1000.0) }, new(1_000_000), basisSettings, time.Hour + 1000*time.Minute},
		"a last minute that is not full":    {func(j *aliyun.Job) { j.TimeoutInMinutes, j.MaximumPerMinute = new(60.0), new(1000.0) }, new(1001), basisSettings, time.Hour + 2*time.Minute},
		"a push limit and no device":        {func(j *aliyun.Job) { j.TimeoutInMinutes, j.MaximumPerMinute = new(60.0), new(1000.0) }, new(0), basisSettings, time.Hour},
		"devices, and no push limit":        {func(j *aliyun.Job) { j.TimeoutInMinutes = new(60.0) }, new(1_000_000), basisSettings, time.Hour},
		"a push limit of zero":              {func(j *aliyun.Job) { j.TimeoutInMinutes, j.MaximumPerMinute = new(60.0), new(0.0) }, new(1000), basisSettings, time.Hour},
		"everything": {func(j *aliyun.Job) {
			j.TimeoutInMinutes, j.RetryCount, j.RetryInterval, j.MaximumPerMinute = new(60.0), new(2.0), new(10.0), new(100.0)
		}, new(250), basisSettings, 3*time.Minute + 3*time.Hour + 20*time.Minute},
		"a timeout of zero":               {func(j *aliyun.Job) { j.TimeoutInMinutes = new(0.0) }, nil, basisSettings, 0},
		"a timeout beyond every calendar": {func(j *aliyun.Job) { j.TimeoutInMinutes = new(math.MaxFloat64) }, nil, basisSettings, 100 * 365 * 24 * time.Hour},
		"a planned end":                   {func(j *aliyun.Job) { j.UtcScheduleFinishTime = new(start.Add(5 * time.Hour)) }, nil, basisScheduleFinish, 5 * time.Hour},
		"a planned end, and a timeout": {func(j *aliyun.Job) {
			j.UtcScheduleFinishTime, j.TimeoutInMinutes = new(start.Add(5*time.Hour)), new(60.0)
		}, nil, basisScheduleFinish, 5 * time.Hour},
		"a planned start without an end":     {func(j *aliyun.Job) { j.UtcScheduleTime, j.TimeoutInMinutes = &start, new(60.0) }, nil, basisSettings, time.Hour},
		"PLANNED with an end":                {func(j *aliyun.Job) { beginsLater(j); j.UtcScheduleFinishTime = new(start.Add(5 * time.Hour)) }, nil, basisScheduleFinish, 5 * time.Hour},
		"PLANNED without an end":             {func(j *aliyun.Job) { beginsLater(j) }, nil, "", 0},
		"PLANNED without an end, counted":    {func(j *aliyun.Job) { beginsLater(j); j.TimeoutInMinutes = new(60.0) }, new(10), "", 0},
		"DYNAMIC":                            {func(j *aliyun.Job) { j.SelectionType = new("DYNAMIC") }, nil, "", 0},
		"DYNAMIC with a timeout and devices": {func(j *aliyun.Job) { j.SelectionType, j.TimeoutInMinutes = new("DYNAMIC"), new(60.0) }, new(10), "", 0},
		"DYNAMIC with a schedule": {func(j *aliyun.Job) {
			j.SelectionType, j.UtcScheduleFinishTime = new("DYNAMIC"), new(start.Add(time.Hour))
		}, nil, "", 0},
		"no selection type":           {func(j *aliyun.Job) { j.SelectionType, j.TimeoutInMinutes = nil, new(60.0) }, nil, basisSettings, time.Hour},
		"COMPLETED":                   {func(j *aliyun.Job) { endedAs(j, "COMPLETED"); j.TimeoutInMinutes = new(60.0) }, nil, basisSettings, time.Hour},
		"CANCELED":                    {func(j *aliyun.Job) { endedAs(j, "CANCELED"); j.TimeoutInMinutes = new(60.0) }, nil, basisSettings, time.Hour},
		"CANCELED with a planned end": {func(j *aliyun.Job) { endedAs(j, "CANCELED"); j.UtcScheduleFinishTime = new(start.Add(time.Hour)) }, nil, basisScheduleFinish, time.Hour},
		"CANCELED before it began":    {func(j *aliyun.Job) { endedAs(j, "CANCELED"); j.UtcStartTime = nil }, nil, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			j := &aliyun.Job{JobStatus: new("IN_PROGRESS"), SelectionType: new("STATIC"), UtcStartTime: &start}
			c.change(j)
			at, basis, ok := deadline(j, c.devices, expected)
			if basis != c.basis || ok != (c.basis != "") {
				t.Fatalf("basis %q, %v, want %q", basis, ok, c.basis)
			}
			if after := at.Sub(start); ok && after != c.after {
				t.Errorf("%v after the start, want %v", after, c.after)
			}
		})
	}
	if _, _, ok := deadline(nil, nil, expected); ok {
		t.Error("a batch that nothing is known of has a deadline")
	}
}

func beginsLater(j *aliyun.Job) {
	j.JobStatus = new("PLANNED")
	j.UtcScheduleTime, j.UtcStartTime = j.UtcStartTime, nil
}

func endedAs(j *aliyun.Job, status string) {
	j.JobStatus = &status
	j.UtcEndTime = new(j.UtcStartTime.Add(30 * time.Minute))
}
