package pages_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
	"golang.org/x/net/html"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/pages"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// hostileTexts are ids and texts that could be misread.
var hostileTexts = []string{
	"a/b", "a%2Fb", "a b", "冷链", `"><script>alert(1)</script>`, "a?b=c#d", "it's", "$(reboot)", "`reboot`", "; reboot", "\u202eevil", "a\nb", "--region", "{job_id}",
}

// troubled returns a store with a batch of that account and id about which everything is known
// and most of it is wrong. All texts are the given one.
func troubled(account, jobID, text string) *store.Store {
	states := store.New()
	states.Configure(target.Account{Name: account, DeviceCounts: true, Targets: []target.Target{{
		Account: account, JobID: jobID, Region: "cn-shanghai", Origin: target.Configured,
		Instance: aliyun.Instance{URL: "https://iot.cn-shanghai.aliyuncs.com", ID: "iot-cn-0pp1n8t0001"},
	}}})
	before := states.Get(account, jobID)
	at := time.Now().Add(-100 * time.Hour)
	s := *before
	s.Job = &aliyun.Job{
		Name: &text, JobDesc: &text, FirmwareID: &text, ProductKey: &text, DestVersion: &text, JobStatus: new(aliyun.StatusInProgress), JobType: &text,
		SelectionType: &text, TargetSelection: &text, SrcVersions: []string{text}, Tags: []aliyun.Tag{{Key: &text, Value: &text}},
		UtcStartTime: &at, DownloadProtocol: &text, GroupID: &text, GroupName: &text,
	}
	s.AsOf, s.Asked = time.Now(), time.Now()
	s.Devices = &store.DeviceCounts{ByStatus: map[string]int{"FAILED": 5000, "SUCCEEDED": 5, "QUEUED": 7, text: 1}, Total: 5013, Reasons: map[string]int{text: 100, "unread": 4900}, AsOf: time.Now(), FinishedAt: at}
	for i := range aliyun.TasksPerPage {
		s.Devices.Failed = append(s.Devices.Failed, store.FailedDevice{Name: text, SrcVersion: text, DestVersion: text, Text: fmt.Sprint(text, i), Reason: text, At: at})
	}
	failure := &aliyun.Error{Operation: aliyun.OpQueryOTAJob, Class: aliyun.ClassServer, Code: text, Message: text, RequestID: text}
	s.Err, s.ErrAt, s.Failures, s.DevicesErr = failure, at, 3, failure
	for i := range store.MaxHistory {
		s.History = append(s.History, store.Event{At: at.Add(time.Duration(i) * time.Second), Operation: aliyun.OpQueryOTAJob, Class: aliyun.ClassServer, Code: text, RequestID: text})
	}
	s.Answers = []store.Answer{{Operation: aliyun.OpQueryOTAJob, At: at, RequestID: text, Class: aliyun.ClassServer}}
	states.Replace(before, &s)
	states.SetFirmwares(account, []aliyun.Firmware{{FirmwareID: &text, ProductName: &text, ModuleName: &text}})
	return states
}

// linked returns the pages of a store, with both links.
func linked(t *testing.T, states *store.Store) pages.Site {
	t.Helper()
	site := harness.SiteOfStore(states)
	for _, text := range []error{
		site.Grafana.Set("https://grafana.example/d/x?var-account={account}&var-job_id={job_id}"),
		site.Console.Set("https://console.example/{iot_instance_id}/{firmware_id}#{job_id}"),
	} {
		if text != nil {
			t.Fatal(text)
		}
	}
	return site
}

// No text and no id becomes markup, an address of its own, or an unsafe character.
func TestBatchPageEscapes(t *testing.T) {
	for _, text := range hostileTexts {
		w := harness.GetBatch(linked(t, troubled(text, text, text)).Batch(), text, text)
		if policy := w.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("the policy is %q", policy)
		}
		root := harness.Document(t, w)
		for n := range root.Descendants() {
			if n.Type == html.ElementNode && slices.Contains([]string{"script", "img", "iframe", "object", "base", "form"}, n.Data) {
				t.Errorf("%q: there is a <%s>", text, n.Data)
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
					t.Errorf("%q: <%s %s=%q>", text, n.Data, a.Key, a.Val)
				}
			}
		}
		if shown := harness.Text(root); strings.Contains(shown, "\u202e") || !strings.Contains(shown, harness.Folded(asShown(text))) {
			t.Errorf("%q is not shown, or it is shown as it is", text)
		}
		for _, a := range harness.Elements(root, "a") {
			u, err := url.Parse(harness.Attribute(a, "href"))
			if err != nil {
				t.Fatal(err)
			}
			switch u.Host {
			case "":
				if !strings.HasPrefix(u.Path, "../../") && u.Fragment != "main" && u.String() != "?lang=zh" {
					t.Errorf("%q: the link to %q is not relative", text, u)
				}
			case "grafana.example":
				if q, err := url.ParseQuery(u.RawQuery); err != nil || len(q) != 2 || q.Get("var-account") != text || q.Get("var-job_id") != text {
					t.Errorf("%q: the link to Grafana is %q, %v", text, u, err)
				}
			case "console.example":
				if u.Path != "/iot-cn-0pp1n8t0001/"+text || u.Fragment != text {
					t.Errorf("%q: the link to the console is %q", text, u)
				}
			case "github.com":
			default:
				t.Errorf("%q: a link to %q", text, u)
			}
		}
	}
}

// code returns the texts in the boxes to copy.
func code(t *testing.T, states *store.Store, account, jobID string) (all []string) {
	t.Helper()
	root := harness.Document(t, harness.GetBatch(harness.SiteOfStore(states).Batch(), account, jobID))
	for _, pre := range harness.Elements(root, "pre") {
		var b strings.Builder
		for n := range pre.Descendants() {
			if n.Type == html.TextNode {
				b.WriteString(n.Data)
			}
		}
		all = append(all, b.String())
	}
	return all
}

