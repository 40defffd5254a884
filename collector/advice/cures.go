package advice

import (
	"cmp"
	"path"
	"strings"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

// cures say how to mend what a code stands for, in lower case and with "*" as
// in path.Match. The first match counts.
var cures = []struct{ pattern, text string }{
	{"invalidaccesskeyid*", inactiveKey},
	{"*accesskeydisabled", inactiveKey},
	{"signaturedoesnotmatch", "the secret does not belong to the access key id; set credentials.access_key_secret or its file anew"},
	{"signaturenonceused", "one request arrived twice; check whether a proxy or gateway in front of {endpoint} sends requests again"},
	{"invalidtimestamp.format", otherSignature},
	{"illegaltimestamp", otherSignature},
	{"invalidtimestamp*", "the clock of this machine is off by more than 15 minutes; set it, by NTP for instance"},
	{"*securitytoken*", "the STS token is wrong or has expired; renew it, or use a source that does so by itself"},
	{"incompletesignature", otherSignature},
	{"invalidsignature*", otherSignature},
	{"missingsignature*", otherSignature},
	{"missingtimestamp", otherSignature},
	{"missingaccesskeyid", otherSignature},
	{"missingparameter*", otherSignature},
	{"missingaction", otherSignature},
	{"missingversion", otherSignature},
	{"invalidversion*", otherSignature},
	{"nosuchversion*", otherSignature},
	{"*invalidaction*", otherSignature},
	{"unknownaction*", otherSignature},
	{"nosuchaction*", otherSignature},
	{"action*notfound", otherSignature},
	{"invalidapi.notfound", otherSignature},
	{"invalidproduct.notfound", otherSignature},
	{"unsupportedoperation*", otherSignature},
	{"missingregionid", "the call has no RegionId; set region, which signature v1 sends"},
	{"invalidregion*", "{endpoint} does not know the region; correct region, which signature v1 sends, or endpoint"},
	{"invalidprotocol*", "{endpoint} takes calls by https only; set endpoint to https://"},
	{"unsupportedhttpmethod", "{endpoint} takes no POST requests, which the API does; check the host and the port of endpoint, and proxy"},
	{"*overdue", unpaid},
	{"insufficientbalance*", unpaid},
	{"*instancenotfound", "instance {instance} is not one of this account in this region; set instances[].id as the console shows it, and none for the public instance"},
	{"iot.prod.notexistedproduct", "{subject} is not in instance {instance}; correct it, or instances[].id, as the console shows them"},
	{"*invalidtenant", notActivated},
	{"*uidnotfound", notActivated},
	{"*apinotsupportedininstance", "instance {instance} does not offer {operation}; watch another instance, or turn off what needs this operation: discover, bulk_status or device_counts"},
	{"*productkey", "{subject} is unknown to the API in instance {instance}; set discover.products to the ProductKey that the console shows"},
	{"*nullfirmwareid", notReceived},
	{"*nullotajobid", notReceived},
	{"*invalidpageparams", "the API does not take pages of the documented size; {endpoint} has a limit of its own: ask who runs it"},
	{"*invalidformattedparameter", badForm},
	{"*illegalrequest", badForm},
}

const (
	noCredential = "no key could be had from the source that credentials names, or from the standard chain without it; see the cause, and for STS in a VPC without internet access set ALIBABA_CLOUD_STS_REGION and ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED"

	// otherSignature is for an endpoint that looks for action, version or
	// signature where the other signature has them.
	otherSignature = "{endpoint} does not understand calls signed with {signature}; set signature: {other signature} for the account, or correct endpoint"

	// serverOrProxy is for a failure without the API's own words.
	serverOrProxy = "{endpoint} fails, or a proxy in front of it does; try again, and ask who runs the proxy or the endpoint if it stays so"

	inactiveKey  = "the access key id does not exist, or is disabled; set credentials.access_key_id to a key that is active in RAM"
	unpaid       = "a bill of the account is overdue; pay it"
	notActivated = "the Alibaba Cloud account of this key does not exist, or IoT Platform is not activated for it; activate it, or set credentials to a key of the account that has the batches"
	notReceived  = "a parameter that the exporter sends in the query of the request did not arrive; check the gateway or proxy in front of {endpoint}"
	badForm      = "a parameter has a form that the API does not take; write {subject} and instances[].id as the console shows them"
)

// causeCures say how to mend the way to the endpoint, and what it lists.
var causeCures = map[aliyun.Cause]string{
	aliyun.CauseDNS:         "{endpoint} cannot be reached: its host name has no address; check region, endpoint and the DNS of this machine",
	aliyun.CauseUnreachable: "{endpoint} cannot be reached: nothing answers at its address; check endpoint, routes, proxy and firewall",
	aliyun.CauseRefused:     "{endpoint} cannot be reached: nothing listens on its port; check the host and the port of endpoint, and the firewall",
	aliyun.CauseClosed:      "{endpoint} closes the connection without an answer; check its port, whether it wants http or https, proxy and firewall",
	aliyun.CauseProxy:       "the proxy does not connect to {endpoint}; check HTTPS_PROXY and the proxy, or add the host to NO_PROXY",
	aliyun.CauseUntrusted:   "this machine does not trust who signed the certificate of {endpoint}; add that authority to the trusted certificates of the system, or name its file in SSL_CERT_FILE; a proxy that inspects TLS has an authority of its own",
	aliyun.CauseExpired:     "the certificate of {endpoint} has expired or is not valid yet; check the clock of this machine, then have the certificate renewed",
	aliyun.CauseWrongHost:   "the certificate of {endpoint} is for another host name; set endpoint to a name in the certificate, or have the certificate replaced",
	aliyun.CauseCertificate: "the certificate of {endpoint} cannot be used; have it replaced",
	aliyun.CauseNoTLS:       "{endpoint} does not speak TLS; set endpoint to http://, or to the port that speaks TLS",
	aliyun.CauseOnlyTLS:     "{endpoint} speaks TLS; set endpoint to https://",
	aliyun.CauseTLS:         "{endpoint} does not agree on TLS; the server must accept TLS 1.2 or later with HTTP/1.1 and without a client certificate",
	aliyun.CauseProtocol:    "{endpoint} does not answer in HTTP/1.1; check the host and the port of endpoint, and the proxy; the exporter does not speak HTTP/2",
	aliyun.CauseList:        "{endpoint} sends a list that is not as the API documents it; what is known stays; check endpoint, and if the account really has so much in this list, name what to watch in discover.firmwares or jobs",
	aliyun.CauseLimit:       "{endpoint} lists more batches than one account can watch; watch fewer products or packages, or set a shorter polling.max_age",
}

// classCures say how to mend what neither a code nor a cause says more about.
var classCures = map[aliyun.Class]string{
	aliyun.ClassThrottled:  "others use up the account's 10 requests/s of {operation} at this moment; try again, and lower requests_per_second if it stays so",
	aliyun.ClassAuth:       "there are no keys that the API takes; see credentials in the configuration",
	aliyun.ClassPermission: "the RAM action iot:{operation} is not allowed to this key; grant it on resource *",
	aliyun.ClassNotFound:   "{subject} does not exist in instance {instance}; correct the id, or take it out if the package was deleted",
	aliyun.ClassInvalid:    "the API does not take the request; check {subject} and instance {instance}, and look the code up in Alibaba Cloud's documentation",
	aliyun.ClassServer:     "the API itself fails, or uses a code that is not documented; try again, and ask Alibaba Cloud's support with the request id if it stays so",
	aliyun.ClassTimeout:    "{endpoint} does not answer in time; check region, endpoint, proxy and firewall",
	aliyun.ClassTransport:  "{endpoint} cannot be reached; check region, endpoint, DNS, proxy and firewall",
	aliyun.ClassDecode:     "{endpoint} answers, but not as the API does; check endpoint, whether it wants http or https, and proxy",
}

// Cure says how to mend a failed call to an instance. subject is what was asked
// for.
func Cure(e *aliyun.Error, in aliyun.Instance, subject string) string {
	text := cmp.Or(causeCures[e.Cause], classCures[e.Class])
	switch {
	case e.Class == aliyun.ClassAuth && e.HTTPStatus == 0: // the API was not asked
		text = noCredential
	case e.Class == aliyun.ClassServer && e.Err != nil:
		text = serverOrProxy
	case refusesSignature(e):
		text = otherSignature
	default:
		for _, c := range cures {
			if ok, _ := path.Match(c.pattern, strings.ToLower(e.Code)); ok {
				text = c.text
				break
			}
		}
	}
	return strings.NewReplacer("{operation}", e.Operation, "{instance}", aliyun.NameOf(in), "{subject}", subject, "{endpoint}", in.URL,
		"{signature}", string(cmp.Or(in.Signature, aliyun.SignatureV3)), "{other signature}", string(in.Signature.Other())).Replace(text)
}

// refusesSignature says whether the parameter that is refused is one that each signature
// sends in a place of its own. Older gateways have one code for all parameters; one of
// Alibaba's pages spells it InvalidParamater.
func refusesSignature(e *aliyun.Error) bool {
	if !strings.HasPrefix(strings.ToLower(e.Code), "invalidparam") {
		return false
	}
	message := strings.ToLower(e.Message)
	return strings.Contains(message, "action or version") || strings.Contains(message, "signaturemethod") || strings.Contains(message, "signatureversion")
}
