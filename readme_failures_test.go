package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
)

// failure is a row of the README's table of what can go wrong.
type failure struct {
	codes     []string                // the API's; nil: the API did not say it
	happens   func(api *brokenAccess) // makes it happen; nil: the API says each of the codes
	means, do string                  // for the reader, who looks for a cause and a cure
}

// A gateway that only knows the other signature has more than one code for that.
const (
	otherSignatureMeans = "The endpoint does not understand the call, perhaps because it only knows the other signature."
	otherSignatureDo    = "Set `signature` to the other value, see [Gateways and signatures](#gateways-and-signatures)."
)

// failures are in an order of likelihood within each class. Each is made to happen, and
// the table then has the class that the client gives it.
var failures = []failure{
	{codes: []string{"Throttling.User", "Throttling.Api"},
		means: "The account asks for more than its 10 requests a second of this operation.",
		do:    "Nothing, if it comes and goes: people and scripts use the account too, and the exporter gives way by itself. If it lasts, lower `requests_per_second`, and see that no second exporter runs."},
	{codes: []string{"SignatureDoesNotMatch"},
		means: "The secret does not belong to the access key id.",
		do:    "Write the secret anew. The exporter reads its file again by itself."},
	{codes: []string{"InvalidAccessKeyId.NotFound", "InvalidAccessKeyId.Inactive", "Forbidden.AccessKeyDisabled"},
		means: "The access key was deleted or disabled.",
		do:    "Set `access_key_id` and its secret to a key that is active in RAM."},
	{codes: []string{"InvalidTimeStamp.Expired"},
		means: "The clock of this machine is off by more than 15 minutes.",
		do:    "Set it, by NTP for instance."},
	{codes: []string{"InvalidSecurityToken.Expired"},
		means: "The STS token has expired, or is not that of the key pair.",
		do:    "See that whatever writes `security_token_file` renews it, or use a role, whose tokens the exporter renews itself."},
	{codes: []string{"IncompleteSignature"},
		means: otherSignatureMeans, do: otherSignatureDo},
	{codes: []string{"SignatureNonceUsed"},
		means: "One request arrived twice.",
		do:    "See whether a proxy or gateway in front of the endpoint sends requests again."},
	{happens: func(api *brokenAccess) {
		api.keys = aliyun.CredentialsConfig{AccessKeyID: "id", AccessKeySecretFile: "missing"}
	},
		means: "No key could be had: the file is missing, or STS or the metadata service does not answer.",
		do:    "The log has the cause. `--config.check-live` tries the same at once."},
	{codes: []string{"NoPermission", "Forbidden.RAM", "iot.common.RamActionPermissionDeny"},
		means: "The RAM user or role may not do this.",
		do:    "Attach the policies under [Permissions](#permissions). `--config.check-live` names the action that is missing."},
	{codes: []string{"Iot.system.BillIsOverDue"},
		means: "The account has not paid.",
		do:    "Pay the bill."},
	{codes: []string{"iot.common.InvalidTenant", "iot.system.UidNotFound"},
		means: "The Alibaba Cloud account of the key does not exist, or IoT Platform is not activated for it.",
		do:    "Activate IoT Platform, or use a key of the account that has the batches."},
	{codes: []string{"iot.firmware.InvalidOTAJobId"},
		means: "The batch does not exist, or does not any more: a package goes with its batches.",
		do:    "Check the JobId, and that it stands under the instance it belongs to. Take it out of the file if it was deleted."},
	{codes: []string{"iot.system.InstanceNotFound", "iot.Sre.IotInstanceNotFound", "iot.prod.NotExistedProduct"},
		means: "The instance is not one of this account in this region, or does not hold the product.",
		do:    "Set `id` as the console shows it, and leave it out for the public instance. Check `region`."},
	{codes: []string{"InvalidVersion", "InvalidAction.NotFound", "InvalidApi.NotFound"},
		means: otherSignatureMeans, do: otherSignatureDo},
	{codes: []string{"iot.firmware.InvalidProductKey"},
		means: "A ProductKey under `discover` is mistyped.",
		do:    "Set `products` to the ProductKey that the console shows."},
	{codes: []string{"iot.common.APINotSupportedInInstance"},
		means: "The instance does not offer this operation.",
		do:    "Watch another instance, or turn off what needs the operation: `discover`, `bulk_status` or `device_counts`."},
	{codes: []string{"iot.firmware.NullFirmwareId", "iot.firmware.NullOTAJobId"},
		means: "A parameter of the request did not reach the API.",
		do:    "Check the gateway or proxy in front of the endpoint: it must pass on the query of a POST request."},
	{codes: []string{"iot.common.InvalidFormattedParameter", "iot.system.IllegalRequest"},
		means: "A parameter has a form that the API does not take.",
		do:    "Write the ids in the file as the console shows them."},
	{codes: []string{"iot.common.InvalidPageParams"},
		means: "The API does not take pages of the documented size.",
		do:    "Ask who runs the endpoint about its limit."},
	{codes: []string{"iot.system.SystemException", "iot.firmware.SystemBusy", "iot.firmware.ListOTATaskByJobFailed", "ServiceUnavailable"},
		means: "Alibaba's side fails, or uses a code that is not documented.",
		do:    "Wait. If it lasts, give the request id to Alibaba's support."},
	{happens: func(api *brokenAccess) { api.sim.Inject(simulator.Fault{Kind: simulator.HTML, Status: 502}) },
		means: "The endpoint fails without a code, or a proxy in front of it does.",
		do:    "Wait. If it lasts, ask who runs the proxy or the endpoint."},
	{happens: func(api *brokenAccess) {
		api.sim.Inject(simulator.Fault{Kind: simulator.Hang})
		api.timeout = 50 * time.Millisecond
	},
		means: "No whole answer came within `polling.timeout`.",
		do:    "Check the way to the endpoint, proxy and firewall included."},
	{happens: func(api *brokenAccess) { api.server.Close() },
		means: "The endpoint cannot be reached: DNS, connection or proxy.",
		do:    "`--config.check-live` and `/jobs` say which. Check `region`, `endpoint`, DNS, firewall and `HTTPS_PROXY`."},
	{happens: (*brokenAccess).overTLS,
		means: "The endpoint's certificate is not trusted, has expired or is for another host name; or the port does not speak TLS, or not HTTP/1.1.",
		do:    "`--config.check-live` and `/jobs` say which. If the authority is a private one, add it to the system's, or name its file in `SSL_CERT_FILE`."},
	{happens: func(api *brokenAccess) { api.sim.Inject(simulator.Fault{Kind: simulator.HTML, Status: 200}) },
		means: "An answer came that is not the API's: a page, a redirect, nothing, half of it, or one that is not about what was asked for.",
		do:    "Something stands between, such as a proxy with a login page, or `endpoint` is another server."},
}

