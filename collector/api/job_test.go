package api

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// snakeCase returns a name of the API as it is in the answers: UtcStartTime, utc_start_time.
func snakeCase(name string) string {
	return strings.ToLower(regexp.MustCompile(`([a-z])([A-Z])`).ReplaceAllString(name, "${1}_${2}"))
}

// Each field of the API is in the answers, in the same order, under its name in snake_case.
func TestSettingsAreTheFieldsOfTheAPI(t *testing.T) {
	var want, got []string
	for field := range reflect.TypeFor[aliyun.Job]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		want = append(want, snakeCase(name))
	}
	for field := range reflect.TypeFor[settings]().Fields() {
		name, omit, _ := strings.Cut(field.Tag.Get("json"), ",")
		if got = append(got, name); omit != "omitempty" {
			t.Errorf("%s: an absent field is shown", name)
		}
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("fields %v\nwant %v", got, want)
	}
}
