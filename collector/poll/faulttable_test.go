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
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
)

// fault is something that goes wrong with a call, and the class that it must show
// as. The code that must show is its own.
type fault struct {
	simulator.Fault
	class aliyun.Class
}

// typicalFaults are the commonest of each class.
var typicalFaults = map[string]fault{
	"over the budget":                  {simulator.Fault{Code: "Throttling.User"}, aliyun.ClassThrottled},
	"over the budget, without a code":  {simulator.Fault{Kind: simulator.Empty, Status: http.StatusTooManyRequests}, aliyun.ClassThrottled},
	"a key that is not there":          {simulator.Fault{Code: "InvalidAccessKeyId.NotFound"}, aliyun.ClassAuth},
	"a clock that is wrong":            {simulator.Fault{Code: "InvalidTimeStamp.Expired"}, aliyun.ClassAuth},
	"a RAM action that is missing":     {simulator.Fault{Code: "Forbidden.RAM"}, aliyun.ClassPermission},
	"a bill that is overdue":           {simulator.Fault{Code: "Iot.system.BillIsOverDue"}, aliyun.ClassPermission},
	"a batch that is gone":             {simulator.Fault{Code: "iot.firmware.InvalidOTAJobId"}, aliyun.ClassNotFound},
	"the wrong instance":               {simulator.Fault{Code: "iot.Sre.IotInstanceNotFound"}, aliyun.ClassInvalid},
	"a trouble of Alibaba's":           {simulator.Fault{Code: "iot.system.SystemException"}, aliyun.ClassServer},
	"a code that nobody knows":         {simulator.Fault{Code: "iot.new.Thing"}, aliyun.ClassServer},
	"a proxy that has lost the server": {simulator.Fault{Kind: simulator.HTML}, aliyun.ClassServer},
	"no answer":                        {simulator.Fault{Kind: simulator.Hang}, aliyun.ClassTimeout},
	"an answer that comes too late":    {simulator.Fault{Latency: 11 * time.Second}, aliyun.ClassTimeout},
	"a connection that is reset":       {simulator.Fault{Kind: simulator.Reset}, aliyun.ClassTransport},
	"an answer that is cut off":        {simulator.Fault{Kind: simulator.Truncate}, aliyun.ClassDecode},
	"an answer that is garbage":        {simulator.Fault{Kind: simulator.Garbage}, aliyun.ClassDecode},
	"an answer that is empty":          {simulator.Fault{Kind: simulator.Empty}, aliyun.ClassDecode},
	"an answer about nothing":          {simulator.Fault{Edit: emptied}, aliyun.ClassDecode},
	"an answer that is too large":      {simulator.Fault{Kind: simulator.Huge, Size: 2 << 20}, aliyun.ClassDecode},
	"a portal that redirects":          {simulator.Fault{Kind: simulator.Redirect, Location: "http://portal/"}, aliyun.ClassDecode},
}

