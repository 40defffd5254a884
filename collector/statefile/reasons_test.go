package statefile

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Reasons become label values, so those of a file are used only if they can be. Otherwise, and
// in files of older versions, nothing is known of the failed devices but their number.
func TestReasonsOfAStateFile(t *testing.T) {
	for name, c := range map[string]struct {
		line string // part of it
		want map[string]int
	}{
		"an older version":        {`"devices":{"FAILED":5}`, map[string]int{"unread": 5}},
		"no failures":             {`"devices":{"FAILED":0,"SUCCEEDED":7}`, nil},
		"no failures, but some":   {`"devices":{"SUCCEEDED":7},"devices_failed":{"timeout":2}`, nil},
		"as written":              {`"devices":{"FAILED":5},"devices_failed":{"flash_full":4,"unread":1}`, map[string]int{"flash_full": 4, "unread": 1}},
		"another sum":             {`"devices":{"FAILED":5},"devices_failed":{"timeout":4}`, map[string]int{"unread": 5}},
		"a negative number":       {`"devices":{"FAILED":5},"devices_failed":{"timeout":6,"verify":-1}`, map[string]int{"unread": 5}},
		"a text in place of it":   {`"devices":{"FAILED":5},"devices_failed":{"No space left":5}`, map[string]int{"unread": 5}},
		"no device counts at all": {`"devices_failed":{"timeout":4}`, nil},
		"too many reasons":        {`"devices":{"FAILED":40},"devices_failed":{"` + strings.Join(strings.Split("abcdefghijklmnopqrstuvwxyz", ""), `":1,"`) + `":1,"aa":1,"ab":1,"ac":12}`, map[string]int{"unread": 40}},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := decodeState([]byte(`{"account":"a","job_id":"b","job":{},`+c.line+`}`), laterThanAll)
			if err != nil {
				t.Fatal(err)
			}
			var got map[string]int
			if s.Devices != nil {
				got = s.Devices.Reasons
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
