package config_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
)

// The shortest valid duration is a millisecond, for every key.
func TestShortestDuration(t *testing.T) {
	for field := range reflect.TypeFor[config.Polling]().Fields() {
		key := field.Tag.Get("yaml")
		t.Run(key, func(t *testing.T) {
			c, err := config.Parse(strings.NewReader("polling: {" + key + ": 1ms}\n" + config.Smallest))
			if err != nil {
				t.Fatal(err)
			}
			if got := reflect.ValueOf(c.Polling).FieldByIndex(field.Index).Interface(); got != time.Millisecond {
				t.Errorf("1ms is read as %v", got)
			}
			for _, short := range []string{"999999ns", "999.999us", "1µs", "5ns", "0.0001s"} {
				_, err := config.Parse(strings.NewReader("polling: {" + key + ": " + short + "}\n" + config.Smallest))
				want := "line 1: polling." + key + ": shorter than 1ms; write a duration such as 15s, or remove the key to use the default"
				if err == nil || err.Error() != want {
					t.Errorf("%s: got %v, want %s", short, err, want)
				}
			}
		})
	}
}

// The message about a duration that is too long differs from that about a missing unit.
func TestUnreadableDurations(t *testing.T) {
	const tooLong, none = "too long; write at most 2562047h, which is 292 years", "not a duration; write a number and its unit"
	for _, c := range []struct{ name, text, want string }{
		{"too many hours", "99999999999999h", tooLong},
		{"an hour too many", "2562048h", tooLong},
		{"too many of two units", "2562047h60m", tooLong},
		{"a nanosecond too many", "9223372036854775808ns", tooLong},
		{"more digits than an integer has", strings.Repeat("9", 40) + "ms", tooLong},
		{"too many hours and a part", "99999999999999.5h", tooLong},
		{"with a sign", "+99999999999999h", tooLong},
		{"a large number without a unit", "99999999999999", none},
		{"a large number of days", "99999999999999d", none},
		{"a unit without a number", "h", none},
		{"a point without a digit", ".h", none},
		{"a space before the unit", "99999999999999 h", none},
		{"two signs", "--99999999999999h", none},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := config.Parse(strings.NewReader(fmt.Sprintf("polling: {max_age: %q}\n%s", c.text, config.Smallest)))
			if err == nil || !strings.HasPrefix(err.Error(), "line 1: polling.max_age: "+c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	// The longest duration that the message mentions is valid.
	if _, err := config.Parse(strings.NewReader("polling: {max_age: 2562047h}\n" + config.Smallest)); err != nil {
		t.Error(err)
	}
}
