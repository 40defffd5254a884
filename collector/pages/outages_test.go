package pages_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// banners returns the texts of the banners of accounts.
func banners(root *html.Node) (texts []string) {
	for _, section := range harness.Elements(root, "section") {
		if harness.Attribute(section, "class") == "outage" {
			texts = append(texts, harness.Text(section))
		}
	}
	return texts
}

// headings returns the titles of the columns.
func headings(root *html.Node) string {
	var titles []string
	for _, th := range harness.Elements(harness.Elements(root, "thead")[0], "th") {
		titles = append(titles, harness.Text(th))
	}
	return strings.Join(titles, " | ")
}

// If everything of an account fails for one cause, the page shows the cause once, with the file
// of the secret, and without the request that the gateway repeats.
func TestJobsPageShowsARefusedKeyOnce(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		secret := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(secret, []byte("not-the-secret\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		h.Account().Credentials = credentials.Config{AccessKeyID: harness.OwnKey.ID, AccessKeySecretFile: secret}
		h.CountDevices()
		h.Discover([]string{harness.ProductKey, "a1Other"}, nil)
		h.ConfigureRunning(3)
		h.Apply()
		h.Pass(5 * time.Minute)
		w := h.Page("")
		page := w.Body.String()
		root := harness.Document(t, w)
		got := banners(root)
		const want = "Account production: calls of ListOTAFirmware, QueryOTAJob fail The access key secret does not belong to the access key ID. " +
			"Correct credentials.access_key_secret, its file, or ALIBABA_CLOUD_ACCESS_KEY_SECRET in the environment. The exporter reads a changed file again by itself. auth SignatureDoesNotMatch, "
		if len(got) != 1 || !strings.HasPrefix(got[0], want) {
			t.Fatalf("banners %q, want one that begins with %q", got, want)
		}
		if end := "The secret is read from " + secret + ". Batches that are not polled: 3 Lists that are not read: 2"; !strings.HasSuffix(got[0], end) {
			t.Errorf("%q, want it to end with %q", got[0], end)
		}
		for _, noise := range []string{"CanonicalRequest", "StringToSign", "x-acs-date"} {
			if strings.Contains(page, noise) {
				t.Errorf("the page has %q", noise)
			}
		}
		if lists := harness.Unreadable(root); len(lists) != 0 {
			t.Errorf("the page also has the lists %q", lists)
		}
		if titles := headings(root); strings.Contains(titles, "Last error") {
			t.Errorf("the columns are %s, want none for errors", titles)
		}

		if err := os.WriteFile(secret, []byte(harness.OwnKey.Secret), 0o600); err != nil {
			t.Fatal(err)
		}
		h.Pass(10 * time.Minute)
		if got := banners(harness.Document(t, h.Page(""))); len(got) != 0 {
			t.Errorf("with the right secret, the page has %q", got)
		}
	})
}

// A cause is only shown for the account while no call is answered for which it would matter.
func TestJobsPageTellsOutagesFromSingleFailures(t *testing.T) {
	for name, c := range map[string]struct {
		fault gateway.Fault
		want  string // the beginning of the banner; "": none
	}{
		"one batch fails":                     {gateway.Fault{JobID: "job-0001", Code: "iot.system.SystemException"}, ""},
		"one batch cannot be read in time":    {gateway.Fault{JobID: "job-0001", Latency: time.Hour}, ""},
		"one batch is not permitted":          {gateway.Fault{JobID: "job-0001", Code: "Forbidden.RAM"}, ""},
		"nothing but one operation is denied": {gateway.Fault{Operation: aliyun.OpListOTATaskByJob, Code: "Forbidden.RAM"}, "Account production: calls of ListOTATaskByJob fail The RAM user or role is not allowed to call ListOTATaskByJob. Grant the RAM action iot:ListOTATaskByJob"},
		"every call fails at the API":         {gateway.Fault{Code: "iot.system.SystemException"}, "Account production: calls of ListOTATaskByJob, QueryOTAJob fail The API itself fails"},
		"no call is answered":                 {gateway.Fault{Latency: time.Hour}, "Account production: calls of ListOTATaskByJob, QueryOTAJob fail http"},
		"every call is throttled":             {gateway.Fault{Code: "Throttling.User"}, ""},
		"every batch is gone":                 {gateway.Fault{Operation: aliyun.OpQueryOTAJob, Code: "iot.firmware.InvalidOTAJobId"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.CountDevices()
				h.ConfigureRunning(5)
				h.Apply()
				h.Pass(3 * time.Minute)
				h.Sim.Inject(c.fault)
				h.Pass(10 * time.Minute)
				root := harness.Document(t, h.Page(""))
				got := banners(root)
				if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], c.want)) {
					t.Errorf("banners %q, want one that begins with %q", got, c.want)
				}
				if shows := strings.Contains(headings(root), "Last error"); shows != (c.want == "") {
					t.Errorf("the columns are %s", headings(root))
				}
			})
		})
	}
}

// Device counts that fail keep their numbers. The page shows how old they are, why they cannot
// be made, and what to do about it.
func TestJobsPageShowsFailingCounts(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		h.CountDevices()
		h.ConfigureOrdinary("fw-1", "job-0000", "job-0001", "job-0002")
		h.Apply()
		h.Pass(time.Minute)
		if progress := harness.Cell(harness.Document(t, h.Page("")), "job-0001", "Progress"); progress == "" || strings.Contains(progress, "counted") {
			t.Fatalf("before, the progress is %q", progress)
		}
		h.Sim.Inject(gateway.Fault{Operation: aliyun.OpListOTATaskByJob, JobID: "job-0001", Code: "iot.system.SystemException", Message: "no list"})
		h.Pass(time.Hour)
		root := harness.Document(t, h.Page(""))
		if rows := harness.Rows(root); rows[0] != "job-0001" {
			t.Errorf("batches %q, want the one that needs someone first", rows)
		}
		progress := harness.Cell(root, "job-0001", "Progress")
		if !strings.HasPrefix(progress, "0% succeeded of ") || !strings.HasSuffix(progress, "counted 1 h 1 min ago") {
			t.Errorf("the progress is %q, want the age of the counts", progress)
		}
		const want = "Counting the devices fails. The API itself fails, or it uses a code that is not documented. Wait a few minutes. " +
			"If the failure persists, send the request ID to Alibaba Cloud's support. server iot.system.SystemException, "
		if got := harness.Cell(root, "job-0001", "Last error"); !strings.HasPrefix(got, want) || !strings.Contains(got, " no list request ID ") {
			t.Errorf("the error is %q, want %q and the text of the API", got, want)
		}
		if got := harness.Rows(harness.Document(t, h.Page("only=failing"))); len(got) != 1 {
			t.Errorf("failing batches: %q", got)
		}
	})
}
