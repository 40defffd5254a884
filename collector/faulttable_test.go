package collector_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"strconv"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
)

// fault is something that goes wrong with a call, and how it must show.
type fault struct {
	fault simulator.Fault
	class aliyun.Class
	code  string
}

// faults are those of failures and what else the simulator can do: the other
// codes of each class, and every kind and status that changes the class.
func faults() map[string]fault {
	all := map[string]fault{
		"over the budget, as older pages say":  {simulator.Fault{Code: "Throttling"}, aliyun.ClassThrottled, "Throttling"},
		"over the budget, as newer pages say":  {simulator.Fault{Code: "Throttling.Api", Status: http.StatusTooManyRequests}, aliyun.ClassThrottled, "Throttling.Api"},
		"a good answer with HTTP 429":          {simulator.Fault{Status: http.StatusTooManyRequests}, aliyun.ClassThrottled, ""},
		"a key that is disabled":               {simulator.Fault{Code: "InvalidAccessKeyId.Inactive"}, aliyun.ClassAuth, "InvalidAccessKeyId.Inactive"},
		"a key that is not sent":               {simulator.Fault{Code: "MissingAccessKeyId"}, aliyun.ClassAuth, "MissingAccessKeyId"},
		"a wrong secret":                       {simulator.Fault{Code: "SignatureDoesNotMatch"}, aliyun.ClassAuth, "SignatureDoesNotMatch"},
		"half a signature":                     {simulator.Fault{Code: "IncompleteSignature"}, aliyun.ClassAuth, "IncompleteSignature"},
		"a nonce used twice":                   {simulator.Fault{Code: "SignatureNonceUsed"}, aliyun.ClassAuth, "SignatureNonceUsed"},
		"a token that has expired":             {simulator.Fault{Code: "InvalidSecurityToken.Expired"}, aliyun.ClassAuth, "InvalidSecurityToken.Expired"},
		"a denial by the gateway":              {simulator.Fault{Code: "NoPermission"}, aliyun.ClassPermission, "NoPermission"},
		"a denial by the product":              {simulator.Fault{Code: "iot.common.RamActionPermissionDeny"}, aliyun.ClassPermission, "iot.common.RamActionPermissionDeny"},
		"a package that is gone":               {simulator.Fault{Code: "iot.firmware.FirmwareNotFound"}, aliyun.ClassNotFound, "iot.firmware.FirmwareNotFound"},
		"a package id that is wrong":           {simulator.Fault{Code: "iot.firmware.InvalidFirmwareId"}, aliyun.ClassNotFound, "iot.firmware.InvalidFirmwareId"},
		"a batch that is gone, with HTTP 500":  {simulator.Fault{Code: "iot.firmware.InvalidOTAJobId", Status: http.StatusInternalServerError}, aliyun.ClassNotFound, "iot.firmware.InvalidOTAJobId"},
		"an instance that is not there":        {simulator.Fault{Code: "iot.system.InstanceNotFound"}, aliyun.ClassInvalid, "iot.system.InstanceNotFound"},
		"a product that is not there":          {simulator.Fault{Code: "iot.prod.NotExistedProduct"}, aliyun.ClassInvalid, "iot.prod.NotExistedProduct"},
		"a parameter that is missing":          {simulator.Fault{Code: "MissingParameter"}, aliyun.ClassInvalid, "MissingParameter"},
		"an operation that nobody knows":       {simulator.Fault{Code: "InvalidAction.NotFound"}, aliyun.ClassInvalid, "InvalidAction.NotFound"},
		"an unknown code with HTTP 400":        {simulator.Fault{Code: "iot.new.Thing", Status: http.StatusBadRequest}, aliyun.ClassInvalid, "iot.new.Thing"},
		"a good answer with HTTP 403":          {simulator.Fault{Status: http.StatusForbidden}, aliyun.ClassInvalid, ""},
		"a busy system":                        {simulator.Fault{Code: "iot.firmware.SystemBusy"}, aliyun.ClassServer, "iot.firmware.SystemBusy"},
		"a gateway without its backend":        {simulator.Fault{Code: "ServiceUnavailable"}, aliyun.ClassServer, "ServiceUnavailable"},
		"an error inside the gateway":          {simulator.Fault{Code: "InternalError"}, aliyun.ClassServer, "InternalError"},
		"a good answer with HTTP 500":          {simulator.Fault{Status: http.StatusInternalServerError}, aliyun.ClassServer, ""},
		"no answer but HTTP 503":               {simulator.Fault{Kind: simulator.Empty, Status: http.StatusServiceUnavailable}, aliyun.ClassServer, ""},
		"garbage with HTTP 500":                {simulator.Fault{Kind: simulator.Garbage, Status: http.StatusInternalServerError}, aliyun.ClassServer, ""},
		"no answer but HTTP 204":               {simulator.Fault{Kind: simulator.Empty, Status: http.StatusNoContent}, aliyun.ClassDecode, ""},
		"no answer but HTTP 404":               {simulator.Fault{Kind: simulator.Empty, Status: http.StatusNotFound}, aliyun.ClassDecode, ""},
		"a proxy's page with HTTP 200":         {simulator.Fault{Kind: simulator.HTML, Status: http.StatusOK}, aliyun.ClassDecode, ""},
		"a proxy that wants a password":        {simulator.Fault{Kind: simulator.HTML, Status: http.StatusProxyAuthRequired}, aliyun.ClassDecode, ""},
		"half an answer with HTTP 500":         {simulator.Fault{Kind: simulator.Truncate, Status: http.StatusInternalServerError}, aliyun.ClassDecode, ""},
		"a redirect that asks to send it anew": {simulator.Fault{Kind: simulator.Redirect, Location: "http://portal/", Status: http.StatusPermanentRedirect}, aliyun.ClassDecode, ""},
	}
	for name, c := range failures {
		all[name] = fault(c)
	}
	return all
}

// Every kind of the simulator is in the table; so is every class, says
// TestEveryClassHasAFailure.
func TestEveryKindHasAFault(t *testing.T) {
	have := make(map[simulator.Kind]bool)
	for _, c := range faults() {
		have[c.fault.Kind] = true
	}
	for _, kind := range kindsOfTheSimulator(t) {
		if !have[kind] {
			t.Errorf("kind %s: no case", kind)
		}
	}
}

// kindsOfTheSimulator are read from its source.
func kindsOfTheSimulator(t *testing.T) (kinds []simulator.Kind) {
	file, err := parser.ParseFile(token.NewFileSet(), "../aliyun/simulator/spoil.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Kind" {
				value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				kinds = append(kinds, simulator.Kind(value))
			}
		}
		return true
	})
	if len(kinds) == 0 {
		t.Fatal("no kind is found")
	}
	return kinds
}
