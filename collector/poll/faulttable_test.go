package poll_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// fault is something that goes wrong with a call, and the class that it must show
// as. The code that must show is its own.
type fault struct {
	gateway.Fault
	class aliyun.Class
}

// typicalFaults are the commonest of each class.
var typicalFaults = map[string]fault{
	"over the budget":                  {gateway.Fault{Code: "Throttling.User"}, aliyun.ClassThrottled},
	"over the budget, without a code":  {gateway.Fault{Kind: gateway.Empty, Status: http.StatusTooManyRequests}, aliyun.ClassThrottled},
	"a key that is not there":          {gateway.Fault{Code: "InvalidAccessKeyId.NotFound"}, aliyun.ClassAuth},
	"a clock that is wrong":            {gateway.Fault{Code: "InvalidTimeStamp.Expired"}, aliyun.ClassAuth},
	"a RAM action that is missing":     {gateway.Fault{Code: "Forbidden.RAM"}, aliyun.ClassPermission},
	"a bill that is overdue":           {gateway.Fault{Code: "Iot.system.BillIsOverDue"}, aliyun.ClassPermission},
	"a batch that is gone":             {gateway.Fault{Code: "iot.firmware.InvalidOTAJobId"}, aliyun.ClassNotFound},
	"the wrong instance":               {gateway.Fault{Code: "iot.Sre.IotInstanceNotFound"}, aliyun.ClassInvalid},
	"a trouble of Alibaba's":           {gateway.Fault{Code: "iot.system.SystemException"}, aliyun.ClassServer},
	"a code that nobody knows":         {gateway.Fault{Code: "iot.new.Thing"}, aliyun.ClassServer},
	"a proxy that has lost the server": {gateway.Fault{Kind: gateway.HTML}, aliyun.ClassServer},
	"no answer":                        {gateway.Fault{Kind: gateway.Hang}, aliyun.ClassTimeout},
	"an answer that comes too late":    {gateway.Fault{Latency: 11 * time.Second}, aliyun.ClassTimeout},
	"a connection that is reset":       {gateway.Fault{Kind: gateway.Reset}, aliyun.ClassTransport},
	"an answer that is cut off":        {gateway.Fault{Kind: gateway.Truncate}, aliyun.ClassDecode},
	"an answer that is garbage":        {gateway.Fault{Kind: gateway.Garbage}, aliyun.ClassDecode},
	"an answer that is empty":          {gateway.Fault{Kind: gateway.Empty}, aliyun.ClassDecode},
	"an answer about nothing":          {gateway.Fault{Edit: emptied}, aliyun.ClassDecode},
	"an answer that is too large":      {gateway.Fault{Kind: gateway.Huge, Size: 2 << 20}, aliyun.ClassDecode},
	"a portal that redirects":          {gateway.Fault{Kind: gateway.Redirect, Location: "http://portal/"}, aliyun.ClassDecode},
}

