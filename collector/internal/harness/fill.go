package harness

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/go-kit/log"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/expose"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// FilledStore returns a store with n batches of one account, as after a poll of each batch.
// Each batch has 25 series.
func FilledStore(tb testing.TB, n int) *store.Store {
	tb.Helper()
	const account = "production"
	targets := make([]target.Target, n)
	for i := range targets {
		targets[i] = target.Target{
			Account: account, Region: "cn-shanghai", JobID: FillJobID(i), Origin: target.Configured,
			Instance: aliyun.Instance{URL: "https://iot.cn-shanghai.aliyuncs.com", ID: "iot-cn-0pp1n8t0001"},
		}
	}
	filled := store.New()
	filled.Configure(target.Account{Name: account, Targets: targets})
	polled := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for i := range targets {
		asked := polled.Add(time.Duration(i) * 105 * time.Millisecond)
		ChangeState(tb, filled, FillJobID(i), func(s *store.State) { s.Job, s.AsOf, s.Asked = filledJob(i), asked, asked })
	}
	return filled
}

// ChangeState replaces the state of one batch of the account "production" by a copy
// that change has edited.
func ChangeState(tb testing.TB, states *store.Store, jobID string, change func(s *store.State)) {
	tb.Helper()
	before := states.Get("production", jobID)
	if before == nil {
		tb.Fatalf("%s is not in the store", jobID)
	}
	after := *before
	change(&after)
	if !states.Replace(before, &after) {
		tb.Errorf("%s was changed meanwhile", jobID)
	}
}

// FillJobID returns the JobId of a batch of [FilledStore]. It is as long as a real one.
func FillJobID(i int) string { return fmt.Sprintf("wahVIzGkCMuAUE2gDE%08d", i) }

// filledJob returns a batch with most fields. Fields differ between batches if they do so in
// a real fleet.
func filledJob(i int) *aliyun.Job {
	at := func(hours int) *time.Time {
		return new(time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(hours)*time.Hour + time.Duration(i)*1_337*time.Millisecond))
	}
	pick := func(values ...string) *string { return new(values[i%len(values)]) }
	return &aliyun.Job{
		Name:                  new(fmt.Sprintf("cold-chain-%d", i/10)),
		JobDesc:               new(fmt.Sprintf("冷链传感器 全量升级 %d", i)),
		FirmwareID:            new(fmt.Sprintf("Ufuxnwygsuffc6LQ%010d", i/10)),
		ProductKey:            new(fmt.Sprintf("a19mzPZ%04d", i/100)),
		DestVersion:           new(fmt.Sprintf("2.%d.0", i/10%100)),
		JobStatus:             pick(aliyun.Statuses...),
		JobType:               new("UPGRADE_FIRMWARE"),
		SelectionType:         pick("STATIC", "STATIC", "DYNAMIC"),
		TargetSelection:       pick("ALL", "GRAY", "SPECIFIC"),
		OverwriteMode:         new(1.0),
		MaximumPerMinute:      new(float64(10 * (1 + i%100))),
		RetryCount:            new(2.0),
		RetryInterval:         new(10.0),
		TimeoutInMinutes:      new(60.0),
		GrayPercent:           new(float64(i % 100)),
		SrcVersions:           []string{"1.0.0", "1.0.1", "1.1.0", "1.2.0"},
		Tags:                  []aliyun.Tag{{Key: new("owner"), Value: new("cold-chain")}, {Key: new("仓库"), Value: pick("上海一号", "上海二号")}, {Key: new("wave"), Value: pick("1", "2", "3", "4")}},
		UtcCreate:             at(0),
		UtcModified:           at(30),
		UtcStartTime:          at(24),
		UtcEndTime:            at(30),
		UtcScheduleTime:       at(24),
		UtcScheduleFinishTime: at(48),
		NeedPush:              new(true),
		NeedConfirm:           new(false),
		DownloadProtocol:      new("HTTPS"),
	}
}

// NewHandler serves the metrics of the batches in a store, without those of the exporter.
func NewHandler(tb testing.TB, store *store.Store) http.Handler {
	tb.Helper()
	handler, err := expose.NewHandler(store, prometheus.NewRegistry(), log.NewNopLogger())
	if err != nil {
		tb.Fatal(err)
	}
	return handler
}

// Discard is a ResponseWriter that only counts bytes.
type Discard struct {
	Headers http.Header
	Bytes   int
}

// Header implements [http.ResponseWriter].
func (d *Discard) Header() http.Header { return d.Headers }

// WriteHeader implements [http.ResponseWriter].
func (d *Discard) WriteHeader(int) {}

// Write implements [http.ResponseWriter].
func (d *Discard) Write(b []byte) (int, error) {
	d.Bytes += len(b)
	return len(b), nil
}
