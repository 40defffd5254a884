package simulator_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
)

// reply is an answer, decoded if it is JSON.
type reply struct {
	status int
	body   string
	json   map[string]any
}

func send(t *testing.T, h http.Handler, r *http.Request) reply {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	got := reply{status: w.Code, body: w.Body.String()}
	if strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(w.Body.Bytes(), &got.json); err != nil {
			t.Fatalf("decode %s: %v", got.body, err)
		}
	}
	return got
}

// ask calls an operation with the key testid. params are alternating names and values.
func ask(t *testing.T, h http.Handler, action string, params ...string) reply {
	t.Helper()
	return send(t, h, signing{action: action, params: pairs(params...)}.acs3())
}

func (r reply) text(field string) string { s, _ := r.json[field].(string); return s }

func (r reply) code() string { return r.text("Code") }

// business reports whether an error has the form of a business error.
func (r reply) business() bool {
	return r.status == 200 && r.json["Success"] == false && r.text("ErrorMessage") != "" && r.text("RequestId") != ""
}

func (r reply) data() map[string]any { m, _ := r.json["Data"].(map[string]any); return m }

func (r reply) total() int { n, _ := r.json["Total"].(float64); return int(n) }

func (r reply) list(name, item string) []map[string]any {
	var all []map[string]any
	outer, _ := r.json[name].(map[string]any)
	entries, _ := outer[item].([]any)
	for _, e := range entries {
		all = append(all, e.(map[string]any))
	}
	return all
}

// account returns a simulator with the key testid and a large quota.
func account() *simulator.Simulator {
	s := simulator.New()
	s.AddAccount(gateway.Account{
		Name: "main", Limit: 1_000_000, Keys: []gateway.Key{{ID: "testid", Secret: "testsecret"}},
	})
	return s
}
