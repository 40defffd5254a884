package simulator_test

import (
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
)

func TestSignedCalls(t *testing.T) {
	t.Parallel()
	s := account()
	s.AddBatch(simulator.Batch{Account: "main", JobID: "job 1*~+中", FirmwareID: "fw"})
	s.AddAccount(simulator.Account{Name: "session", Limit: 1000, Keys: []simulator.Key{
		{ID: "sts", Secret: "stssecret", Token: "t/o=k en+"},
	}})
	s.AddBatch(simulator.Batch{Account: "session", JobID: "own", FirmwareID: "fw2"})
	job := pairs("JobId", "job 1*~+中", "RegionId", "cn-nowhere")
	for name, r := range map[string]*http.Request{
		"ACS3, POST with a query":      signing{params: job}.acs3(),
		"ACS3, GET":                    signing{method: "GET", params: job}.acs3(),
		"ACS3, form":                   signing{form: true, params: job}.acs3(),
		"ACS3 with a token":            signing{id: "sts", secret: "stssecret", token: "t/o=k en+", params: pairs("JobId", "own")}.acs3(),
		"RPC, GET":                     signing{method: "GET", params: withJSON(job)}.rpc(),
		"RPC, POST with a query":       signing{params: withJSON(job)}.rpc(),
		"RPC, form":                    signing{form: true, params: withJSON(job)}.rpc(),
		"RPC, HMAC-SHA256":             signing{signatureMethod: "HMAC-SHA256", params: withJSON(job)}.rpc(),
		"RPC with a token":             signing{id: "sts", secret: "stssecret", token: "t/o=k en+", params: withJSON(pairs("JobId", "own"))}.rpc(),
		"a clock 14 minutes in future": signing{date: stamp(14 * time.Minute), params: job}.acs3(),
	} {
		t.Run(name, func(t *testing.T) {
			got := send(t, s, r)
			if got.status != 200 || got.json["Success"] != true || got.data()["JobStatus"] == nil {
				t.Errorf("%d %s", got.status, got.body)
			}
			id, _ := got.json["RequestId"].(string)
			if !regexp.MustCompile(`^[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$`).MatchString(id) {
				t.Errorf("RequestId %q is no upper-case UUID", id)
			}
		})
	}
}

func withJSON(params map[string][]string) map[string][]string {
	all := map[string][]string{"Format": {"json"}}
	maps.Copy(all, params)
	return all
}

