package pages

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/web"
)

// Account returns the handler of /jobs/{account}, and of the same below /api/v1. It leads to the
// list of the account. A JobId in place of an account leads to its batch, or to the list of all
// batches with this JobId.
func (s Site) Account() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		web.Lead(w, "../"+addressOf(s.Store.Snapshot(), r.PathValue("account"), r.URL.Query()))
	})
}

// addressOf returns where a name after /jobs/ leads to, relative to the folder of /jobs.
func addressOf(states []*store.State, name string, parameters url.Values) string {
	list := func(parameter, value string) string {
		parameters.Set(parameter, value)
		return "jobs?" + parameters.Encode()
	}
	for _, name := range []string{name, unescaped(name)} {
		if slices.ContainsFunc(states, func(s *store.State) bool { return s.Account == name }) {
			return list("account", name)
		}
		var of []*store.State
		for _, s := range states {
			if s.JobID == name {
				of = append(of, s)
			}
		}
		if len(of) > 1 {
			return list("text", name)
		}
		if len(of) == 1 && batchAddress(of[0].Account, name) != "" {
			address := url.URL{RawQuery: parameters.Encode()}
			return batchAddress(of[0].Account, name) + address.String()
		}
	}
	return list("account", name) // its batches may not be known yet
}
