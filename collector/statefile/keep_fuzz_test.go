//go:build unix

package statefile

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// fixedAnswer is a transport that answers every request the same, without a network.
type fixedAnswer struct {
	status int
	body   string
}

func (s fixedAnswer) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: s.status, Request: r, Body: io.NopCloser(strings.NewReader(s.body))}, nil
}

type noKeys struct{}

func (noKeys) Keys(context.Context) (credentials.Keys, error) { return credentials.Keys{}, nil }
func (noKeys) Reject(credentials.Keys)                        {}

// polled returns a batch after a poll with this answer.
func polled(ctx context.Context, target target.Target, status int, body string) *store.State {
	client := aliyun.NewClient(noKeys{}, aliyun.Options{Transport: fixedAnswer{status, body}})
	job, _, err := client.QueryOTAJob(ctx, aliyun.Instance{URL: "http://endpoint"}, "job-1")
	before := &store.State{Target: target}
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	if failure := aliyun.AsError(err); failure != nil {
		return before.FailedWith(failure, at, at.Add(time.Second))
	}
	return before.Answered(job, at)
}

// The state file keeps everything of any answer about a batch, and does not lose other batches.
func FuzzAnswerIsKept(f *testing.F) {
	for _, seed := range []string{
		`{"Success":true,"Data":{"Name":"升级 \"x\"\n","JobStatus":"IN_PROGRESS","UtcCreate":"2019-12-28T02:43:10.625Z","SrcVersions":{"SrcVersion":["1"]}}}`,
		`{"Success":true,"Data":{"UtcCreate":"9999-12-31T23:59:59-01:00"}}`, `{"Success":true,"Data":{"UtcCreate":"0000-01-01T00:00+01:00"}}`,
		`{"Success":true,"Data":{"GrayPercent":1e308,"RetryCount":"-0","NeedPush":0,"Tags":[{"Key":null,"Value":"\ud800"}]}}`,
		`{"Success":false,"Code":"iot.firmware.InvalidOTAJobId","ErrorMessage":"two\nlines \u2028","RequestId":"R"}`, ``,
	} {
		f.Add(200, seed)
		f.Add(503, seed)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		target := target.Target{Account: "production", JobID: "job-1"}
		checkKept(t, append([]*store.State{polled(t.Context(), target, status, body)}, someStates()...))
	})
}
