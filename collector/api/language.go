package api

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/pages"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
)

// inLanguage returns a handler whose texts for people, the cures and the errors, are in the
// language that a page would have. Programs do not ask for one and get English.
func inLanguage(answer func(http.ResponseWriter, *http.Request, phrase.Language)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l, _ := phrase.Choose(r)
		if problem, invalid := errors.AsType[pages.InvalidQuery](pages.CheckLanguage(r)); invalid {
			refuse(w, l, http.StatusBadRequest, problem)
			return
		}
		answer(w, r, l)
	})
}

// onlyLanguage reports whether a query has no other parameter than one language.
func onlyLanguage(rawQuery string) bool {
	v, err := url.ParseQuery(rawQuery)
	return err == nil && (len(v) == 0 || len(v) == 1 && len(v["lang"]) == 1)
}
