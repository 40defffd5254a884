package collector_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
)

// The key pair that the exporter of a harness signs with.
var (
	ownKey      = simulator.Key{ID: "id", Secret: "Kq7vTz0wNsXh4e"}
	credentials = aliyun.CredentialsConfig{AccessKeyID: ownKey.ID, AccessKeySecret: ownKey.Secret}
)

// accept makes these the only keys that the simulator accepts.
func (h *harness) accept(keys ...simulator.Key) {
	h.sim.AddAccount(simulator.Account{Name: "main", Keys: keys})
}

// fail lets every call fail with this code until mend is called.
func (h *harness) fail(code string) (mend func()) {
	return h.sim.Inject(simulator.Fault{Code: code})
}

// refuseConnections makes the endpoint unreachable, or reachable again. Idle
// connections are closed, or they would still serve.
func (h *harness) refuseConnections(on bool) {
	h.unreachable.Store(on)
	if on {
		h.transport.CloseIdleConnections()
	}
}

// redirectTo lets this exporter talk to the simulator of another harness.
func (h *harness) redirectTo(other *harness) { h.sim, h.dial = other.sim, other.dial }

// beforeCalls runs a function before the simulator sees each call. It may change
// the simulator.
func (h *harness) beforeCalls(do func(operation string, r *http.Request)) {
	h.answerBy(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		do(r.Header.Get("X-Acs-Action"), r)
		h.sim.ServeHTTP(w, r)
	}))
}

// rewriteAnswers changes the answers to an operation.
func (h *harness) rewriteAnswers(operation string, change func(r *http.Request, answer map[string]any)) {
	h.answerBy(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Acs-Action") != operation {
			h.sim.ServeHTTP(w, r)
			return
		}
		recorded := httptest.NewRecorder()
		h.sim.ServeHTTP(recorded, r)
		var answer map[string]any
		if err := json.Unmarshal(recorded.Body.Bytes(), &answer); err != nil {
			h.t.Error(err)
		}
		change(r, answer)
		w.WriteHeader(recorded.Code)
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			h.t.Error(err)
		}
	}))
}

// answerBy lets another handler answer in place of the simulator.
func (h *harness) answerBy(handler http.Handler) {
	dial, stop := simulator.Pipe(handler)
	h.dial = dial
	h.t.Cleanup(stop)
	h.t.Cleanup(h.poller.Stop) // cleaned up first: no call may wait for the server that stops
}
