package api_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/api"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// listOf returns the handler of /api/v1/jobs for a store whose batches are not polled.
func listOf(states *store.Store) http.Handler {
	jobs, _ := api.Handlers(harness.SiteOfStore(states))
	return jobs
}

func get(handler http.Handler, query string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v1/jobs?"+query, http.NoBody))
	return w
}

// ids returns the JobIds of an answer in their order.
func ids(t *testing.T, w *httptest.ResponseRecorder) (all []string) {
	t.Helper()
	var answer struct {
		Found int
		Jobs  []struct {
			JobID string `json:"job_id"`
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%d, %v: %.300s", w.Code, err, w.Body)
	}
	for _, j := range answer.Jobs {
		all = append(all, j.JobID)
	}
	if answer.Found != len(all) {
		t.Errorf("found is %d of %d batches", answer.Found, len(all))
	}
	return all
}

// The list has the batches of all pages of /jobs with the same parameters, in the same order.
func TestListSelectsLikeThePage(t *testing.T) {
	filled := harness.FilledStore(t, 250)
	page := harness.SiteOfStore(filled).Jobs()
	for _, query := range []string{"", "status=IN_PROGRESS", "status=in_progress", "status=NO_DATA", "account=production&sort=-batch", "account=other", "text=wave%3D1+owner&sort=deadline", "only=failing", "only=overdue", "sort=next"} {
		var want []string
		for next := "?" + query; next != ""; {
			root := harness.Document(t, harness.GetPage(page, next[1:]))
			want = append(want, harness.Rows(root)...)
			next = ""
			for _, a := range harness.Elements(root, "a") {
				if harness.Attribute(a, "rel") == "next" {
					next = harness.Attribute(a, "href")
				}
			}
		}
		if got := ids(t, get(listOf(filled), query)); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("?%s: %d batches %.200q\nthe page has %d: %.200q", query, len(got), got, len(want), want)
		}
	}
}

// A request that /jobs refuses is refused with the same text in the same language, as JSON that
// follows the schema.
func TestListRefusesLikeThePage(t *testing.T) {
	empty := store.New()
	page, handler, s := harness.SiteOfStore(empty).Jobs(), listOf(empty), schema(t)
	check(t, s, get(handler, "").Body.Bytes()) // no batch
	for query, own := range map[string]string{
		"sort=colour": "", "only=late": "", "text=" + strings.Repeat("x", 1001): "", "account=" + strings.Repeat("x", 1001): "", "page=0": "*", "page=x": "*",
		"a=" + strings.Repeat("x", 20_000): "", "sort=%3Cscript%3E%00": "", "status=PAUSED": "", "status=planned&status=planned": "", "%zz": "", "refresh=maybe": "",
		"state=PLANNED": `unknown parameter "state": want one of [account status only text sort page refresh lang format]`,
		"format=xml":    "format=\"xml\": want one of [json csv]", "page=2": "page=\"2\": the answer has all batches at once: omit it",
	} {
		w := get(handler, query)
		check(t, s, w.Body.Bytes())
		var got struct{ Error string }
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusBadRequest || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%.50s: %d %q, %v: %s", query, w.Code, w.Header(), err, w.Body)
		}
		want := own
		if own == "" {
			want = harness.Problem(t, harness.GetPage(page, query), http.StatusBadRequest)
			inChinese := "lang=zh&" + query
			if chinese := harness.Problem(t, harness.GetPage(page, inChinese), http.StatusBadRequest); errorOf(t, get(handler, inChinese)) != chinese {
				t.Errorf("%.50s: %s, want %q", inChinese, get(handler, inChinese).Body, chinese)
			}
		}
		if own == "*" {
			continue
		}
		if got.Error != want {
			t.Errorf("%.50s: %q, want %q", query, got.Error, want)
		}
	}
}

