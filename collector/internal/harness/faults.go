package harness

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/network"
)

// The key pair of the exporter.
var (
	OwnKey      = gateway.Key{ID: "id", Secret: "Kq7vTz0wNsXh4e"}
	Credentials = credentials.Config{AccessKeyID: OwnKey.ID, AccessKeySecret: OwnKey.Secret}
)

// Accept sets the keys that the simulator accepts. It refuses all others.
func (h *Harness) Accept(keys ...gateway.Key) {
	h.Sim.AddAccount(gateway.Account{Name: "main", Keys: keys})
}

// Fail makes every call fail with this code until mend is called.
func (h *Harness) Fail(code string) (mend func()) {
	return h.Sim.Inject(gateway.Fault{Code: code})
}

// RefuseConnections makes the endpoint unreachable, or reachable again. It closes idle
// connections, which would still work.
func (h *Harness) RefuseConnections(on bool) {
	h.unreachable.Store(on)
	if on {
		h.Transport.CloseIdleConnections()
	}
}

// RedirectTo makes this exporter use the simulator of another harness.
func (h *Harness) RedirectTo(other *Harness) { h.Sim, h.Dial = other.Sim, other.Dial }

// BeforeCalls makes the simulator call a function before it handles each call. The function
// may change the simulator.
func (h *Harness) BeforeCalls(do func(operation string, r *http.Request)) {
	h.AnswerBy(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		do(r.Header.Get("X-Acs-Action"), r)
		h.Sim.ServeHTTP(w, r)
	}))
}

// RewriteAnswers changes the answers of the simulator to an operation.
func (h *Harness) RewriteAnswers(operation string, change func(r *http.Request, answer map[string]any)) {
	h.AnswerBy(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Acs-Action") != operation {
			h.Sim.ServeHTTP(w, r)
			return
		}
		recorded := httptest.NewRecorder()
		h.Sim.ServeHTTP(recorded, r)
		var answer map[string]any
		if err := json.Unmarshal(recorded.Body.Bytes(), &answer); err != nil {
			h.T.Error(err)
		}
		change(r, answer)
		w.WriteHeader(recorded.Code)
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			h.T.Error(err)
		}
	}))
}

// AnswerBy makes a handler answer in place of the simulator.
func (h *Harness) AnswerBy(handler http.Handler) {
	dial, stop := network.Pipe(handler)
	h.Dial = dial
	h.T.Cleanup(stop)
	h.T.Cleanup(h.Poller.Stop) // cleaned up first: no call may wait for the server that stops
}