// otherFaults are what else the simulator can do: the other codes of each class, and
// the kinds and statuses that change the class.
var otherFaults = map[string]fault{
	"over the budget, as older pages say":  {gateway.Fault{Code: "Throttling"}, aliyun.ClassThrottled},
	"over the budget, as newer pages say":  {gateway.Fault{Code: "Throttling.Api", Status: http.StatusTooManyRequests}, aliyun.ClassThrottled},
	"a good answer with HTTP 429":          {gateway.Fault{Status: http.StatusTooManyRequests}, aliyun.ClassThrottled},
	"a key that is disabled":               {gateway.Fault{Code: "InvalidAccessKeyId.Inactive"}, aliyun.ClassAuth},
	"a key that is not sent":               {gateway.Fault{Code: "MissingAccessKeyId"}, aliyun.ClassAuth},
	"a wrong secret":                       {gateway.Fault{Code: "SignatureDoesNotMatch"}, aliyun.ClassAuth},
	"half a signature":                     {gateway.Fault{Code: "IncompleteSignature"}, aliyun.ClassAuth},
	"a nonce used twice":                   {gateway.Fault{Code: "SignatureNonceUsed"}, aliyun.ClassAuth},
	"a token that has expired":             {gateway.Fault{Code: "InvalidSecurityToken.Expired"}, aliyun.ClassAuth},
	"a denial by the gateway":              {gateway.Fault{Code: "NoPermission"}, aliyun.ClassPermission},
	"a denial by the product":              {gateway.Fault{Code: "iot.common.RamActionPermissionDeny"}, aliyun.ClassPermission},
	"a package that is gone":               {gateway.Fault{Code: "iot.firmware.FirmwareNotFound"}, aliyun.ClassNotFound},
	"a package id that is wrong":           {gateway.Fault{Code: "iot.firmware.InvalidFirmwareId"}, aliyun.ClassNotFound},
	"a batch that is gone, with HTTP 500":  {gateway.Fault{Code: "iot.firmware.InvalidOTAJobId", Status: http.StatusInternalServerError}, aliyun.ClassNotFound},
	"an instance that is not there":        {gateway.Fault{Code: "iot.system.InstanceNotFound"}, aliyun.ClassInvalid},
	"a product that is not there":          {gateway.Fault{Code: "iot.prod.NotExistedProduct"}, aliyun.ClassInvalid},
	"a product key that is mistyped":       {gateway.Fault{Code: "iot.firmware.InvalidProductKey"}, aliyun.ClassInvalid},
	"an instance without the operation":    {gateway.Fault{Code: "iot.common.APINotSupportedInInstance"}, aliyun.ClassInvalid},
	"an account without the product":       {gateway.Fault{Code: "iot.common.InvalidTenant"}, aliyun.ClassPermission},
	"an account that is not there":         {gateway.Fault{Code: "iot.system.UidNotFound", Status: http.StatusNotFound}, aliyun.ClassPermission},
	"a package id that did not arrive":     {gateway.Fault{Code: "iot.firmware.NullFirmwareId"}, aliyun.ClassInvalid},
	"a page that is too large":             {gateway.Fault{Code: "iot.common.InvalidPageParams"}, aliyun.ClassInvalid},
	"a parameter of the wrong form":        {gateway.Fault{Code: "iot.common.InvalidFormattedParameter"}, aliyun.ClassInvalid},
	"an illegal request, with HTTP 500":    {gateway.Fault{Code: "iot.system.IllegalRequest", Status: http.StatusInternalServerError}, aliyun.ClassInvalid},
	"a mistake that no page names":         {gateway.Fault{Code: "iot.firmware.InvalidNewThing"}, aliyun.ClassInvalid},
	"a query that failed":                  {gateway.Fault{Code: "iot.firmware.ListOTATaskByJobFailed"}, aliyun.ClassServer},
	"a parameter that is missing":          {gateway.Fault{Code: "MissingParameter"}, aliyun.ClassInvalid},
	"an operation that nobody knows":       {gateway.Fault{Code: "InvalidAction.NotFound"}, aliyun.ClassInvalid},
	"an unknown code with HTTP 400":        {gateway.Fault{Code: "iot.new.Thing", Status: http.StatusBadRequest}, aliyun.ClassInvalid},
	"a good answer with HTTP 403":          {gateway.Fault{Status: http.StatusForbidden}, aliyun.ClassInvalid},
	"a busy system":                        {gateway.Fault{Code: "iot.firmware.SystemBusy"}, aliyun.ClassServer},
	"a gateway without its backend":        {gateway.Fault{Code: "ServiceUnavailable"}, aliyun.ClassServer},
	"an error inside the gateway":          {gateway.Fault{Code: "InternalError"}, aliyun.ClassServer},
	"a good answer with HTTP 500":          {gateway.Fault{Status: http.StatusInternalServerError}, aliyun.ClassServer},
	"no answer but HTTP 503":               {gateway.Fault{Kind: gateway.Empty, Status: http.StatusServiceUnavailable}, aliyun.ClassServer},
	"garbage with HTTP 500":                {gateway.Fault{Kind: gateway.Garbage, Status: http.StatusInternalServerError}, aliyun.ClassServer},
	"no answer but HTTP 204":               {gateway.Fault{Kind: gateway.Empty, Status: http.StatusNoContent}, aliyun.ClassDecode},
	"no answer but HTTP 404":               {gateway.Fault{Kind: gateway.Empty, Status: http.StatusNotFound}, aliyun.ClassDecode},
	"a proxy's page with HTTP 200":         {gateway.Fault{Kind: gateway.HTML, Status: http.StatusOK}, aliyun.ClassDecode},
	"a proxy that wants a password":        {gateway.Fault{Kind: gateway.HTML, Status: http.StatusProxyAuthRequired}, aliyun.ClassDecode},
	"a little gzip that is a lot":          {gateway.Fault{Kind: gateway.Bomb, Size: 64 << 20}, aliyun.ClassDecode},
	"another protocol":                     {gateway.Fault{Kind: gateway.Switch}, aliyun.ClassDecode},
	"announcements without end":            {gateway.Fault{Kind: gateway.Hints}, aliyun.ClassTransport},
	"headers without end":                  {gateway.Fault{Kind: gateway.Headers}, aliyun.ClassTransport},
	"a body bit by bit":                    {gateway.Fault{Kind: gateway.Trickle}, aliyun.ClassTimeout},
	"a body without end":                   {gateway.Fault{Kind: gateway.Huge, Size: 1 << 60}, aliyun.ClassDecode},
	"a good answer with HTTP 201":          {gateway.Fault{Status: http.StatusCreated}, aliyun.ClassDecode},
	"a good answer with HTTP 206":          {gateway.Fault{Status: http.StatusPartialContent}, aliyun.ClassDecode},
	"half an answer with HTTP 500":         {gateway.Fault{Kind: gateway.Truncate, Status: http.StatusInternalServerError}, aliyun.ClassDecode},
	"a redirect that asks to send it anew": {gateway.Fault{Kind: gateway.Redirect, Location: "http://portal/", Status: http.StatusPermanentRedirect}, aliyun.ClassDecode},
}

// emptied has success and nothing else.
func emptied([]byte) []byte { return []byte(`{"RequestId":"R","Success":true,"Data":{}}`) }

func allFaults() map[string]fault {
	all := maps.Clone(typicalFaults)
	maps.Copy(all, otherFaults)
	return all
}

func TestEveryClassHasAFault(t *testing.T) {
	have := make(map[aliyun.Class]bool)
	for _, c := range typicalFaults {
		have[c.class] = true
	}
	for _, class := range aliyun.Classes {
		if !have[class] {
			t.Errorf("class %s: no case", class)
		}
	}
}

func TestEveryKindHasAFault(t *testing.T) {
	have := make(map[gateway.Kind]bool)
	for _, c := range allFaults() {
		have[c.Kind] = true
	}
	for _, kind := range kindsOfTheSimulator(t) {
		if !have[kind] {
			t.Errorf("kind %s: no case", kind)
		}
	}
}

// kindsOfTheSimulator are read from its source, so that a new one is noticed.
func kindsOfTheSimulator(t *testing.T) (kinds []gateway.Kind) {
	file, err := parser.ParseFile(token.NewFileSet(), repository.Path(t, "aliyun/simulator/gateway/spoil.go"), nil, parser.SkipObjectResolution)
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
				kinds = append(kinds, gateway.Kind(value))
			}
		}
		return true
	})
	if len(kinds) == 0 {
		t.Fatal("no kind is found")
	}
	return kinds
}