// Prometheus reads the query to copy, and it selects the batch whatever its id is.
func TestQueryToCopy(t *testing.T) {
	for _, text := range hostileTexts {
		query := code(t, troubled(text, text, "x"), text, text)[1]
		parsed, err := parser.ParseExpr(query)
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		got := map[string]string{}
		for _, m := range parsed.(*parser.VectorSelector).LabelMatchers {
			got[m.Name] = m.Value
		}
		if got["account"] != text || got["job_id"] != text {
			t.Errorf("%s selects %q", query, got)
		}
	}
}

// The commands name each parameter that the API requires, and list the devices that failed or
// have not finished. A shell passes each id on as one word.
func TestCommandsToCopy(t *testing.T) {
	for _, id := range []string{"HvKuBpuk3rdk6E92CP00030000", "it's", "$(reboot)", "`reboot`", "; reboot", `a"b\`, "冷链", "a b"} {
		commands := code(t, troubled("a", id, "x"), "a", id)[2:]
		if len(commands) != 3 {
			t.Fatalf("commands %q", commands)
		}
		for i, want := range []string{"QueryOTAJob --JobId %s", "ListOTATaskByJob --JobId %s --TaskStatus QUEUED --CurrentPage 1 --PageSize 100", "ListOTATaskByJob --JobId %s --TaskStatus FAILED --CurrentPage 1 --PageSize 100"} {
			want := fmt.Sprintf("iot\n"+strings.ReplaceAll(want, " ", "\n"), id) +
				"\n--IotInstanceId\niot-cn-0pp1n8t0001\n--region\ncn-shanghai\n--endpoint\niot.cn-shanghai.aliyuncs.com\n"
			if got := words(t, commands[i]); got != want {
				t.Errorf("a shell reads %s as\n%s\nwant\n%s", commands[i], got, want)
			}
		}
	}
	for _, id := range []string{"\u202e", "a\nb", "\xff"} {
		if all := code(t, troubled("a", id, "x"), "a", id); len(all) != 2 {
			t.Errorf("%q: commands %q, want none", id, all[2:])
		}
	}
}

// The CLI takes a word with a hyphen in front for the name of a parameter, and uses TLS unless
// it is told otherwise.
func TestCommandsToCopyForTheCLI(t *testing.T) {
	states := store.New()
	states.Configure(target.Account{Name: "a", Targets: []target.Target{{
		Account: "a", JobID: "--region", Region: "cn-shanghai", Instance: aliyun.Instance{URL: "http://127.0.0.1:8080"},
	}}})
	const want = "aliyun iot QueryOTAJob --JobId=--region --region cn-shanghai --endpoint 127.0.0.1:8080 --insecure"
	if got := code(t, states, "a", "--region")[2]; got != want {
		t.Errorf("the command is\n%s\nwant\n%s", got, want)
	}
}

// Each runbook that the code names exists, and each alert about a batch is named.
func TestRunbooksOfBatches(t *testing.T) {
	source := repository.Read(t, "collector/pages/batchtroubles.go")
	named := regexp.MustCompile(`"(OTA[A-Z]\w+)"`).FindAllStringSubmatch(source, -1)
	for _, name := range named {
		repository.Read(t, "deploy/runbooks/"+name[1]+".md")
	}
	files, err := os.ReadDir(repository.Path(t, "deploy/runbooks"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if name := strings.TrimSuffix(file.Name(), ".md"); strings.HasPrefix(name, "OTAJob") && !strings.Contains(source, `"`+name+`"`) {
			t.Errorf("no page of a batch links to %s", file.Name())
		}
	}
}

// A batch that is not watched has a page with a way back to the list that the reader had.
func TestMissingBatch(t *testing.T) {
	handler := harness.SiteOfStore(store.New()).Batch()
	r := httptest.NewRequest(http.MethodGet, "/jobs/a/b?only=failing&sort=colour", http.NoBody)
	r.SetPathValue("account", "<b>")
	r.SetPathValue("job_id", "<i>")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), `href="../../jobs"`) || strings.Contains(w.Body.String(), "<i>") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	r = httptest.NewRequest(http.MethodGet, "/jobs/a/b?only=failing&text=a%26b", http.NoBody)
	w = httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	if !strings.Contains(w.Body.String(), `href="../../jobs?only=failing&amp;text=a%26b"`) {
		t.Errorf("the way back does not keep the filter: %s", w.Body)
	}
}

// The size of a page is bounded, whatever the API sends.
func TestBatchPageIsBounded(t *testing.T) {
	huge := strings.Repeat("级", 30_000) // far above the limit of the page even once, and it is there hundreds of times
	w := harness.GetBatch(harness.SiteOfStore(troubled("a", "j", huge)).Batch(), "a", "j")
	if w.Code != http.StatusOK || w.Body.Len() > 1_000_000 {
		t.Errorf("%d, a page of %d bytes", w.Code, w.Body.Len())
	}
	root := harness.Document(t, w)
	if text := harness.Text(root); !strings.Contains(text, "and 4,900 more, which the exporter does not read") || !strings.Contains(text, "and 97 other texts") {
		t.Errorf("the page hides that there is more: %.2000s", text)
	}
}

// words returns the words of a command as a shell passes them on, one in each line, without
// the first.
func words(t *testing.T, command string) string {
	t.Helper()
	out, err := exec.Command("sh", "-c", `aliyun() { printf '%s\n' "$@"; }; `+command).Output()
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	return string(out)
}
