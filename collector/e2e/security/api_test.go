package security_test

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
)

// hostileAPI is an API that puts all secrets of a request into its answer. The JobId
// selects the part of the answer. The answer for the batch "fine" has no secret, so that
// the exporter also asks for its devices. The API also serves a credentials URI.
func hostileAPI(t *testing.T) *httptest.Server {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/keys" {
			http.Error(w, echo(r), http.StatusBadGateway)
			return
		}
		answer, ok := hostileAnswers[r.FormValue("JobId")]
		if !ok || cmp.Or(r.Header.Get("X-Acs-Action"), r.FormValue("Action")) != "QueryOTAJob" {
			answer = hostileAnswers["in_an_answer_of_the_api"]
		}
		answer(w, echo(r))
	}))
	t.Cleanup(server.Close)
	return server
}

// echo returns the secrets of a request in every encoding in which servers quote a request.
func echo(r *http.Request) string {
	upper := regexp.MustCompile(`%[0-9A-F]{2}`)
	var all []string
	token := cmp.Or(r.Header.Get("X-Acs-Security-Token"), r.FormValue("SecurityToken"))
	signature := cmp.Or(r.Header.Get("Authorization"), "Signature="+r.FormValue("Signature"))
	for _, secret := range []string{plantedSecret, token, signature, r.URL.RawQuery} {
		once := url.QueryEscape(secret)
		quoted, _ := json.Marshal(secret) // never fails for a string
		all = append(all, secret, once, url.QueryEscape(once), url.PathEscape(secret), upper.ReplaceAllStringFunc(once, strings.ToLower),
			strings.Trim(string(quoted), `"`), html.EscapeString(secret))
	}
	return strings.Join(all, " ")
}

// hostileAnswers are the answers of [hostileAPI] by JobId.
var hostileAnswers = map[string]func(w http.ResponseWriter, echo string){
	"in_an_answer_of_the_api": func(w http.ResponseWriter, echo string) {
		asJSON(w, 200, map[string]any{"Success": false, "Code": "iot.system.SystemException", "ErrorMessage": "not for " + echo})
	},
	"in_one_of_the_gateway": func(w http.ResponseWriter, echo string) {
		asJSON(w, 400, map[string]any{"Code": "SignatureDoesNotMatch", "Message": "server string to sign is: " + echo})
	},
	"in_the_code":       func(w http.ResponseWriter, echo string) { asJSON(w, 403, map[string]any{"Code": "No." + echo}) },
	"in_the_request_id": func(w http.ResponseWriter, echo string) { asJSON(w, 500, map[string]any{"RequestId": echo}) },
	// The exporter cuts codes after 128 bytes and messages after 1024 bytes. Here it cuts a secret.
	"at_the_cut": func(w http.ResponseWriter, echo string) {
		asJSON(w, 400, map[string]any{"Code": strings.Repeat("c", 120) + plantedSecret, "Message": strings.Repeat("m", 1010) + plantedSecret})
	},
	"in_a_field": func(w http.ResponseWriter, echo string) {
		asJSON(w, 200, map[string]any{"Success": true, "Data": map[string]any{"JobId": "j", "JobStatus": "PLANNED", "UtcCreate": echo, "RetryCount": echo}})
	},
	"in_xml": func(w http.ResponseWriter, echo string) {
		w.WriteHeader(400)
		fmt.Fprintf(w, "<Error><Code>Bad</Code><Message>%s</Message></Error>", html.EscapeString(echo))
	},
	"in_html": func(w http.ResponseWriter, echo string) {
		http.Error(w, "<html>"+html.EscapeString(echo), http.StatusForbidden)
	},
	"in_text": func(w http.ResponseWriter, echo string) { http.Error(w, plantedSecret+echo, 200) },
	"in_a_redirect": func(w http.ResponseWriter, echo string) {
		w.Header().Set("Location", "http://127.0.0.1/"+strings.Repeat("l", 80)+"?"+url.QueryEscape(echo))
		w.WriteHeader(302)
	},
	"in_a_broken_redirect": func(w http.ResponseWriter, echo string) {
		w.Header().Set("Location", "http://127.0.0.1/"+echo)
		w.WriteHeader(302)
	},
	"in_the_status_line": func(w http.ResponseWriter, echo string) {
		bare(w, "HTTP/1.1 502 "+echo+"\r\nContent-Length: 0\r\n\r\n")
	},
	"in_a_broken_status": func(w http.ResponseWriter, echo string) { bare(w, "HTTP/1.1 "+echo+"\r\n\r\n") },
	"in_a_broken_header": func(w http.ResponseWriter, echo string) { bare(w, "HTTP/1.1 200 OK\r\n"+echo+"\r\n\r\n") },
	"in_a_broken_length": func(w http.ResponseWriter, echo string) {
		bare(w, "HTTP/1.1 200 OK\r\nContent-Length: "+echo+"\r\n\r\n")
	},
	// The logger of net/http reports the second answer.
	"after_the_answer": func(w http.ResponseWriter, echo string) {
		good := `{"Success":true,"Data":{"JobId":"after_the_answer","JobStatus":"PLANNED"}}`
		bare(w, fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%sHTTP/1.1 200 OK\r\nX-Echo: %s\r\n\r\n", len(good), good, echo))
	},
	"fine": func(w http.ResponseWriter, _ string) {
		asJSON(w, 200, map[string]any{"Success": true, "Data": map[string]any{"JobId": "fine", "FirmwareId": "f", "JobStatus": "IN_PROGRESS"}})
	},
}

func asJSON(w http.ResponseWriter, status int, content map[string]any) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(content) // the client notices an error
}

