package simulator_test

import (
	"net/http"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
)

var uuid = regexp.MustCompile(`^[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$`)

func TestSignedCalls(t *testing.T) {
	t.Parallel()
	s := account()
	s.AddBatch(fleet.Batch{Account: "main", JobID: "job 1*~+中", FirmwareID: "fw"})
	s.AddAccount(gateway.Account{Name: "session", Limit: 1000, Keys: []gateway.Key{
		{ID: "sts", Secret: "stssecret", Token: "t/o=k en+"},
	}})
	s.AddBatch(fleet.Batch{Account: "session", JobID: "own", FirmwareID: "fw2"})
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
		"ROA":                          signing{params: job}.roa(),
		"ROA with a token":             signing{id: "sts", secret: "stssecret", token: "t/o=k en+", params: pairs("JobId", "own")}.roa(),
		"a clock 14 minutes in future": signing{date: stamp(14 * time.Minute), params: job}.acs3(),
	} {
		t.Run(name, func(t *testing.T) {
			got := send(t, s, r)
			if got.status != 200 || got.json["Success"] != true || got.data()["JobStatus"] == nil {
				t.Errorf("%d %s", got.status, got.body)
			}
			if id := got.text("RequestId"); !uuid.MatchString(id) {
				t.Errorf("RequestId %q is no upper-case UUID", id)
			}
		})
	}
}

func TestNonces(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := account()
		s.AddBatch(fleet.Batch{Account: "main", JobID: "j"})
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
		set := func(k gateway.Key) {
			s.AddAccount(gateway.Account{Name: "main", Limit: 1, Keys: []gateway.Key{k}})
		}
		set(gateway.Key{ID: "one", Secret: "s", Token: "t", Expires: time.Now().Add(time.Hour)})
		s.AddBatch(fleet.Batch{Account: "main", JobID: "j"})
		try := func(id string) string {
			return send(t, s, signing{id: id, secret: "s", token: "t", params: pairs("JobId", "j")}.acs3()).code()
		}
		if got := try("one"); got != "" {
			t.Errorf("before: %s", got)
		}
		set(gateway.Key{ID: "two", Secret: "s", Token: "t"})
		if got := try("one"); got != "InvalidAccessKeyId.NotFound" {
			t.Errorf("the old key: %q", got)
		}
		if got := try("two"); got != "Throttling.User" {
			t.Errorf("a new key has the window of the account: %q", got)
		}
		set(gateway.Key{ID: "one", Secret: "s", Token: "t", Expires: time.Now().Add(time.Hour)})
		time.Sleep(time.Hour)
		if got := try("one"); got != "InvalidSecurityToken.Expired" {
			t.Errorf("after an hour: %q", got)
		}
	})
}
