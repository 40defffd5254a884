package documents_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-kit/log"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/expose"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/promtext"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// flagInHelp matches a flag in the output of --help. Its groups are the name, the default
// and the text, which may begin on the next line, without the environment variable.
var flagInHelp = regexp.MustCompile(`(?m)^ +(?:-\w, )?--(?:\[no-\])?([\w.-]+)(?:=(\S*))?(?: \.\.\.)?\s+(.*?)(?: \(\$\w+\))?$`)

// flagTable makes the table of flags from the output of --help.
func flagTable(t *testing.T) string {
	t.Setenv("COLUMNS", "10000") // no text is wrapped
	help, _, err := exportertest.Run(t, "--help")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("| Flag | Default | Meaning |\n| --- | --- | --- |\n")
	for _, found := range flagInHelp.FindAllStringSubmatch(help, -1) {
		name, value, meaning := found[1], strings.Trim(found[2], `"`), found[3]
		if value != "" {
			value = "`" + value + "`"
		}
		fmt.Fprintf(&b, "| `--%s` | %s | %s |\n", name, value, cell(meaning))
	}
	return b.String()
}

// batchMetricTable makes the table from a batch and a package that have every field.
func batchMetricTable(t *testing.T) string {
	var full store.State
	var firmware aliyun.Firmware
	fill(reflect.ValueOf(&full).Elem())
	fill(reflect.ValueOf(&firmware).Elem())
	full.Devices.ByStatus = map[string]int{"SUCCEEDED": 1} // a status of the API
	states := store.New()
	states.Replace(nil, &full)
	states.SetFirmwares("x", []aliyun.Firmware{firmware})
	handler, err := expose.NewHandler(states, prometheus.NewRegistry(), log.NewNopLogger())
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	return metricTable(t, w.Body.String(), "", "account", "job_id")
}

// ownMetricTable makes the table from the demo after its first discovery. The metric of the
// discovery appears last.
func ownMetricTable(t *testing.T) string {
	demo := exportertest.Start(t, "--demo")
	demo.AwaitMetric("aliyun_iot_ota_exporter_discovery_last_success_timestamp_seconds{")
	return metricTable(t, demo.Metrics(), "aliyun_iot_ota_exporter_")
}

// metricTable has a row for each metric whose name begins with the prefix, in the order of
// the text. It omits the implied labels, which the document explains separately.
func metricTable(t *testing.T, text, prefix string, implied ...string) string {
	t.Helper()
	families := promtext.Read(t, strings.NewReader(text))
	var b strings.Builder
	b.WriteString("| Metric | Type | Labels | Meaning |\n| --- | --- | --- | --- |\n")
	for _, name := range promtext.Names(text) {
		if strings.HasPrefix(name, prefix) {
			f := families[name]
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", name, strings.ToLower(f.GetType().String()), labelNames(f, implied), cell(f.GetHelp()))
		}
	}
	return b.String()
}

// labelNames returns the labels of all samples of a metric in the order in which they appear.
func labelNames(f *dto.MetricFamily, implied []string) string {
	var names []string
	for _, m := range f.Metric {
		for _, l := range m.Label {
			if name := "`" + l.GetName() + "`"; !slices.Contains(names, name) && !slices.Contains(implied, l.GetName()) {
				names = append(names, name)
			}
		}
	}
	return strings.Join(names, ", ")
}

// fill sets all exported fields of v to values other than zero.
func fill(v reflect.Value) {
	switch {
	case !v.CanSet():
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Unix(1, 0)))
	case v.Kind() == reflect.Struct:
		for _, field := range v.Fields() {
			fill(field)
		}
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case v.Kind() == reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key)
		fill(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case v.Kind() == reflect.String:
		v.SetString("x")
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanInt():
		v.SetInt(1)
	case v.CanUint():
		v.SetUint(1)
	case v.CanFloat():
		v.SetFloat(1)
	}
}

// cell escapes a text for a cell of a Markdown table.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