// otherFaults are what else the simulator can do: the other codes of each class, and
// the kinds and statuses that change the class.
var otherFaults = map[string]fault{
	"over the budget, as older pages say":  {simulator.Fault{Code: "Throttling"}, aliyun.ClassThrottled},
	"over the budget, as newer pages say":  {simulator.Fault{Code: "Throttling.Api", Status: http.StatusTooManyRequests}, aliyun.ClassThrottled},
	"a good answer with HTTP 429":          {simulator.Fault{Status: http.StatusTooManyRequests}, aliyun.ClassThrottled},
	"a key that is disabled":               {simulator.Fault{Code: "InvalidAccessKeyId.Inactive"}, aliyun.ClassAuth},
	"a key that is not sent":               {simulator.Fault{Code: "MissingAccessKeyId"}, aliyun.ClassAuth},
	"a wrong secret":                       {simulator.Fault{Code: "SignatureDoesNotMatch"}, aliyun.ClassAuth},
	"half a signature":                     {simulator.Fault{Code: "IncompleteSignature"}, aliyun.ClassAuth},
	"a nonce used twice":                   {simulator.Fault{Code: "SignatureNonceUsed"}, aliyun.ClassAuth},
	"a token that has expired":             {simulator.Fault{Code: "InvalidSecurityToken.Expired"}, aliyun.ClassAuth},
	"a denial by the gateway":              {simulator.Fault{Code: "NoPermission"}, aliyun.ClassPermission},
	"a denial by the product":              {simulator.Fault{Code: "iot.common.RamActionPermissionDeny"}, aliyun.ClassPermission},
	"a package that is gone":               {simulator.Fault{Code: "iot.firmware.FirmwareNotFound"}, aliyun.ClassNotFound},
	"a package id that is wrong":           {simulator.Fault{Code: "iot.firmware.InvalidFirmwareId"}, aliyun.ClassNotFound},
	"a batch that is gone, with HTTP 500":  {simulator.Fault{Code: "iot.firmware.InvalidOTAJobId", Status: http.StatusInternalServerError}, aliyun.ClassNotFound},
	"an instance that is not there":        {simulator.Fault{Code: "iot.system.InstanceNotFound"}, aliyun.ClassInvalid},
	"a product that is not there":          {simulator.Fault{Code: "iot.prod.NotExistedProduct"}, aliyun.ClassInvalid},
	"a product key that is mistyped":       {simulator.Fault{Code: "iot.firmware.InvalidProductKey"}, aliyun.ClassInvalid},
	"an instance without the operation":    {simulator.Fault{Code: "iot.common.APINotSupportedInInstance"}, aliyun.ClassInvalid},
	"an account without the product":       {simulator.Fault{Code: "iot.common.InvalidTenant"}, aliyun.ClassPermission},
	"an account that is not there":         {simulator.Fault{Code: "iot.system.UidNotFound", Status: http.StatusNotFound}, aliyun.ClassPermission},
	"a package id that did not arrive":     {simulator.Fault{Code: "iot.firmware.NullFirmwareId"}, aliyun.ClassInvalid},
	"a page that is too large":             {simulator.Fault{Code: "iot.common.InvalidPageParams"}, aliyun.ClassInvalid},
	"a parameter of the wrong form":        {simulator.Fault{Code: "iot.common.InvalidFormattedParameter"}, aliyun.ClassInvalid},
	"an illegal request, with HTTP 500":    {simulator.Fault{Code: "iot.system.IllegalRequest", Status: http.StatusInternalServerError}, aliyun.ClassInvalid},
	"a mistake that no page names":         {simulator.Fault{Code: "iot.firmware.InvalidNewThing"}, aliyun.ClassInvalid},
	"a query that failed":                  {simulator.Fault{Code: "iot.firmware.ListOTATaskByJobFailed"}, aliyun.ClassServer},
	"a parameter that is missing":          {simulator.Fault{Code: "MissingParameter"}, aliyun.ClassInvalid},
	"an operation that nobody knows":       {simulator.Fault{Code: "InvalidAction.NotFound"}, aliyun.ClassInvalid},
	"an unknown code with HTTP 400":        {simulator.Fault{Code: "iot.new.Thing", Status: http.StatusBadRequest}, aliyun.ClassInvalid},
	"a good answer with HTTP 403":          {simulator.Fault{Status: http.StatusForbidden}, aliyun.ClassInvalid},
	"a busy system":                        {simulator.Fault{Code: "iot.firmware.SystemBusy"}, aliyun.ClassServer},
	"a gateway without its backend":        {simulator.Fault{Code: "ServiceUnavailable"}, aliyun.ClassServer},
	"an error inside the gateway":          {simulator.Fault{Code: "InternalError"}, aliyun.ClassServer},
	"a good answer with HTTP 500":          {simulator.Fault{Status: http.StatusInternalServerError}, aliyun.ClassServer},
	"no answer but HTTP 503":               {simulator.Fault{Kind: simulator.Empty, Status: http.StatusServiceUnavailable}, aliyun.ClassServer},
	"garbage with HTTP 500":                {simulator.Fault{Kind: simulator.Garbage, Status: http.StatusInternalServerError}, aliyun.ClassServer},
	"no answer but HTTP 204":               {simulator.Fault{Kind: simulator.Empty, Status: http.StatusNoContent}, aliyun.ClassDecode},
	"no answer but HTTP 404":               {simulator.Fault{Kind: simulator.Empty, Status: http.StatusNotFound}, aliyun.ClassDecode},
	"a proxy's page with HTTP 200":         {simulator.Fault{Kind: simulator.HTML, Status: http.StatusOK}, aliyun.ClassDecode},
	"a proxy that wants a password":        {simulator.Fault{Kind: simulator.HTML, Status: http.StatusProxyAuthRequired}, aliyun.ClassDecode},
	"a little gzip that is a lot":          {simulator.Fault{Kind: simulator.Bomb, Size: 64 << 20}, aliyun.ClassDecode},
	"another protocol":                     {simulator.Fault{Kind: simulator.Switch}, aliyun.ClassDecode},
	"announcements without end":            {simulator.Fault{Kind: simulator.Hints}, aliyun.ClassTransport},
	"headers without end":                  {simulator.Fault{Kind: simulator.Headers}, aliyun.ClassTransport},
	"a body bit by bit":                    {simulator.Fault{Kind: simulator.Trickle}, aliyun.ClassTimeout},
	"a body without end":                   {simulator.Fault{Kind: simulator.Huge, Size: 1 << 60}, aliyun.ClassDecode},
	"a good answer with HTTP 201":          {simulator.Fault{Status: http.StatusCreated}, aliyun.ClassDecode},
	"a good answer with HTTP 206":          {simulator.Fault{Status: http.StatusPartialContent}, aliyun.ClassDecode},
	"half an answer with HTTP 500":         {simulator.Fault{Kind: simulator.Truncate, Status: http.StatusInternalServerError}, aliyun.ClassDecode},
	"a redirect that asks to send it anew": {simulator.Fault{Kind: simulator.Redirect, Location: "http://portal/", Status: http.StatusPermanentRedirect}, aliyun.ClassDecode},
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
	have := make(map[simulator.Kind]bool)
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
func kindsOfTheSimulator(t *testing.T) (kinds []simulator.Kind) {
	file, err := parser.ParseFile(token.NewFileSet(), "../../aliyun/simulator/spoil.go", nil, parser.SkipObjectResolution)
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