// bare writes an answer as it is. net/http would correct it or refuse to send it.
func bare(w http.ResponseWriter, answer string) {
	connection, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	defer connection.Close()
	out := bufio.NewWriter(connection)
	out.WriteString(answer)
	out.Flush()
}

// hostileAccounts is the number of accounts in [hostileConfig].
var hostileAccounts = 2*len(hostileAnswers) + 4

// hostileConfig has an account for each pair of a hostile answer and a signature, so that
// no account waits for another, and four accounts that get their secrets in other ways.
func hostileConfig(t *testing.T, api string) string {
	t.Helper()
	secret, token := exportertest.TempFile(t, "secret", plantedSecret+"\n"), exportertest.TempFile(t, "token", plantedToken+"\n")
	var b strings.Builder
	b.WriteString("polling: {interval: 1h}\naccounts:\n")
	// account adds an account that uses every operation. Without credentials it takes those
	// of the environment.
	account := func(name, endpoint, credentials string) {
		job, v1 := strings.CutSuffix(name, "_with_v1")
		fmt.Fprintf(&b, "  - name: %q\n    endpoint: %q\n    device_counts: true\n    bulk_status: true\n", name, endpoint)
		if v1 {
			b.WriteString("    signature: v1\n")
		}
		if credentials != "" {
			fmt.Fprintf(&b, "    credentials: {%s}\n", credentials)
		}
		fmt.Fprintf(&b, "    instances: [{jobs: [%q], discover: {products: [p], firmwares: [f]}}]\n", job)
	}
	for _, job := range slices.Sorted(maps.Keys(hostileAnswers)) {
		for _, name := range []string{job, job + "_with_v1"} {
			account(name, api, fmt.Sprintf("access_key_id: LTAItest-%s, access_key_secret_file: %q, security_token_file: %q", name, secret, token))
		}
	}
	account("in_the_file", api, fmt.Sprintf("access_key_id: LTAItest-in_the_file, access_key_secret: '%s', security_token: '%s'", plantedSecret, plantedToken))
	account("keys_by_uri", api, fmt.Sprintf("credentials_uri: %q", strings.Replace(api, "//", "//u:"+plantedPassword+"@", 1)+"/keys?token="+plantedURI))
	account("keys_by_process", api, "")
	account("by_a_proxy", "http://iot.invalid", "access_key_id: LTAItest-by_a_proxy, access_key_secret: '"+plantedSecret+"'")
	return b.String()
}

// badFiles are configurations with a secret in the wrong place. There are more in
// config/testdata/bad.
func badFiles(good string) map[string]string {
	first := "access_key_secret: '" + plantedSecret + "'"
	return map[string]string{
		"a secret as a key":          strings.Replace(good, first, "'"+plantedSecret+"': x", 1),
		"a secret as a number":       strings.Replace(good, "polling: {interval: 1h}", "polling: {interval: '"+plantedSecret+"'}", 1),
		"a secret as a file":         strings.Replace(good, first, "access_key_secret_file: '"+plantedSecret+"'", 1),
		"a secret as the whole file": "'" + plantedSecret + "'",
		"a secret in a broken line":  good + "\n  - '" + plantedSecret + "': [",
		"a secret as an endpoint":    strings.Replace(good, "http://iot.invalid", "http://u:"+plantedPassword+"@iot.invalid", 1),
	}
}
