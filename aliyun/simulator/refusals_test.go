package simulator_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
)

func TestRefusals(t *testing.T) {
	t.Parallel()
	s := simulator.New()
	s.AddAccount(gateway.Account{Name: "main", Limit: 1000, Keys: []gateway.Key{
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
		"ROA without a key":               {header("Authorization", "acs :00"), 400, "MissingAccessKeyId"},
		"ROA without a signature":         {header("Authorization", "acs testid"), 400, "IncompleteSignature"},
		"ROA without a date":              {header("Authorization", "acs testid:00"), 400, "MissingTimestamp"},
		"an unknown key":                  {signing{id: "nobody"}.acs3(), 404, "InvalidAccessKeyId.NotFound"},
		"an inactive key":                 {signing{id: "off"}.acs3(), 400, "InvalidAccessKeyId.Inactive"},
		"a date in another format":        {signing{date: "23 Nov 2026"}.acs3(), 400, "InvalidTimeStamp.Format"},
		"a clock 16 minutes behind":       {signing{date: stamp(-16 * time.Minute)}.acs3(), 400, "InvalidTimeStamp.Expired"},
		"a clock 16 minutes ahead":        {signing{date: stamp(16 * time.Minute)}.acs3(), 400, "InvalidTimeStamp.Expired"},
		"a wrong secret":                  {signing{secret: "guess"}.acs3(), 400, "SignatureDoesNotMatch"},
		"a wrong secret, RPC":             {signing{secret: "guess", params: withJSON(nil)}.rpc(), 400, "SignatureDoesNotMatch"},
		"a wrong secret, ROA":             {signing{secret: "guess"}.roa(), 400, "SignatureDoesNotMatch"},
		"a changed query":                 {edit(signing{}.acs3(), func(r *http.Request) { r.URL.RawQuery = "JobId=x" }), 400, "SignatureDoesNotMatch"},
		"a changed header":                {header("X-Acs-Date", stamp(time.Minute)), 400, "SignatureDoesNotMatch"},
		"a hash that is not the body's":   {header("X-Acs-Content-Sha256", strings.Repeat("0", 64)), 400, "SignatureDoesNotMatch"},
		"no token for a session key":      {signing{id: "sts"}.acs3(), 400, "MissingSecurityToken"},
		"an unknown token":                {signing{id: "sts", token: "x"}.acs3(), 400, "InvalidSecurityToken.Malformed"},
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
				if !got.business() {
					t.Errorf("not the business form: %s", got.body)
				}
				return
			}
			for _, field := range []string{"RequestId", "HostId", "Code", "Message", "Recommend"} {
				if got.text(field) == "" {
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
	t.Run("the error for a wrong secret shows the text to sign", func(t *testing.T) {
		got := send(t, s, signing{secret: "guess", method: "GET", nonce: "n", date: stamp(0), params: withJSON(nil)}.rpc())
		want := "server string to sign is:GET&%2F&AccessKeyId%3Dtestid%26Action%3DQueryOTAJob%26Format%3Djson"
		if !strings.Contains(got.text("Message"), want) {
			t.Error(got.body)
		}
		got = send(t, s, signing{secret: "guess"}.acs3())
		if !strings.Contains(got.text("Message"), "server CanonicalRequest is [POST\n/\n") {
			t.Error(got.body)
		}
	})
}
