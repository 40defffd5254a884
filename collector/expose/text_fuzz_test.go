package expose

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/promtext"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// For any texts from the configuration and the API, the text and the protobuf of /metrics are
// equivalent. Prometheus's parser reads back every label and finds each series once.
func FuzzText(f *testing.F) {
	f.Add("production", "wahVIzGkCMuAUE2gDERM02", "cn-shanghai", "升级", "IN_PROGRESS", "k", "v", 2.0)
	f.Add(`a"b\`, "a\nb\r\n", "a\x00b", "\xff", `"} 1`+"\n# {", "k", "k", math.Inf(-1))
	f.Add(" ", "\u2028\u0085", "\\n", "\\", "PLANNED", "\xff", "\uFFFD", 0.1)
	f.Add("", "", "", strings.Repeat("冷", 300), "", "", "", math.NaN())
	f.Fuzz(func(t *testing.T, account, jobID, place, said, status, key, value string, number float64) {
		for _, ours := range []string{account, jobID, place} { // YAML and JSON are UTF-8
			if !utf8.ValidString(ours) {
				t.Skip("not possible in a configuration")
			}
		}
		at := time.Unix(1e9, 0)
		s := &store.State{
			Target: target.Target{Account: account, JobID: jobID, Region: place, Instance: aliyun.Instance{ID: place}},
			Job: &aliyun.Job{
				Name: &said, JobDesc: &said, FirmwareID: &said, ProductKey: &said, DestVersion: &said, JobStatus: &status, JobType: &said,
				SelectionType: &said, TargetSelection: &said, GroupID: &said, GroupName: &said, DownloadProtocol: &said,
				RetryCount: &number, DynamicMode: &number, SrcVersions: []string{said, said + "1"}, UtcStartTime: &at,
				Tags: []aliyun.Tag{{Key: &key, Value: &value}, {Key: new(key + "1"), Value: &value}, {Value: new(value + "1")}}, // all different
			},
			AsOf: at, Asked: at, Err: &aliyun.Error{Class: aliyun.ClassServer, Code: said},
			Devices: &store.DeviceCounts{ByStatus: map[string]int{"SUCCEEDED": 1, place: 2}, Total: 3, AsOf: at},
		}
		other := &store.State{Target: target.Target{Account: account, JobID: jobID + " "}, Asked: at}

		var ours, protobuf, theirs bytes.Buffer
		if err := render(t.Context(), newTextSink(&ours), families(time.Hour), []*store.State{s, other}); err != nil {
			t.Fatal(err)
		}
		if err := render(t.Context(), &protoSink{w: &protobuf}, families(time.Hour), []*store.State{s, other}); err != nil {
			t.Fatal(err)
		}
		for decoder := expfmt.NewDecoder(&protobuf, expfmt.FmtProtoDelim); ; {
			var mf dto.MetricFamily
			if err := decoder.Decode(&mf); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("Prometheus cannot read it as protobuf: %v", err)
			}
			if _, err := expfmt.MetricFamilyToText(&theirs, &mf); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(theirs.String(), ours.String()); diff != "" {
			t.Errorf("(-protobuf, by expfmt +text):\n%s", diff)
		}
		checkOpenMetrics(t, ours.String(), []*store.State{s, other})
		parsed := promtext.Read(t, &ours)

		utf8Of := func(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
		description := utf8Of(said)
		for len(description) > maxDescription {
			_, size := utf8.DecodeLastRuneInString(description)
			description = description[:len(description)-size]
		}
		ids := map[string]string{"account": account, "job_id": jobID}
		for _, want := range []struct {
			family string
			labels map[string]string
		}{
			{"job_info", map[string]string{"region": place, "iot_instance_id": place, "name": utf8Of(said), "description": description, "group_name": utf8Of(said)}},
			{"job_source_version_info", map[string]string{"src_version": utf8Of(said)}},
			{"job_source_version_info", map[string]string{"src_version": utf8Of(said) + "1"}},
			{"job_tag_info", map[string]string{"key": utf8Of(key), "value": utf8Of(value)}},
			{"job_tag_info", map[string]string{"key": utf8Of(key) + "1", "value": utf8Of(value)}},
			{"job_tag_info", map[string]string{"key": "", "value": utf8Of(value) + "1"}},
			{"job_devices", map[string]string{"task_status": place}},
			{"job_poll_error_info", map[string]string{"class": "server", "code": utf8Of(said)}},
			{"job_poll_success", nil},
		} {
			if n := seriesWith(parsed["aliyun_iot_ota_"+want.family], ids, want.labels); n != 1 {
				t.Errorf("%d series of %s with %q and %q, want 1", n, want.family, ids, want.labels)
			}
		}
		if n := seriesWith(parsed["aliyun_iot_ota_job_status"], ids, map[string]string{"status": utf8Of(status)}); n != 1 && status != "" {
			t.Errorf("%d series of the status %q", n, status)
		}
		if got := parsed["aliyun_iot_ota_job_retry_limit"].Metric[0].Gauge.GetValue(); got != number && !(math.IsNaN(got) && math.IsNaN(number)) {
			t.Errorf("%v is read as %v", number, got)
		}
	})
}

// checkOpenMetrics checks that the states have the same samples in OpenMetrics as in the text
// format, and that the parser of Prometheus's server reads them.
func checkOpenMetrics(t *testing.T, text string, states []*store.State) {
	t.Helper()
	var b bytes.Buffer
	out := newTextSink(&b)
	out.openMetrics = true
	if err := render(t.Context(), out, families(time.Hour), states); err != nil {
		t.Fatal(err)
	}
	samples := func(text string) (lines []string) {
		for line := range strings.Lines(text) {
			if !strings.HasPrefix(line, "# ") {
				lines = append(lines, line)
			}
		}
		return lines
	}
	if diff := cmp.Diff(samples(text), samples(b.String())); diff != "" {
		t.Errorf("samples (-text +OpenMetrics):\n%s", diff)
	}
	p := textparse.NewOpenMetricsParser(append(b.Bytes(), endOfMetrics...), labels.NewSymbolTable())
	for {
		switch _, err := p.Next(); {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			t.Fatalf("Prometheus cannot read it as OpenMetrics: %v in\n%s", err, &b)
		}
	}
}

// seriesWith counts the series of a family that have all of these labels.
func seriesWith(family *dto.MetricFamily, labels ...map[string]string) (n int) {
	for _, m := range family.GetMetric() {
		has := map[string]string{}
		for _, l := range m.Label {
			has[l.GetName()] = l.GetValue()
		}
		same := true
		for _, wanted := range labels {
			for name, value := range wanted {
				got, there := has[name]
				same = same && there && got == value
			}
		}
		if same {
			n++
		}
	}
	return n
}
