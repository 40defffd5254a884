package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/api"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// errorOf returns the text of a refusal.
func errorOf(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var answer struct{ Error string }
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	return answer.Error
}

// The cures are in the language of the URL or else of the browser, as on the pages. A program that
// asks for none gets English.
func TestLanguage(t *testing.T) {
	const english, chinese = "A bill of the account is overdue. Pay the bill.", "账号已欠费。请结清欠费。"
	states := harness.FilledStore(t, 1)
	id := harness.FillJobID(0)
	harness.ChangeState(t, states, id, func(s *store.State) {
		s.Err = &aliyun.Error{Operation: aliyun.OpQueryOTAJob, Class: aliyun.ClassPermission, Code: "Iot.system.BillIsOverDue"}
		s.DevicesErr = &aliyun.Error{Operation: aliyun.OpListOTATaskByJob, Class: aliyun.ClassPermission, Code: "Iot.system.BillIsOverDue"}
	})
	jobs, job := api.Handlers(harness.SiteOfStore(states))
	s := schema(t)
	for name, c := range map[string]struct {
		query, accept, want string
	}{
		"a program":                       {want: english},
		"a Chinese browser":               {accept: "zh-CN,zh;q=0.9,en;q=0.8", want: chinese},
		"the URL":                         {query: "lang=zh", want: chinese},
		"the URL goes before the browser": {query: "lang=en", accept: "zh-CN", want: english},
	} {
		for path, handler := range map[string]http.Handler{"/api/v1/jobs": jobs, "/api/v1/jobs/production/" + id: job} {
			r := httptest.NewRequest(http.MethodGet, path+"?"+c.query, http.NoBody)
			r.Header.Set("Accept-Language", c.accept)
			r.SetPathValue("account", "production")
			r.SetPathValue("job_id", id)
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			check(t, s, w.Body.Bytes())
			if n := strings.Count(w.Body.String(), `"cure":"`+c.want+`"`); n != 2 {
				t.Errorf("%s, %s: %q %d times in %s", name, path, c.want, n, w.Body)
			}
			if !slices.Contains(w.Header().Values("Vary"), "Accept-Language") {
				t.Errorf("%s, %s: Vary is %q", name, path, w.Header().Values("Vary"))
			}
		}
	}
	if got := readCSV(t, get(jobs, "format=csv&lang=zh").Body.String())[0]["error.cure"]; got != chinese {
		t.Errorf("the cure in the table is %q", got)
	}
}

// A refusal is in the language of the reader, and follows the schema.
func TestRefusalsInChinese(t *testing.T) {
	site := harness.SiteOfStore(store.New())
	jobs, job := api.Handlers(site)
	s := schema(t)
	for name, c := range map[string]struct {
		handler    http.Handler
		query      string
		wantStatus int
		want       string
	}{
		"format":                    {jobs, "lang=zh&format=xml", 400, `format="xml" 无效：可选值为 [json csv]`},
		"page":                      {jobs, "lang=zh&page=2", 400, `page="2" 无效：响应一次包含所有批次，请去掉该参数`},
		"unknown language":          {jobs, "lang=fr", 400, `lang="fr": want zh or en`},
		"language twice":            {job, "lang=zh&lang=zh", 400, `未知参数 "lang=zh&lang=zh"：查询单个批次时只能使用参数 lang`},
		"parameter of the list":     {job, "lang=zh&sort=age", 400, `未知参数 "lang=zh&sort=age"：查询单个批次时只能使用参数 lang`},
		"batch that is not watched": {job, "lang=zh", 404, `exporter 没有监控批次 "j"（账号 "a"）`},
		"address without an answer": {api.NotFound(), "lang=zh", 404, "这个地址没有内容：请使用 /api/v1/jobs 或 /api/v1/jobs/{account}/{job_id}"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/api/v1/jobs?"+c.query, http.NoBody)
		r.SetPathValue("account", "a")
		r.SetPathValue("job_id", "j")
		w := httptest.NewRecorder()
		c.handler.ServeHTTP(w, r)
		check(t, s, w.Body.Bytes())
		if got := errorOf(t, w); w.Code != c.wantStatus || got != c.want {
			t.Errorf("%s: %d %q, want %d %q", name, w.Code, got, c.wantStatus, c.want)
		}
	}
}
