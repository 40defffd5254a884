package aliyun

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/signature"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/network"
)

// With any characters in the ids of batches and instances, parameters, endpoints and keys,
// the simulator accepts both signatures and decodes the values that were sent.
func FuzzSignature(f *testing.F) {
	f.Add("wahVIzGkCMuAUE2gDERM020001", "iot-cn-0pp1n8t", "ProductKey", "a1", "iot.cn-shanghai.aliyuncs.com", "LTAI5t", "secret", "")
	f.Add("a b+c*d~e%20f", "&=?#", "冷链", "+", "127.0.0.1:8080", "id", "\x00\xff", "tok/en+==")
	f.Add("\r\n", "", "", "", "[::1]:443", "STS.id", "", " token ")
	f.Add("a;b", "\xff", "a=b&c", "%zz", "[fe80::1]:80", "a", "b", "\t")
	f.Add("1", "", "a[]", "\u2028", "Host.Example.", "i d", "s", "e")

	var sim http.Handler // replaced for each input; the pipe to it is kept
	dial, stop := network.Pipe(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { sim.ServeHTTP(w, r) }))
	transport := newTransport(0)
	transport.DialContext, transport.Proxy = dial, nil
	f.Cleanup(func() {
		transport.CloseIdleConnections()
		stop()
	})
	f.Fuzz(func(t *testing.T, jobID, instanceID, name, value, host, keyID, secret, token string) {
		base, err := url.Parse("http://" + host)
		// Skip what a configuration would refuse and what HTTP cannot transmit.
		switch {
		case err != nil || base.Host != host || !hostPort.MatchString(host):
			t.Skip("no host")
		case jobID == "" || !utf8.ValidString(jobID):
			t.Skip("no batch")
		case slices.Contains(ownParams, name):
			t.Skip("not another parameter")
		case keyID == "" || strings.ContainsAny(keyID, ", ") || !ascii(keyID) || !ascii(token) || token != strings.TrimSpace(token):
			t.Skip("not possible in a header")
		}
		api := simulator.New()
		api.AddAccount(gateway.Account{Name: "main", Keys: []gateway.Key{{ID: keyID, Secret: secret, Token: token}}})
		api.AddBatch(fleet.Batch{Account: "main", JobID: jobID, InstanceID: instanceID, Desc: jobID})
		sim = api
		client := NewClient(staticKeys{keyID, secret, token}, Options{Transport: transport})
		var answer struct {
			Data *Job `json:"Data"`
		}
		for _, version := range []signature.Version{signature.V3, signature.V1} {
			_, err = client.call(t.Context(), OpQueryOTAJob, Instance{URL: "http://" + host, ID: instanceID, RegionID: value, Signature: version},
				url.Values{"JobId": {jobID}, name: {value, value}}, &answer, func(*notes) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			if got := *answer.Data.JobDesc; got != jobID {
				t.Errorf("the batch %q is answered for as %q", jobID, got)
			}
		}
	})
}

// ownParams are the parameters that every call has.
var ownParams = []string{
	"JobId", "IotInstanceId", "Format", "Action", "Version", "RegionId", "AccessKeyId", "SecurityToken", "Signature", "SignatureMethod",
	"SignatureVersion", "SignatureNonce", "Timestamp",
}

// hostPort matches the endpoints that a configuration accepts, and some more.
var hostPort = regexp.MustCompile(`^([A-Za-z0-9_.-]+|\[[0-9a-f:.]+\])(:[0-9]+)?$`)

// ascii reports whether a text is possible in a header.
func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}
