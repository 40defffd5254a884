package security_test

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

// No output of the exporter contains a secret, whatever the API answers and whatever is in
// the configuration files. The first loop checks that the outputs are not empty.
func TestNoOutputHasSecrets(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"logfmt", "json"} {
		t.Run(format, func(t *testing.T) {
			outputs := everyOutput(t, format)
			for place, want := range map[string]string{
				"stderr": "polling the batch fails", "GET /metrics": "aliyun_iot_ota_job_poll_error_info{", "GET /jobs": "in_a_redirect",
				"the page of a batch": "Needs attention", "a batch as JSON": `"cure":`, "batches as CSV": "in_a_redirect", "GET /api/v1/jobs": "in_a_redirect",
				"the state file": "in_a_redirect", "--config.check": "The configuration is valid", "--config.check-live": "in_a_redirect",
				"a reload with a secret as a key": " 500 ", "a start with a password for a hash": "--web.config.file=",
				"a page with a password for the users": " 500 ",
			} {
				if !strings.Contains(outputs[place], want) {
					t.Errorf("%s: %q is missing in\n%s", place, want, outputs[place])
				}
			}
			exportertest.WantIn(t, outputs["stderr"], "Unsolicited response") // from the logger of net/http
			for _, place := range slices.Sorted(maps.Keys(outputs)) {
				if found := leaks(outputs[place]); found != nil {
					t.Errorf("%s contains %s:\n%s", place, strings.Join(found, ", "), outputs[place])
				}
			}
		})
	}
}

// everyOutput runs the exporter against the hostile API and returns all of its outputs by
// their names.
func everyOutput(t *testing.T, format string) map[string]string {
	t.Helper()
	good := hostileConfig(t, hostileAPI(t).URL)
	config, state := exportertest.TempFile(t, "config.yml", good), filepath.Join(t.TempDir(), "state")
	web := exportertest.TempFile(t, "web.yml", "basic_auth_users: {prometheus: "+hashOfPassword+"}\n")
	args := []string{"--config.file=" + config, "--log.level=debug", "--log.format=" + format}
	serving := append(args, "--persistence.file="+state, "--web.config.file="+web)
	outputs := make(map[string]string)

	cmd := programWithSecrets(t, serving...)
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	p := exportertest.StartProcess(t, cmd)
	p.AwaitListening()
	exportertest.Eventually(t, func() string { return unheard(&p.Exporter, hostileAccounts) })
	// Pages, with their headers.
	for place, asked := range everyPage(t) {
		outputs[place] = exchange(&p.Exporter, asked)
	}
	// Errors about a file quote its content, at a start and at a reload.
	for name, text := range badFiles(good) {
		exportertest.WriteFile(t, config, text)
		outputs["a reload with "+name] = exchange(&p.Exporter, page{"POST", "/-/reload", "", plantedPassword})
		outputs["a check of "+name] = printed(t, append(args, "--config.check")...)
	}
	exportertest.WriteFile(t, config, good)
	for name, text := range badWebFiles {
		exportertest.WriteFile(t, web, text)
		outputs["a page with "+name] = exchange(&p.Exporter, page{"GET", "/", "", plantedMistake})
		outputs["a start with "+name] = printed(t, append(serving, exportertest.AnyPort)...)
	}
	// These outputs are complete when the exporter has ended.
	p.End(syscall.SIGTERM)
	outputs["stdout"], outputs["stderr"] = stdout.String(), p.Log.String()
	outputs["the state file"] = exportertest.ReadFile(t, state)
	outputs["--config.check"] = printed(t, append(args, "--config.check")...)
	outputs["--config.check-live"] = printed(t, append(args, "--config.check-live")...)
	return outputs
}

// badWebFiles have a password or its hash in the wrong place.
var badWebFiles = map[string]string{
	"a password for a hash":      "basic_auth_users: {prometheus: " + plantedMistake + "}\n",
	"a password for the users":   "basic_auth_users: " + plantedMistake + "\n",
	"a hash for the users":       "basic_auth_users: " + hashOfPassword + "\n",
	"a password in a wrong type": "basic_auth_users: {prometheus: " + hashOfPassword + "}\nrate_limit: {burst: " + plantedMistake + "}\n",
}

// page is a request for a page with basic auth. accept is the Accept header, "" for none.
type page struct{ method, path, accept, password string }

// everyPage returns a request for each route and some special ones, by name.
func everyPage(t *testing.T) map[string]page {
	t.Helper()
	pages := map[string]page{
		"OpenMetrics":           {"GET", "/metrics", "application/openmetrics-text;version=1.0.0", plantedPassword},
		"protobuf":              {"GET", "/metrics", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited", plantedPassword},
		"with a wrong password": {"GET", "/metrics", "", plantedPassword + "!"},
		"/jobs, looked for":     {"GET", "/jobs?text=hide", "", plantedPassword},
		"the page of a batch":   {"GET", "/jobs/in_a_redirect/in_a_redirect", "", plantedPassword},
		"a batch as JSON":       {"GET", "/api/v1/jobs/in_a_redirect/in_a_redirect", "", plantedPassword},
		"batches as CSV":        {"GET", "/api/v1/jobs?format=csv", "", plantedPassword},
		"a page not found":      {"GET", "/" + plantedSecret[:8], "", plantedPassword},
	}
	methods, paths := exportertest.Routes(t)
	for i, method := range methods {
		pages[method+" "+paths[i]] = page{method, exportertest.AnyBatch(paths[i]), "", plantedPassword}
	}
	return pages
}

// exchange returns the whole answer, with its headers.
func exchange(e *exportertest.Exporter, p page) string {
	e.T.Helper()
	request := exportertest.NewRequest(e.T, p.method, e.URLs[0]+p.path)
	request.SetBasicAuth("prometheus", p.password)
	request.Header.Set("Accept", p.accept)
	request.Header.Set("Accept-Encoding", "identity") // no compression
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

// unheard returns what the hostile API has not been asked for yet. It is "" when this many
// accounts have had an answer and the account "fine" has called every operation.
func unheard(e *exportertest.Exporter, accounts int) string {
	text := exchange(e, page{"GET", "/metrics", "", plantedPassword})
	// A batch has this sample from its first answer on, whether it was an error or not.
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
