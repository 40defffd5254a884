package pages_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// differentWords returns n different words.
func differentWords(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "w%d+", i)
	}
	return b.String()
}

// The parameters of the URL have limits, which the error names.
func TestJobsPageLimitsTheURL(t *testing.T) {
	handler := harness.SiteOfStore(harness.FilledStore(t, 10)).Jobs()
	long := strings.Repeat("x", 1001)
	for name, c := range map[string]struct{ query, want string }{ // "": a page
		"a long account":                   {"account=" + long, "account is 1001 bytes long: want at most 1000"},
		"a long status":                    {"status=" + long, "status is 1001 bytes long: want at most 1000"},
		"an unknown status":                {"status=PAUSED", `status="PAUSED": want one of [PLANNED IN_PROGRESS COMPLETED CANCELED NO_DATA]`},
		"a long unknown status":            {"status=" + long[1:], `status="` + long[:79] + `… (cut, 1000 bytes)": want one of [PLANNED IN_PROGRESS COMPLETED CANCELED NO_DATA]`},
		"a mistyped parameter":             {"state=IN_PROGRESS", `unknown parameter "state": want one of [account status only text sort page refresh lang]`},
		"a status twice":                   {"status=PLANNED&status=COMPLETED", "status is given 2 times: want it once"},
		"neither on nor off":               {"refresh=often", `refresh="often": want 1 or 0`},
		"a long filter":                    {"only=" + long, "only is 1001 bytes long: want at most 1000"},
		"a long sort":                      {"sort=" + long, "sort is 1001 bytes long: want at most 1000"},
		"a long page":                      {"page=" + strings.Repeat("9", 1001), "page is 1001 bytes long: want at most 1000"},
		"a long text":                      {"text=" + long, "text is 1001 bytes long: want at most 1000"},
		"a long text in Chinese":           {"text=" + strings.Repeat("%E5%86%B7", 334), "text is 1002 bytes long: want at most 1000"},
		"many words":                       {"text=" + differentWords(33), "text has 33 different words: want at most 32"},
		"very many words":                  {"text=" + strings.Repeat("a+", 20_000), "the parameters are 40005 bytes long: want at most 16384"},
		"very many parameters":             {strings.Repeat("a&", 20_000), "the parameters are 40000 bytes long: want at most 16384"},
		"as long as allowed":               {"account=" + long[1:] + "&text=" + strings.Repeat("%E5%86%B7", 333), ""},
		"as many words as allowed":         {"text=" + differentWords(32), ""},
		"a word many times":                {"text=" + strings.Repeat("Cold+cold+", 100), ""},
		"a parameter many times":           {strings.Repeat("page=1&", 2000), "page is given 2000 times: want it once"},
		"many unknown parameters":          {strings.Repeat("a&", 8000), `unknown parameter "a": want one of [account status only text sort page refresh lang]`},
		"the highest page number":          {"page=9223372036854775807", ""},
		"a page number that is too high":   {"page=9223372036854775808", `page="9223372036854775808": want a number from 1`},
		"parameters that cannot be parsed": {strings.Repeat("%zz&;&", 2000), "the parameters cannot be read: want name=value with & between them, and special characters percent-encoded"},
	} {
		t.Run(name, func(t *testing.T) {
			w := harness.GetPage(handler, c.query)
			if c.want == "" {
				if w.Code != http.StatusOK || w.Body.Len() > 100_000 {
					t.Errorf("%d, a page of %d bytes: %.200s", w.Code, w.Body.Len(), w.Body)
				}
				return
			}
			if got := harness.Problem(t, w, http.StatusBadRequest); got != c.want {
				t.Errorf("%.200s, want %s", got, c.want)
			}
		})
	}
}

// The size of the page is limited even if each answer of the API has a new status, or a text of
// maximum length.
func TestJobsPageLimitsTextsOfTheAPI(t *testing.T) {
	const fleet = 3000
	filled := harness.FilledStore(t, fleet)
	huge := strings.Repeat("级", 300_000)
	for i := range fleet {
		harness.ChangeState(t, filled, harness.FillJobID(i), func(s *store.State) {
			s.Job.JobStatus = new(fmt.Sprintf("NEW_STATUS_%d", i))
			if i < 20 {
				s.Job.JobStatus, s.Job.Name, s.Job.JobDesc, s.Job.DestVersion = &huge, &huge, &huge, &huge
				s.Err = &aliyun.Error{Class: aliyun.ClassServer, Code: "code", Message: huge, RequestID: huge}
			}
		})
	}
	w := harness.GetPage(harness.SiteOfStore(filled).Jobs(), "status=NEW_STATUS_2999")
	root := harness.Document(t, w)
	if n := len(harness.Elements(harness.Elements(root, "nav")[0], "a")); n != 3+len(aliyun.Statuses)+20 {
		t.Errorf("%d links in the summary", n)
	}
	if got := harness.Text(harness.Elements(root, "nav")[0]); !strings.HasSuffix(got, "and 2,961 more statuses") { // 2980 new ones and the long one, less 20
		t.Errorf("the summary has no number of the other statuses: …%s", got[max(0, len(got)-100):])
	}
	if got := chosen(root, "status"); got != "NEW_STATUS_2999" {
		t.Errorf("the form has the status %q, want the one of the query", got)
	}
	if got := harness.Rows(root); len(got) != 1 {
		t.Errorf("batches %q, want the one of that status", got)
	}
	if w = harness.GetPage(harness.SiteOfStore(filled).Jobs(), "sort=-batch"); w.Body.Len() > 1_000_000 {
		t.Errorf("a page of %d bytes", w.Body.Len())
	}
	if !strings.Contains(w.Body.String(), "… (cut, 900000 bytes)") {
		t.Error("the page does not mark truncated texts")
	}
}

// The form lists a limited number of accounts, always including the one of the query.
func TestJobsPageLimitsTheAccounts(t *testing.T) {
	filled := store.New()
	for i := range 600 {
		name := fmt.Sprintf("account-%04d", i)
		filled.Configure(target.Account{Name: name, Targets: []target.Target{{Account: name, JobID: "job"}}})
	}
	root := harness.Document(t, harness.GetPage(harness.SiteOfStore(filled).Jobs(), "account=account-0599"))
	if got := chosen(root, "account"); got != "account-0599" {
		t.Errorf("the form has the account %q", got)
	}
	options := harness.Elements(harness.Elements(root, "select")[0], "option")
	if n, last := len(options), harness.Text(options[len(options)-1]); n != 1+500+1 || last != "and 100 more" {
		t.Errorf("%d options, the last is %q", n, last)
	}
}

// If the client has gone, the connection is closed without an answer, because half a page must
// not look like a whole one.
func TestJobsPageWithoutAClient(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := httptest.NewRecorder()
	defer func() {
		if err, _ := recover().(error); !errors.Is(err, http.ErrAbortHandler) || w.Body.Len() > 0 {
			t.Errorf("%v and %d bytes, want the connection to be closed", err, w.Body.Len())
		}
	}()
	harness.SiteOfStore(harness.FilledStore(t, 10)).Jobs().ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "/jobs", http.NoBody))
}
