package collector_test

import (
	"errors"
	"io"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
)

// The text writer is our own; it must say what expfmt says of the same families.
func TestTextAndProtobufAgree(t *testing.T) {
	for name, situation := range situations {
		t.Run(strings.ReplaceAll(name, "_", " "), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t)
				situation(h)
				var fromProtobuf strings.Builder
				for _, mf := range decode(t, h.get("Accept", acceptProtobuf)) {
					if _, err := expfmt.MetricFamilyToText(&fromProtobuf, mf); err != nil {
						t.Fatal(err)
					}
				}
				if diff := cmp.Diff(jobFamilies(fromProtobuf.String()), h.jobs()); diff != "" {
					t.Errorf("(-protobuf +text):\n%s", diff)
				}
			})
		})
	}
}

// What an account is called, what a batch's id is and what code the API makes
// up is nothing that a parser stumbles over.
func TestHostileNames(t *testing.T) {
	for name, text := range map[string]string{
		"quotes":             `a"b"`,
		"backslashes":        `a\b\`,
		"newlines":           "a\nb\r\n",
		"a nul":              "a\x00b",
		"what ends a sample": `"} 1 # {`,
		"Chinese":            "冷链",
		"a space":            " ",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t)
				account, id, code := text+"account", text+"id", "iot."+text
				h.setup.Accounts[0].Name = account
				h.sim.Inject(simulator.Fault{Code: code})
				h.watch("", id)
				for _, accept := range []string{"", acceptProtobuf} {
					all := decode(t, h.get("Accept", accept))
					i := slices.IndexFunc(all, func(mf *dto.MetricFamily) bool { return mf.GetName() == "aliyun_iot_ota_job_poll_error_info" })
					if i < 0 {
						t.Fatalf("Accept %q: no job_poll_error_info", accept)
					}
					got := map[string]string{}
					for _, l := range all[i].Metric[0].Label {
						got[l.GetName()] = l.GetValue()
					}
					want := map[string]string{"account": account, "job_id": id, "class": "server", "code": code}
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("Accept %q: labels (-want +got):\n%s", accept, diff)
					}
				}
			})
		})
	}
}

// decode reads an answer by its Content-Type, as Prometheus does.
func decode(t *testing.T, w *httptest.ResponseRecorder) (all []*dto.MetricFamily) {
	t.Helper()
	if expfmt.ResponseFormat(w.Header()) != expfmt.FmtProtoDelim {
		return parsed(t, w.Body.String())
	}
	decoder := expfmt.NewDecoder(w.Body, expfmt.FmtProtoDelim)
	for {
		mf := &dto.MetricFamily{}
		if err := decoder.Decode(mf); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Errorf("decode protobuf: %v", err)
			return all
		}
		all = append(all, mf)
	}
}

// parsed is a text exposition in its own order.
func parsed(tb testing.TB, text string) (all []*dto.MetricFamily) {
	tb.Helper()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	byName, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		tb.Errorf("parse: %v", err)
	}
	for _, name := range families(text) {
		all = append(all, byName[name])
	}
	return all
}