func stamp(ahead time.Duration) string {
	return time.Now().Add(ahead).UTC().Format("2006-01-02T15:04:05Z")
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	s := simulator.New()
	s.AddAccount(simulator.Account{Name: "main", Limit: 1000, Keys: []simulator.Key{
		{ID: "testid", Secret: "testsecret"},
		{ID: "off", Secret: "testsecret", Inactive: true},
		{ID: "sts", Secret: "testsecret", Token: "token"},
		{ID: "old", Secret: "testsecret", Token: "past", Expires: time.Now()},
		{ID: "ram", Secret: "testsecret", Deny: []string{"QueryOTAJob"}},
		{ID: "all", Secret: "testsecret", Deny: []string{"*"}, DenyCode: "NoPermission"},
		{ID: "biz", Secret: "testsecret", Deny: []string{"*"}, DenyCode: "iot.common.RamActionPermissionDeny"},
	}})
	edit := func(r *http.Request, change func(*http.Request)) *http.Request { change(r); return r }
	header := func(name, value string) *http.Request {
		return edit(signing{}.acs3(), func(r *http.Request) {
			r.Header.Del(name)
			if value != "" {
				r.Header.Set(name, value)
			}
		})
	}
	without := func(name string) *http.Request {
		return edit(signing{params: withJSON(nil)}.rpc(), func(r *http.Request) {
			q := r.URL.Query()
			q.Del(name)
			r.URL.RawQuery = q.Encode()
		})
	}
	for name, c := range map[string]struct {
		request *http.Request
		status  int
		code    string
	}{
		"no such operation":               {signing{action: "QueryOTAJobs"}.acs3(), 404, "InvalidAction.NotFound"},
		"no operation":                    {header("X-Acs-Action", ""), 400, "MissingAction"},
		"another version":                 {signing{version: "2017-04-20"}.acs3(), 400, "InvalidVersion"},
		"no version":                      {without("Version"), 400, "MissingVersion"},
		"another path":                    {edit(signing{}.acs3(), func(r *http.Request) { r.URL.Path = "/x" }), 404, "InvalidAction.NotFound"},
		"another method":                  {signing{method: "PUT"}.acs3(), 405, "UnsupportedHTTPMethod"},
		"an unknown format":               {signing{params: pairs("Format", "YAML")}.acs3(), 400, "InvalidParameter.Format"},
		"no Authorization":                {header("Authorization", ""), 400, "MissingAccessKeyId"},
		"no key in Authorization":         {header("Authorization", "ACS3-HMAC-SHA256 SignedHeaders=host,Signature=00"), 400, "MissingAccessKeyId"},
		"no signature in Authorization":   {header("Authorization", "ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=host"), 400, "IncompleteSignature"},
		"another algorithm":               {header("Authorization", "ACS3-HMAC-SM3 Credential=testid,SignedHeaders=host,Signature=00"), 400, "InvalidSignatureMethod"},
		"the host is not signed":          {signing{unsigned: []string{"host"}}.acs3(), 400, "IncompleteSignature"},
		"the action is not signed":        {signing{unsigned: []string{"x-acs-action"}}.acs3(), 400, "IncompleteSignature"},
		"the token is not signed":         {signing{id: "sts", token: "token", unsigned: []string{"x-acs-security-token"}}.acs3(), 400, "IncompleteSignature"},
		"the content type is not signed":  {signing{form: true, unsigned: []string{"content-type"}}.acs3(), 400, "IncompleteSignature"},
		"no date":                         {header("X-Acs-Date", ""), 400, "MissingTimestamp"},
		"no nonce":                        {header("X-Acs-Signature-Nonce", ""), 400, "MissingSignatureNonce"},
		"RPC without a key":               {without("AccessKeyId"), 400, "MissingAccessKeyId"},
		"RPC without a signature":         {without("Signature"), 400, "MissingSignature"},
		"RPC without a nonce":             {without("SignatureNonce"), 400, "MissingSignatureNonce"},
		"RPC without a time":              {without("Timestamp"), 400, "MissingTimestamp"},
		"RPC with an unknown method":      {signing{signatureMethod: "HMAC-MD5", params: withJSON(nil)}.rpc(), 400, "InvalidSignatureMethod"},
		"a key that nobody has":           {signing{id: "nobody"}.acs3(), 404, "InvalidAccessKeyId.NotFound"},
		"a key that is off":               {signing{id: "off"}.acs3(), 400, "InvalidAccessKeyId.Inactive"},
		"a date that is none":             {signing{date: "23 Nov 2026"}.acs3(), 400, "InvalidTimeStamp.Format"},
		"a clock 16 minutes behind":       {signing{date: stamp(-16 * time.Minute)}.acs3(), 400, "InvalidTimeStamp.Expired"},
		"a clock 16 minutes ahead":        {signing{date: stamp(16 * time.Minute)}.acs3(), 400, "InvalidTimeStamp.Expired"},
		"a wrong secret":                  {signing{secret: "guess"}.acs3(), 400, "SignatureDoesNotMatch"},
		"a wrong secret, RPC":             {signing{secret: "guess", params: withJSON(nil)}.rpc(), 400, "SignatureDoesNotMatch"},
		"a changed query":                 {edit(signing{}.acs3(), func(r *http.Request) { r.URL.RawQuery = "JobId=x" }), 400, "SignatureDoesNotMatch"},
		"a changed header":                {header("X-Acs-Date", stamp(time.Minute)), 400, "SignatureDoesNotMatch"},
		"a hash that is not the body's":   {header("X-Acs-Content-Sha256", strings.Repeat("0", 64)), 400, "SignatureDoesNotMatch"},
		"no token for a session key":      {signing{id: "sts"}.acs3(), 400, "MissingSecurityToken"},
		"a token that nobody has":         {signing{id: "sts", token: "x"}.acs3(), 400, "InvalidSecurityToken.Malformed"},
		"the token of another key":        {signing{id: "sts", token: "past"}.acs3(), 400, "InvalidSecurityToken.MismatchWithAccessKey"},
		"a token for a key that has none": {signing{token: "token"}.acs3(), 400, "InvalidSecurityToken.MismatchWithAccessKey"},
		"a token that has expired":        {signing{id: "old", token: "past"}.acs3(), 400, "InvalidSecurityToken.Expired"},
		"RAM denies one operation":        {signing{id: "ram"}.acs3(), 403, "Forbidden.RAM"},
		"RAM denies all, another code":    {signing{id: "all"}.acs3(), 403, "NoPermission"},
		"RAM denies in the business form": {signing{id: "biz"}.acs3(), 200, "iot.common.RamActionPermissionDeny"},
	} {
		t.Run(name, func(t *testing.T) {
			got := send(t, s, c.request)
			if got.status != c.status || got.code() != c.code {
				t.Errorf("%d %s, want %d %s", got.status, got.body, c.status, c.code)
			}
			if c.status == 200 {
				if got.json["Success"] != false || got.json["ErrorMessage"] == "" {
					t.Errorf("not the business form: %s", got.body)
				}
				return
			}
			for _, field := range []string{"RequestId", "HostId", "Code", "Message", "Recommend"} {
				if text, _ := got.json[field].(string); text == "" {
					t.Errorf("no %s: %s", field, got.body)
				}
			}
		})
	}
	t.Run("RAM denies no other operation", func(t *testing.T) {
		got := send(t, s, signing{id: "ram", action: "ListOTAFirmware", params: pairs("CurrentPage", "1", "PageSize", "1")}.acs3())
		if got.status != 200 {
			t.Error(got.body)
		}
	})
	t.Run("a wrong secret is told what should have been signed", func(t *testing.T) {
		got := send(t, s, signing{secret: "guess", method: "GET", nonce: "n", date: stamp(0), params: withJSON(nil)}.rpc())
		want := "server string to sign is:GET&%2F&AccessKeyId%3Dtestid%26Action%3DQueryOTAJob%26Format%3Djson"
		if !strings.Contains(got.json["Message"].(string), want) {
			t.Error(got.body)
		}
		got = send(t, s, signing{secret: "guess"}.acs3())
		if !strings.Contains(got.json["Message"].(string), "server CanonicalRequest is [POST\n/\n") {
			t.Error(got.body)
		}
	})
}

