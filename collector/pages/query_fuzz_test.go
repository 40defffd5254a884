package pages

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/poll"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
)

// For any URL there is a page or an error. Parsing the URL of a page gives the same query again.
func FuzzPageQuery(f *testing.F) {
	f.Add("")
	f.Add("account=a+b&status=PLANNED&only=failing&text=%E5%86%B7%E9%93%BE&sort=-age&page=2&refresh=1")
	f.Add("account=%ff%00&text=%zz&a;b&text=2&sort=-&page=9223372036854775807")
	f.Add("page=-1&sort=colour")
	f.Add("status=in_progress&sort=-AGE&only=Failing&refresh=0")
	f.Add("account=a%2520b&status=no_data&lang=zh")
	f.Add("0&lang=Zh")
	page := Site{Store: store.New(), Poller: poll.New(store.New(), poll.Options{})}.Jobs()
	f.Fuzz(func(t *testing.T, raw string) {
		request := httptest.NewRequest(http.MethodGet, "/jobs", http.NoBody)
		request.URL.RawQuery = raw
		w := httptest.NewRecorder()
		page.ServeHTTP(w, request)

		q, err := parsePageQuery(request.URL.RawQuery)
		if err == nil {
			err = q.resolve(nil)
		}
		if err != nil {
			if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "Invalid address") && !strings.Contains(w.Body.String(), "地址无效") {
				t.Errorf("%v: %d %q", err, w.Code, w.Header())
			}
			return
		}
		if w.Code != http.StatusOK {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		address, err := url.Parse(q.Address())
		if err != nil {
			t.Fatal(err)
		}
		if again, err := parsePageQuery(address.RawQuery); again != q || err != nil {
			t.Errorf("%+v, again %+v, error %v", q, again, err)
		}
	})
}
