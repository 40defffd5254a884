package expose_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/expfmt"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

func renderedFirmware(t *testing.T, f aliyun.Firmware) string {
	t.Helper()
	states := store.New()
	states.SetFirmwares("production", []aliyun.Firmware{f})
	return harness.Get(harness.NewHandler(t, states)).Body.String()
}

func fullFirmware(t *testing.T) (f aliyun.Firmware) {
	t.Helper()
	for field, value := range reflect.ValueOf(&f).Elem().Fields() {
		value.Set(fill(t, field, 1))
	}
	return f
}

// Each field of a package affects its metric. Without the field, its label is empty.
func TestEveryFieldOfAPackageReachesMetrics(t *testing.T) {
	full := renderedFirmware(t, fullFirmware(t))
	harness.CheckExposition(t, full)
	for field := range reflect.TypeFor[aliyun.Firmware]().Fields() {
		t.Run(field.Name, func(t *testing.T) {
			f := fullFirmware(t)
			value := reflect.ValueOf(&f).Elem().FieldByIndex(field.Index)
			value.Set(fill(t, field, 2))
			if renderedFirmware(t, f) == full {
				t.Error("another value does not change /metrics: add a line to labels.go")
			}
			value.SetZero()
			if n := strings.Count(renderedFirmware(t, f), `=""`); n != 1 {
				t.Errorf("without the field %d labels are empty, want 1", n)
			}
		})
	}
}

// Names of packages may hold anything. Text and protobuf show the same.
func TestHostileNamesOfPackages(t *testing.T) {
	filled := harness.FilledStore(t, 3)
	var firmwares []aliyun.Firmware
	for _, name := range []string{"a\"b\\c\nd", "\xff\x00", `"} 1 # {`, "冷链", ""} {
		firmwares = append(firmwares, aliyun.Firmware{FirmwareID: new("fw-" + name), FirmwareName: &name, ProductName: &name})
	}
	filled.SetFirmwares("production", firmwares)
	handler := harness.NewHandler(t, filled)
	text := harness.Get(handler).Body.String()
	if n := strings.Count(text, "\naliyun_iot_ota_firmware_info{"); n != len(firmwares) {
		t.Errorf("%d samples, want %d", n, len(firmwares))
	}
	harness.CheckExposition(t, text)
	var fromProtobuf strings.Builder
	for _, mf := range harness.Decode(t, harness.Get(handler, "Accept", harness.AcceptProtobuf)) {
		if _, err := expfmt.MetricFamilyToText(&fromProtobuf, mf); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(fromProtobuf.String(), text); diff != "" {
		t.Errorf("(-protobuf +text):\n%s", diff)
	}
}
