package secrets_test

import (
	"bytes"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// Nothing that a person or a program can see of the exporter contains a secret,
// whatever the API answers and whatever its files contain. The first loop makes sure
// that the outputs are not free of secrets because they are empty.
func TestSecretsNeverShow(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"logfmt", "json"} {
		t.Run(format, func(t *testing.T) {
			shown := everyOutput(t, format)
			for place, want := range map[string]string{
				"stderr": "polling the batch fails", "GET /metrics": "aliyun_iot_ota_job_poll_error_info{", "GET /jobs": "in_a_redirect",
				"the state file": "in_a_redirect", "--config.check": "The configuration is good", "--config.check-live": "in_a_redirect",
				"a reload with a secret as a key": " 500 ", "a start with a password for a hash": "--web.config.file=",
				"a page with a password for the users": " 500 ",
			} {
				if !strings.Contains(shown[place], want) {
					t.Errorf("%s: %q is missing in\n%s", place, want, shown[place])
				}
			}
			exportertest.WantIn(t, shown["stderr"], "Unsolicited response") // of net/http's own logger
			for _, place := range slices.Sorted(maps.Keys(shown)) {
				if found := leaks(shown[place]); found != nil {
					t.Errorf("%s: %s, in\n%s", place, strings.Join(found, ", "), shown[place])
				}
			}
		})
	}
}

// everyOutput runs the exporter against the hostile API and gives all of its outputs,
// each under the name of its place.
func everyOutput(t *testing.T, format string) map[string]string {
	t.Helper()
	good := hostileConfig(t, hostileAPI(t).URL)
	config, state := exportertest.TempFile(t, "config.yml", good), filepath.Join(t.TempDir(), "state")
	web := exportertest.TempFile(t, "web.yml", "basic_auth_users: {prometheus: "+hashOfPassword+"}\n")
	args := []string{"--config.file=" + config, "--log.level=debug", "--log.format=" + format}
	serving := append(args, "--persistence.file="+state, "--web.config.file="+web)
	shown := make(map[string]string)

	cmd := programWithSecrets(t, serving...)
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	p := exportertest.StartProcess(t, cmd)
	p.AwaitListening()
	exportertest.Eventually(t, func() string { return unheard(&p.Exporter, hostileAccounts) })
	// Pages, with their heads.
	for place, asked := range everyPage(t) {
		shown[place] = exchange(&p.Exporter, asked)
	}
	// Errors about the files quote what is in them, at a reload and at a start.
	for name, text := range badFiles(good) {
		exportertest.WriteFile(t, config, text)
		shown["a reload with "+name] = exchange(&p.Exporter, page{"POST", "/-/reload", "", plantedPassword})
		shown["a check of "+name] = printed(t, append(args, "--config.check")...)
	}
	exportertest.WriteFile(t, config, good)
	for name, text := range badWebFiles {
		exportertest.WriteFile(t, web, text)
		shown["a page with "+name] = exchange(&p.Exporter, page{"GET", "/", "", plantedMistake})
		shown["a start with "+name] = printed(t, append(serving, exportertest.AnyPort)...)
	}
	// These outputs are complete only when the exporter has ended.
	p.End(syscall.SIGTERM)
	shown["stdout"], shown["stderr"] = stdout.String(), p.Log.String()
	shown["the state file"] = exportertest.ReadFile(t, state)
	shown["--config.check"] = printed(t, append(args, "--config.check")...)
	shown["--config.check-live"] = printed(t, append(args, "--config.check-live")...)
	return shown
}

// badWebFiles have a password, or the hash of one, where none belongs.
var badWebFiles = map[string]string{
	"a password for a hash":      "basic_auth_users: {prometheus: " + plantedMistake + "}\n",
	"a password for the users":   "basic_auth_users: " + plantedMistake + "\n",
	"a hash for the users":       "basic_auth_users: " + hashOfPassword + "\n",
	"a password in a wrong type": "basic_auth_users: {prometheus: " + hashOfPassword + "}\nrate_limit: {burst: " + plantedMistake + "}\n",
}

// page is a request for a page, with basic auth. accept asks for a format, or is "".
type page struct{ method, path, accept, password string }

// everyPage has a request for each route, and some that are special, by name.
func everyPage(t *testing.T) map[string]page {
	t.Helper()
	pages := map[string]page{
		"OpenMetrics":           {"GET", "/metrics", "application/openmetrics-text;version=1.0.0", plantedPassword},
		"protobuf":              {"GET", "/metrics", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited", plantedPassword},
		"with a wrong password": {"GET", "/metrics", "", plantedPassword + "!"},
		"/jobs, looked for":     {"GET", "/jobs?q=hide", "", plantedPassword},
		"a page that is not":    {"GET", "/" + plantedSecret[:8], "", plantedPassword},
	}
	methods, paths := exportertest.Routes(t)
	for i, method := range methods {
		pages[method+" "+paths[i]] = page{method, paths[i], "", plantedPassword}
	}
	return pages
}

// exchange gives the whole answer as it came, head and body.
func exchange(e *exportertest.Exporter, p page) string {
	e.T.Helper()
	request := exportertest.NewRequest(e.T, p.method, e.URLs[0]+p.path)
	request.SetBasicAuth("prometheus", p.password)
	request.Header.Set("Accept", p.accept)
	request.Header.Set("Accept-Encoding", "identity") // to be searched as text
	response, err := exportertest.Client.Do(request)
	if err != nil {
		e.T.Fatal(err)
	}
	defer response.Body.Close()
	var all bytes.Buffer
	if err := response.Write(&all); err != nil {
		e.T.Fatal(err)
	}
	return all.String()
}

// unheard names what the hostile API has not been asked for yet. It is "" when so many
// accounts have had an answer, and one of them has called every operation.
func unheard(e *exportertest.Exporter, accounts int) string {
	text := exchange(e, page{"GET", "/metrics", "", plantedPassword})
	// This sample exists from a batch's first answer on, be it good or bad.
	if n := strings.Count(text, "\naliyun_iot_ota_job_poll_success{"); n < accounts {
		return fmt.Sprintf("%d of %d accounts", n, accounts)
	}
	for _, operation := range aliyun.Operations[1:] {
		if !strings.Contains(text, `_api_request_duration_seconds_count{account="fine",operation="`+operation+`"}`) {
			return operation
		}
	}
	return ""
}
