package api_test

import (
	"encoding/json"
	"mime"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// pythonReader prints the lines of a CSV file as JSON. It refuses lines that are not as in RFC
// 4180.
const pythonReader = `import csv, json, sys
text = sys.stdin.buffer.read().decode("utf-8-sig")
json.dump(list(csv.DictReader(text.splitlines(keepends=True), strict=True)), sys.stdout)`

// readCSV reads an answer with Python's own reader.
func readCSV(t *testing.T, text string) (lines []map[string]string) {
	t.Helper()
	path := repository.Tool(t, "python3")
	cmd := exec.Command(path, "-c", pythonReader)
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, &lines); err != nil {
		t.Fatal(err)
	}
	return lines
}

// Another program reads from the table what the batches have. No text is a formula.
func TestCSV(t *testing.T) {
	texts := []string{
		"ordinary", "a,b;c", `say "hi"`, "two\nlines", "two\r\nlines", "冷链", " blank ", "", "\u202e",
		"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", `=HYPERLINK("http://evil","x")`, "＝1", "'=1",
	}
	states := harness.FilledStore(t, len(texts))
	var ids []string
	for i, text := range texts {
		ids = append(ids, harness.FillJobID(i))
		harness.ChangeState(t, states, harness.FillJobID(i), func(s *store.State) {
			j := *s.Job
			j.Name, j.GroupName, j.SrcVersions, j.Tags = &text, nil, []string{text, "2"}, []aliyun.Tag{{Key: &text, Value: &text}}
			s.Job = &j
			s.Err = &aliyun.Error{Operation: aliyun.OpQueryOTAJob, Class: aliyun.ClassServer, Code: text}
			s.Devices = &store.DeviceCounts{ByStatus: map[string]int{"FAILED": i}, Total: i, AsOf: s.AsOf}
		})
	}
	w := get(listOf(states), "format=csv&sort=batch")
	if kind, parameters, err := mime.ParseMediaType(w.Header().Get("Content-Type")); err != nil || kind != "text/csv" || parameters["charset"] != "utf-8" {
		t.Errorf("the type is %q", w.Header().Get("Content-Type"))
	}
	lines := readCSV(t, w.Body.String())
	if len(lines) != len(texts) {
		t.Fatalf("%d lines, want %d", len(lines), len(texts))
	}
	for _, line := range lines {
		i := slices.IndexFunc(ids, func(id string) bool { return id == line["job_id"] })
		if i < 0 {
			t.Fatalf("unknown batch %q", line["job_id"])
		}
		want := texts[i]
		if want != "" && strings.ContainsRune("=+-@\t\r＝", []rune(want)[0]) {
			want = "'" + want
		}
		// Line ends within a text become those of the lines.
		unixEnds := func(text string) string { return strings.ReplaceAll(text, "\r", "") }
		for _, column := range []string{"name", "error.code"} {
			if got := line[column]; unixEnds(got) != unixEnds(want) {
				t.Errorf("%s: %q, want %q", column, got, want)
			}
		}
		for column, value := range map[string]string{
			"account": "production", "region": "cn-shanghai", "retry_count": "2", "group_name": "",
			"devices.by_task_status.FAILED": strconv.Itoa(i), "devices.by_task_status.QUEUED": "",
			"utc_end_time": states.Get("production", ids[i]).Job.UtcEndTime.Format(time.RFC3339Nano),
		} {
			if line[column] != value {
				t.Errorf("%s: %q, want %q", column, line[column], value)
			}
		}
		for column, cell := range line {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Errorf("%s may be a formula: %q", column, cell)
			}
		}
	}
}