func TestNonces(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := account()
		s.AddBatch(simulator.Batch{Account: "main", JobID: "j"})
		try := func(c signing) string {
			c.params = pairs("JobId", "j")
			return send(t, s, c.acs3()).code()
		}
		for _, step := range []struct {
			name string
			call signing
			want string
		}{
			{"a nonce with a wrong secret", signing{nonce: "n", secret: "guess"}, "SignatureDoesNotMatch"},
			{"is not used up by that", signing{nonce: "n"}, ""},
			{"again", signing{nonce: "n"}, "SignatureNonceUsed"},
			{"again, newly dated", signing{nonce: "n", date: stamp(time.Minute)}, "SignatureNonceUsed"},
		} {
			if got := try(step.call); got != step.want {
				t.Errorf("%s: %q, want %q", step.name, got, step.want)
			}
		}
		time.Sleep(16 * time.Minute)
		if got := try(signing{nonce: "n"}); got != "" {
			t.Errorf("a nonce of 16 minutes ago: %q", got)
		}
	})
}

func TestKeysChangeWhileRunning(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := simulator.New()
		set := func(k simulator.Key) {
			s.AddAccount(simulator.Account{Name: "main", Limit: 1, Keys: []simulator.Key{k}})
		}
		set(simulator.Key{ID: "one", Secret: "s", Token: "t", Expires: time.Now().Add(time.Hour)})
		s.AddBatch(simulator.Batch{Account: "main", JobID: "j"})
		try := func(id string) string {
			return send(t, s, signing{id: id, secret: "s", token: "t", params: pairs("JobId", "j")}.acs3()).code()
		}
		if got := try("one"); got != "" {
			t.Errorf("before: %s", got)
		}
		set(simulator.Key{ID: "two", Secret: "s", Token: "t"})
		if got := try("one"); got != "InvalidAccessKeyId.NotFound" {
			t.Errorf("the old key: %q", got)
		}
		if got := try("two"); got != "Throttling.User" {
			t.Errorf("a new key has the window of the account: %q", got)
		}
		set(simulator.Key{ID: "one", Secret: "s", Token: "t", Expires: time.Now().Add(time.Hour)})
		time.Sleep(time.Hour)
		if got := try("one"); got != "InvalidSecurityToken.Expired" {
			t.Errorf("after an hour: %q", got)
		}
	})
}