// Ids with any characters lead to their batch, and to no other.
func TestHostileIDs(t *testing.T) {
	hostile := []string{"a/b", "a%2Fb", "a b", "冷链", `"><script>`, "a?b=c#d", "a;b", "..a", "\u202e", "a\nb", "%", "+", "{job_id}"}
	states := store.New()
	for _, id := range hostile {
		states.Configure(target.Account{Name: id, Targets: []target.Target{{Account: id, JobID: id}}})
	}
	mux := http.NewServeMux()
	_, job := api.Handlers(harness.SiteOfStore(states))
	mux.Handle("GET /api/v1/jobs/{account}/{job_id}", job)
	server := httptest.NewServer(mux)
	defer server.Close()
	s := schema(t)
	fetch := func(account, id string) (int, []byte) {
		response, err := http.Get(server.URL + "/api/v1/jobs/" + url.PathEscape(account) + "/" + url.PathEscape(id))
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		check(t, s, body)
		return response.StatusCode, body
	}
	for _, id := range hostile {
		var got struct {
			Account string
			JobID   string `json:"job_id"`
		}
		status, body := fetch(id, id)
		if err := json.Unmarshal(body, &got); err != nil || status != 200 || got.Account != id || got.JobID != id {
			t.Errorf("%q: %d %s", id, status, body)
		}
		if status, body := fetch(id, id+"x"); status != 404 {
			t.Errorf("%q with another id: %d %s", id, status, body)
		}
	}
}

// A client that accepts gzip gets it, with the same content.
func TestListCompressed(t *testing.T) {
	handler := listOf(harness.FilledStore(t, 100))
	r := httptest.NewRequest(http.MethodGet, "/api/v1/jobs", http.NoBody)
	r.Header.Set("Accept-Encoding", "gzip")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	if got := w.Header().Get("Content-Encoding"); got != "gzip" {
		t.Fatalf("the encoding is %q", got)
	}
	reader, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	var plain bytes.Buffer
	if _, err := io.Copy(&plain, reader); err != nil {
		t.Fatal(err)
	}
	w.Body = &plain
	if n := len(ids(t, w)); n != 100 {
		t.Errorf("%d batches", n)
	}
}

// leavingClient ends its context after some bytes.
type leavingClient struct {
	*httptest.ResponseRecorder
	leave context.CancelFunc
}

func (c leavingClient) Write(b []byte) (int, error) {
	if c.Body.Len() > 50_000 {
		c.leave()
	}
	return c.ResponseRecorder.Write(b)
}

// If the client goes while the answer is written, the rest is not made, and the connection is
// closed without the end of the answer.
func TestListWithoutAClient(t *testing.T) {
	for _, format := range []string{"json", "csv"} {
		ctx, cancel := context.WithCancel(t.Context())
		w := leavingClient{httptest.NewRecorder(), cancel}
		func() {
			defer func() {
				if err, _ := recover().(error); !errors.Is(err, http.ErrAbortHandler) {
					t.Errorf("%s: %v, want the connection to be closed", format, err)
				}
			}()
			listOf(harness.FilledStore(t, 2000)).ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "/api/v1/jobs?format="+format, http.NoBody))
		}()
		if n := w.Body.Len(); n < 50_000 || n > 100_000 {
			t.Errorf("%s: %d bytes were written", format, n)
		}
	}
}

// liveMemory counts the bytes of an answer, and measures the memory in use now and then.
type liveMemory struct {
	harness.Discard
	measured int
	peak     uint64
}

func (m *liveMemory) Write(b []byte) (int, error) {
	if m.Bytes/1_000_000 > m.measured {
		m.measured++
		m.peak = max(m.peak, inUse())
	}
	return m.Discard.Write(b)
}

func inUse() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// The answer about 10,000 batches is never in memory as a whole.
func TestListStreams(t *testing.T) {
	states := harness.FilledStore(t, 10_000)
	for _, format := range []string{"json", "csv"} {
		before := inUse()
		w := &liveMemory{Discard: harness.Discard{Headers: http.Header{}}}
		listOf(states).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v1/jobs?format="+format, http.NoBody))
		used := int(w.peak) - int(before)
		t.Logf("%s: %d bytes, %d of memory in use meanwhile", format, w.Bytes, used)
		if w.measured < 3 || used > 8_000_000 {
			t.Errorf("%s: %d bytes of memory are in use while %d are written, measured %d times", format, used, w.Bytes, w.measured)
		}
	}
	runtime.KeepAlive(states)
}

// BenchmarkList measures the list of 10,000 batches.
func BenchmarkList(b *testing.B) {
	handler := listOf(harness.FilledStore(b, 10_000))
	for _, format := range []string{"json", "csv"} {
		b.Run("10000_jobs?format="+format, func(b *testing.B) {
			for b.Loop() {
				handler.ServeHTTP(&harness.Discard{Headers: http.Header{}}, httptest.NewRequest(http.MethodGet, "/api/v1/jobs?format="+format, http.NoBody))
			}
		})
	}
}