// brokenAccess is a way to the API that a failure breaks.
type brokenAccess struct {
	sim     *simulator.Simulator
	server  *httptest.Server
	keys    aliyun.CredentialsConfig
	timeout time.Duration // of a call; 0: the default
}

// overTLS puts the API behind a certificate that no system trusts.
func (api *brokenAccess) overTLS() {
	api.server.Close()
	api.server = httptest.NewUnstartedServer(api.sim)
	api.server.Config.ErrorLog = log.New(io.Discard, "", 0) // it would report the failed handshake
	api.server.StartTLS()
}

// meet makes a failure happen, with one of its codes or "", and gives the client's error.
func (f failure) meet(t *testing.T, code string) *aliyun.Error {
	t.Helper()
	api := &brokenAccess{sim: simulator.New(), keys: aliyun.CredentialsConfig{AccessKeyID: "id", AccessKeySecret: "secret"}}
	api.sim.AddAccount(simulator.Account{Name: "main", Keys: []simulator.Key{{ID: "id", Secret: "secret"}}})
	api.server = httptest.NewServer(api.sim)
	defer func() { api.server.Close() }() // which may be another one by then
	if f.happens != nil {                 // else the API says the code
		f.happens(api)
	} else {
		api.sim.Inject(simulator.Fault{Code: code})
	}
	client := aliyun.NewClient(aliyun.NewCredentials(api.keys, nil), aliyun.Options{Timeout: api.timeout})
	defer client.Close()
	_, err := client.QueryOTAJob(t.Context(), aliyun.Instance{URL: api.server.URL}, "job")
	failed, ok := errors.AsType[*aliyun.Error](err)
	if !ok {
		t.Fatalf("%s %q: error %v", f.means, code, err)
	}
	return failed
}

// failureTable has a row for each of the failures, in the order of aliyun.Classes.
func failureTable(t *testing.T) string {
	t.Helper()
	rows := make(map[aliyun.Class][]string)
	for _, f := range failures {
		codes, cells := f.codes, []string(nil)
		if codes == nil {
			codes = []string{""}
		}
		var class aliyun.Class // the same for all codes of a row
		for _, code := range codes {
			met := f.meet(t, code)
			if class != "" && met.Class != class || met.Code != code {
				t.Errorf("%q is told as %s %q, want %s %q", code, met.Class, met.Code, class, code)
			}
			if class = met.Class; code != "" {
				cells = append(cells, "`"+code+"`")
			}
		}
		rows[class] = append(rows[class], fmt.Sprintf("| `%s` | %s | %s | %s |\n", class, strings.Join(cells, ", "), cell(f.means), cell(f.do)))
	}
	var b strings.Builder
	b.WriteString("| Class | Code | What it means | What to do |\n| --- | --- | --- | --- |\n")
	for _, class := range aliyun.Classes {
		if len(rows[class]) == 0 {
			t.Errorf("class %s has no row", class)
		}
		b.WriteString(strings.Join(rows[class], ""))
		delete(rows, class)
	}
	if len(rows) > 0 {
		t.Errorf("rows of classes that do not exist: %v", rows)
	}
	return b.String()
}
