package harness

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
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
