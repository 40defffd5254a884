package signature

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
)

// The request and its signature are from Alibaba's page "Request syntax and signature
// method V3".
func TestPublishedVectorV3(t *testing.T) {
	params := url.Values{
		"ImageId":  {"win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"},
		"RegionId": {"cn-shanghai"},
	}
	r, err := http.NewRequest(http.MethodPost, "https://ecs.cn-shanghai.aliyuncs.com/?"+canonicalQuery(params), nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"x-acs-action":          "RunInstances",
		"x-acs-version":         "2014-05-26",
		"x-acs-date":            "2023-10-26T10:22:32Z",
		"x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
		"x-acs-content-sha256":  emptyBodyHash,
		"User-Agent":            "not signed", // only host and x-acs-* are
	} {
		r.Header.Set(name, value)
	}
	signV3(r, credentials.Keys{AccessKeyID: "YourAccessKeyId", AccessKeySecret: "YourAccessKeySecret"})
	want := "ACS3-HMAC-SHA256 Credential=YourAccessKeyId," +
		"SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version," +
		"Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
	if got := r.Header.Get("Authorization"); got != want {
		t.Errorf("Authorization:\n got %s\nwant %s", got, want)
	}
}

// The query is encoded by RFC 3986, which differs from net/url.
func TestCanonicalQuery(t *testing.T) {
	for name, c := range map[string]struct {
		params url.Values
		want   string
	}{
		"sorted by name":               {url.Values{"b": {"2"}, "a": {"1"}, "B": {"3"}}, "B=3&a=1&b=2"},
		"a space is not a plus":        {url.Values{"a": {"1 2"}}, "a=1%202"},
		"a plus stays one":             {url.Values{"a": {"1+2"}}, "a=1%2B2"},
		"unreserved marks stay":        {url.Values{"a": {"-_.~"}}, "a=-_.~"},
		"everything else is encoded":   {url.Values{"a": {"*/=:&'()!"}}, "a=%2A%2F%3D%3A%26%27%28%29%21"},
		"Chinese is encoded as UTF-8":  {url.Values{"a": {"升"}}, "a=%E5%8D%87"},
		"an empty value keeps its '='": {url.Values{"a": {""}}, "a="},
	} {
		t.Run(name, func(t *testing.T) {
			if got := canonicalQuery(c.params); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
