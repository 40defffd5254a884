package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/api"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/situations"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// schema returns the compiled schema, which also checks formats such as those of times.
func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile(repository.Path(t, "deploy/api.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// list requests /api/v1/jobs with a query.
func list(h *harness.Harness, query string) *httptest.ResponseRecorder {
	synctest.Wait()
	w := httptest.NewRecorder()
	jobs, _ := api.Handlers(h.Site())
	jobs.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v1/jobs?"+query, http.NoBody))
	return w
}

// batch requests /api/v1/jobs/production/{job_id}.
func batch(h *harness.Harness, jobID string) *httptest.ResponseRecorder {
	synctest.Wait()
	_, job := api.Handlers(h.Site())
	return harness.GetBatch(job, "production", jobID)
}

// check checks an answer with the schema.
func check(t *testing.T, s *jsonschema.Schema, body []byte) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	if err := s.Validate(value); err != nil {
		t.Errorf("%v\n%s", err, body)
	}
}

// requestID matches the request ids that the simulator makes at random.
var requestID = regexp.MustCompile(`[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}`)

// The answers about each situation follow the schema, and the one about a batch equals its
// golden file. The list has the same as the answer about each batch, but for its details.
func TestAnswersFollowTheSchema(t *testing.T) {
	s := schema(t)
	for name, situation := range situations.All {
		t.Run(strings.ReplaceAll(name, "_", " "), func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				situation(h)
				all := list(h, "").Body.Bytes()
				check(t, s, all)
				var got struct{ Jobs []map[string]any }
				if err := json.Unmarshal(all, &got); err != nil {
					t.Fatal(err)
				}
				ids := h.IDs()
				if len(got.Jobs) != len(ids) {
					t.Errorf("%d batches, want %d", len(got.Jobs), len(ids))
				}
				one := batch(h, ids[len(ids)-1])
				check(t, s, one.Body.Bytes())
				var indented bytes.Buffer
				if err := json.Indent(&indented, one.Body.Bytes(), "", "  "); err != nil {
					t.Fatal(err)
				}
				harness.CheckGolden(t, name+".json", requestID.ReplaceAllString(indented.String(), "REQUEST-ID"))
				for _, j := range got.Jobs {
					var whole map[string]any
					if err := json.Unmarshal(batch(h, j["job_id"].(string)).Body.Bytes(), &whole); err != nil {
						t.Fatal(err)
					}
					for _, detail := range []string{"failed_devices", "history", "last_answers"} {
						delete(whole, detail)
					}
					if want, got := encoded(t, whole), encoded(t, j); want != got {
						t.Errorf("the list has %s\nthe batch %s", got, want)
					}
				}
			})
		})
	}
}

func encoded(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Each field of the schema is in some golden file, so that none is only documented.
func TestSchemaHasNoUnusedFields(t *testing.T) {
	var s struct {
		Defs map[string]struct {
			Properties map[string]json.RawMessage
		} `json:"$defs"`
	}
	if err := json.Unmarshal([]byte(repository.Read(t, "deploy/api.schema.json")), &s); err != nil {
		t.Fatal(err)
	}
	var golden strings.Builder
	for name := range situations.All {
		golden.WriteString(repository.Read(t, "collector/api/testdata/golden/"+name+".json"))
	}
	names := regexp.MustCompile(`"(\w+)": \{\s*"(?:type|description|\$ref)"`)
	found := names.FindAllStringSubmatch(repository.Read(t, "deploy/api.schema.json"), -1)
	if len(found) < 60 || len(s.Defs["job"].Properties) < 40 {
		t.Fatalf("only %d fields found", len(found))
	}
	// Definitions, keywords, fields of the list, and those of TestPackageNames.
	elsewhere := []string{"list", "job", "refusal", "class", "items", "additionalProperties", "shard", "total_shards", "watched", "found", "jobs", "product_name", "module_name"}
	for _, field := range found {
		if !slices.Contains(elsewhere, field[1]) && !strings.Contains(golden.String(), `"`+field[1]+`":`) {
			t.Errorf("no golden file has %s", field[1])
		}
	}
}

// Every class of errors is in the schema.
func TestSchemaHasEveryClass(t *testing.T) {
	text := repository.Read(t, "deploy/api.schema.json")
	for _, class := range aliyun.Classes {
		if !strings.Contains(text, `"`+string(class)+`"`) {
			t.Errorf("%s is missing", class)
		}
	}
}

// Where a firmware list shows the package, the answers have the names that people know.
func TestPackageNames(t *testing.T) {
	states := harness.FilledStore(t, 1)
	id := aliyun.Text(states.Get("production", harness.FillJobID(0)).Job.FirmwareID)
	states.SetFirmwares("production", []aliyun.Firmware{{FirmwareID: &id, ProductName: new("冷链传感器"), ModuleName: new("mcu")}})
	w := get(listOf(states), "")
	check(t, schema(t), w.Body.Bytes())
	for _, want := range []string{`"product_name":"冷链传感器"`, `"module_name":"mcu"`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s is missing in %s", want, w.Body)
		}
	}
}
