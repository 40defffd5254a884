package advice

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
)

// english returns the cure as English text.
func english(e *aliyun.Error, in aliyun.Instance, subject string) string {
	return Cure(e, in, phrase.Verbatim(subject)).In(phrase.English)
}

// Each cause has a cure of its own, which names the endpoint.
func TestEveryCauseHasACure(t *testing.T) {
	in := aliyun.Instance{URL: "https://iot.example.com"}
	seen := make(map[string]aliyun.Cause)
	for _, cause := range aliyun.Causes {
		text := english(&aliyun.Error{Class: aliyun.ClassTransport, Cause: cause}, in, "job j")
		if !strings.Contains(text, in.URL) || strings.ContainsAny(text, "{}`") {
			t.Errorf("%s: %q", cause, text)
		}
		if other, known := seen[text]; known {
			t.Errorf("%s and %s have one cure", cause, other)
		}
		seen[text] = cause
	}
	for _, class := range aliyun.Classes {
		text := english(&aliyun.Error{Class: class, Cause: "of a newer state file"}, in, "job j")
		if text == "" || seen[text] != "" {
			t.Errorf("%s without a known cause: %q", class, text)
		}
	}
}

// Without an access key the API is not asked, so it refused none. The cure names the
// settings that choose the endpoint of STS.
func TestCureWithoutACredential(t *testing.T) {
	keys := credentials.New(credentials.Config{AccessKeyID: "id", AccessKeySecretFile: filepath.Join(t.TempDir(), "none")}, nil)
	_, _, err := aliyun.NewClient(keys, aliyun.Options{}).QueryOTAJob(t.Context(), aliyun.Instance{URL: "http://127.0.0.1:1"}, "job")
	failure, ok := errors.AsType[*aliyun.Error](err)
	if !ok {
		t.Fatal(err)
	}
	if got := english(failure, aliyun.Instance{}, "job"); !strings.Contains(got, "has no access key") || !strings.Contains(got, "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED") {
		t.Errorf("%v: %s", err, got)
	}
	refused := &aliyun.Error{Class: aliyun.ClassAuth, HTTPStatus: 403}
	if got := english(refused, aliyun.Instance{}, "job"); strings.Contains(got, "has no access key") {
		t.Errorf("of a refused key: %s", got)
	}
}

// The codes of Alibaba's gateway have cures of their own, in upper and lower case, and not
// that of an unknown code.
func TestCuresOfGatewayCodes(t *testing.T) {
	const inactive, signature, unpaid = "active in RAM", "Set signature to v1", "Pay the bill."
	for _, c := range []struct{ code, message, want string }{
		{"InvalidAccessKeyId.NotFound", "", inactive},
		{"InvalidAccessKeyId.Inactive", "", inactive},
		{"Forbidden.AccessKeyDisabled", "", inactive},
		{"SignatureDoesNotMatch", "", "secret does not belong"},
		{"SignatureNonceUsed", "", "the same request twice"},
		{"InvalidTimeStamp.Expired", "", "Correct the clock"},
		{"InvalidTimeStamp.Format", "", signature},
		{"IllegalTimestamp", `The input parameter "Timestamp" that is mandatory is not supplied.`, signature},
		{"InvalidSecurityToken.MismatchWithAccessKey", "", "STS token"},
		{"IncompleteSignature", "", signature},
		{"InvalidSignatureMethod", "", signature},
		{"InvalidVersion", "", signature},
		{"InvalidAction.NotFound", "", signature},
		{"InvalidApi.NotFound", "", signature},
		{"InvalidProduct.NotFound", "", signature},
		{"UnknownAction", "", signature},
		{"NoSuchAction", "", signature},
		{"Action.NotFound", "", signature},
		{"iot.common.InvalidAction", "", signature},
		{"InvalidParameter", `The specified parameter "Action or Version" is not valid.`, signature},
		{"InvalidParamater", `The specified parameter "SignatureMethod" is not valid.`, signature},
		{"InvalidParameter", `The specified parameter "PageSize" is not valid.`, "The API does not accept the request"},
		{"InvalidRegion.NotFound", "", "does not know the region"},
		{"InvalidProtocol.NeedSsl", "", "begins with https://"},
		{"UnsupportedHTTPMethod", "", "does not accept POST"},
		{"InsufficientBalance", "", unpaid},
		{"Account.OverDue", "", unpaid},
	} {
		for _, code := range []string{c.code, strings.ToUpper(c.code), strings.ToLower(c.code)} {
			got := english(&aliyun.Error{Class: aliyun.ClassInvalid, Code: code, Message: c.message}, aliyun.Instance{URL: "https://iot.example.com"}, "job j")
			if !strings.Contains(got, c.want) || strings.ContainsAny(got, "{}`") {
				t.Errorf("%s, %q: %q, want one with %q", code, c.message, got, c.want)
			}
		}
	}
}

// Alibaba's support is named only for an answer of the API: it knows no other requests.
func TestCuresWithoutAWordOfTheAPI(t *testing.T) {
	in := aliyun.Instance{URL: "https://iot.example.com"}
	if got := english(&aliyun.Error{Class: aliyun.ClassServer, HTTPStatus: 502, Err: errors.New("the answer is an HTML page")}, in, "job j"); !strings.Contains(got, "ask the operator of the proxy") {
		t.Error(got)
	}
	if got := english(&aliyun.Error{Class: aliyun.ClassServer, Code: "InternalError"}, in, "job j"); !strings.Contains(got, "support") {
		t.Error(got)
	}
}
