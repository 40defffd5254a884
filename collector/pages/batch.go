package pages

import (
	"net/http"

	"github.com/klauspost/compress/gzhttp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/web"
)

// batchView is what the template of one batch shows. It uses the exported fields and methods.
type batchView struct {
	frame
	*pageRow
	Back    string // the relative URL of the list that the reader came from
	JSON    string // the relative URL of the same as JSON; "": there is none
	Grafana string // a URL; "": none is configured
	Console string // likewise
}

// Batch returns the handler of /jobs/{account}/{job_id}.
func (s Site) Batch() http.Handler {
	return gzhttp.GzipHandler(s.inLanguage("../../", func(w http.ResponseWriter, r *http.Request) {
		// The parameters are those of the list; a link back to it keeps them, unless one is
		// invalid.
		query, err := parsePageQuery(r.URL.RawQuery)
		if err != nil {
			query = pageQuery{}
		}
		account, jobID := r.PathValue("account"), r.PathValue("job_id")
		f := s.frame(r, phrase.Verbatim(jobID), "../../", &query)
		back := f.Root + "jobs" + query.suffix()
		state := s.state(account, jobID)
		if state == nil {
			web.BreakOff(r)
			f.Title = phrase.Of("Batch not found")
			sendStatus(w, http.StatusNotFound, "missing.html", missingBatch{f, account, jobID, back})
			return
		}
		view := s.batchView(f, state)
		view.Back = back
		web.BreakOff(r)
		send(w, "batch.html", view)
	}))
}

func (s Site) batchView(f frame, state *store.State) *batchView {
	rows := pageRows([]*store.State{state}, s.Store, f.now)
	showNext(s.Poller, rows)
	v := &batchView{frame: f, pageRow: rows[0]}
	if name := aliyun.Text(v.Job.Name); name != "" {
		v.Title = phrase.Verbatim(name + " · " + state.JobID)
	}
	if address := batchAddress(state.Account, state.JobID); address != "" {
		v.JSON = f.Root + "api/v1/" + address + f.languageOnly().suffix()
	}
	values := map[string]string{
		"account": state.Account, "job_id": state.JobID, "iot_instance_id": state.Instance.ID, "firmware_id": aliyun.Text(v.Job.FirmwareID),
	}
	v.Grafana, v.Console = s.Grafana.Fill(values), s.Console.Fill(values)
	return v
}
