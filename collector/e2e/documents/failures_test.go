package documents_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/advice"
)

// gatewayCodes are the codes of Alibaba Cloud's API gateway, which all products share.
// The table has them beside those of the product.
var gatewayCodes = []string{
	"Throttling.User", "Throttling.Api", "Throttling",
	"SignatureDoesNotMatch", "SignatureNonceUsed", "IncompleteSignature", "InvalidTimeStamp.Expired",
	"InvalidAccessKeyId.NotFound", "InvalidAccessKeyId.Inactive", "Forbidden.AccessKeyDisabled",
	"InvalidSecurityToken.Expired", "InvalidSecurityToken.MismatchWithAccessKey",
	"NoPermission", "Forbidden.RAM",
	"InvalidVersion", "InvalidAction.NotFound", "InvalidApi.NotFound", "MissingRegionId", "InvalidRegion.NotFound",
	"InvalidProtocol.NeedSsl", "UnsupportedHTTPMethod", "ServiceUnavailable", "InternalError",
}

// connectionErrors are what the dialer or the TLS handshake reports for each cause. Package
// aliyun is tested against real servers that cause them.
var connectionErrors = map[aliyun.Cause]error{
	aliyun.CauseDNS:         &net.DNSError{Err: "no such host", IsNotFound: true},
	aliyun.CauseUnreachable: &net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH},
	aliyun.CauseRefused:     &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED},
	aliyun.CauseClosed:      io.ErrUnexpectedEOF,
	aliyun.CauseProxy:       &net.OpError{Op: "proxyconnect", Err: syscall.ECONNREFUSED},
	aliyun.CauseUntrusted:   x509.UnknownAuthorityError{},
	aliyun.CauseExpired:     x509.CertificateInvalidError{Reason: x509.Expired},
	aliyun.CauseWrongHost:   x509.HostnameError{Certificate: &x509.Certificate{}, Host: "endpoint"},
	aliyun.CauseCertificate: &tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.IncompatibleUsage}},
	aliyun.CauseNoTLS:       tls.RecordHeaderError{},
	aliyun.CauseOnlyTLS:     errors.New(`malformed HTTP response "\x15\x03`),
	aliyun.CauseTLS:         &net.OpError{Op: "remote error", Err: errors.New("tls: handshake failure")},
	aliyun.CauseProtocol:    errors.New("malformed HTTP version"),
}

// brokenAccess is a way to the API that a failure breaks.
type brokenAccess struct {
	sim       *simulator.Simulator
	url       string
	keys      credentials.Config
	timeout   time.Duration     // of a call; 0: the default
	transport http.RoundTripper // nil: the client's own
}

// failures returns one error of each kind, as the client reports them.
func failures(t *testing.T) (all []*aliyun.Error) {
	t.Helper()
	meet := func(breaks func(api *brokenAccess)) *aliyun.Error {
		api := &brokenAccess{sim: simulator.New(), keys: credentials.Config{AccessKeyID: "id", AccessKeySecret: "secret"}}
		api.sim.AddAccount(gateway.Account{Name: "main", Keys: []gateway.Key{{ID: "id", Secret: "secret"}}})
		server := httptest.NewServer(api.sim)
		defer server.Close()
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		api.url = server.URL
		breaks(api)
		client := aliyun.NewClient(credentials.New(api.keys, nil), aliyun.Options{Timeout: api.timeout, Transport: api.transport})
		defer client.Close()
		_, _, err := client.QueryOTAJob(t.Context(), aliyun.Instance{URL: api.url}, "job")
		failed, ok := errors.AsType[*aliyun.Error](err)
		if !ok {
			t.Fatalf("error %v", err)
		}
		all = append(all, failed)
		return failed
	}
	for _, code := range append(gatewayCodes, gateway.BusinessCodes()...) {
		if met := meet(func(api *brokenAccess) { api.sim.Inject(gateway.Fault{Code: code}) }); met.Code != code {
			t.Errorf("the client reports code %q, want %q", met.Code, code)
		}
	}
	for _, cause := range aliyun.Causes {
		err := connectionErrors[cause]
		if err == nil { // met by the reader of a list, not by a call
			all = append(all, &aliyun.Error{Class: aliyun.ClassDecode, Cause: cause})
			continue
		}
		if met := meet(func(api *brokenAccess) { api.transport = failing{err} }); met.Cause != cause {
			t.Errorf("the client reports cause %q for %v, want %q", met.Cause, err, cause)
		}
	}
	for _, breaks := range []func(api *brokenAccess){
		func(api *brokenAccess) {
			api.keys = credentials.Config{AccessKeyID: "id", AccessKeySecretFile: "missing"}
		},
		func(api *brokenAccess) { api.sim.Inject(gateway.Fault{Kind: gateway.HTML, Status: 502}) },
		func(api *brokenAccess) { api.sim.Inject(gateway.Fault{Kind: gateway.HTML, Status: 200}) },
		func(api *brokenAccess) {
			api.sim.Inject(gateway.Fault{Kind: gateway.Hang})
			api.timeout = 50 * time.Millisecond
		},
		func(api *brokenAccess) { api.transport = failing{errors.New("of a kind that nobody has seen")} },
	} {
		meet(breaks)
	}
	unknown := meet(func(api *brokenAccess) { api.sim.Inject(gateway.Fault{Code: "UnknownAccessKeyFault"}) })
	unknown.Code = "" // the table names only codes that exist
	return all
}

// failing is a transport on which every request fails.
type failing struct{ err error }

func (f failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, f.err }

// failureTable is the table of the advice. Every advice has a row: none is there for a failure
// that cannot happen.
func failureTable(t *testing.T) string {
	t.Helper()
	table, unused := advice.Document(failures(t))
	for _, meaning := range unused {
		t.Errorf("no failure has the advice %q", meaning)
	}
	return table
}
