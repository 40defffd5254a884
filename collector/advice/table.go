package advice

import "github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"

// row says which errors an advice is for: those with one of these codes, else those with
// this cause, else those of this class. A row without any of them is chosen by adviceFor.
type row struct {
	codes []string // in lower case, "*" as in path.Match
	cause aliyun.Cause
	class aliyun.Class
	advice
}

// table has the likeliest failures of each class first, but for a code that a later
// pattern matches too: the first match counts.
var table = []row{
	{class: aliyun.ClassThrottled, advice: advice{
		Meaning: "The main account and its RAM users send more than 10 requests a second of {operation}.",
		Action:  "If this comes and goes, do nothing: people and scripts use the account too, and the exporter slows down by itself. If it persists, lower `requests_per_second`, and check that no second exporter runs for the account.",
		Section: "Rate budget"}},

	{codes: []string{"signaturedoesnotmatch"}, advice: advice{
		Meaning: "The access key secret does not belong to the access key ID.",
		Action:  "Correct `credentials.access_key_secret`, its file, or `ALIBABA_CLOUD_ACCESS_KEY_SECRET` in the environment. The exporter reads a changed file again by itself."}},
	{codes: []string{"invalidaccesskeyid*", "*accesskeydisabled"}, advice: advice{
		Meaning: "The access key ID does not exist, or it is disabled.",
		Action:  "Set `credentials.access_key_id`, or `ALIBABA_CLOUD_ACCESS_KEY_ID` in the environment, and its secret to a key that is active in RAM. An ID that begins with `STS.` also needs its security token."}},
	{codes: []string{
		"invalidtimestamp.format", "illegaltimestamp", "missingtimestamp",
		"incompletesignature", "invalidsignature*", "missingsignature*", "missingaccesskeyid",
		"missingparameter*", "missingaction", "missingversion", "invalidversion*", "nosuchversion*",
		"*invalidaction*", "unknownaction*", "nosuchaction*", "action*notfound",
		"invalidapi.notfound", "invalidproduct.notfound", "unsupportedoperation*",
	}, advice: otherSignature},
	{codes: []string{"invalidtimestamp*"}, advice: advice{
		Meaning: "The clock of this machine is more than 15 minutes off.",
		Action:  "Correct the clock, for example with NTP."}},
	{codes: []string{"*securitytoken*"}, advice: advice{
		Meaning: "The STS token has expired, or it does not belong to the key pair.",
		Action:  "Check that the token in `credentials.security_token_file` is renewed in time. Or use a RAM role: the exporter renews the tokens of a role by itself."}},
	{codes: []string{"signaturenonceused"}, advice: advice{
		Meaning: "The API received the same request twice.",
		Action:  "Check whether a proxy or gateway in front of {endpoint} repeats requests."}},
	{advice: noKey},
	{class: aliyun.ClassAuth, advice: advice{
		Meaning: "The API does not accept the access key.",
		Action:  "Check the `credentials` of the account.",
		Section: "Credentials"}},

	{class: aliyun.ClassPermission, advice: advice{
		Meaning: "The RAM user or role is not allowed to call {operation}.",
		Action:  "Grant the RAM action {action} on resource `*`.",
		Section: "Permissions"}},
	{codes: []string{"*overdue", "insufficientbalance*"}, advice: advice{
		Meaning: "A bill of the account is overdue.",
		Action:  "Pay the bill."}},
	{codes: []string{"*invalidtenant", "*uidnotfound"}, advice: advice{
		Meaning: "The Alibaba Cloud account of the access key does not exist, or IoT Platform is not activated for it.",
		Action:  "Activate IoT Platform, or use an access key of the account that has the batches."}},

	{class: aliyun.ClassNotFound, advice: advice{
		Meaning: "The API does not find {subject} in {instance}.",
		Action:  "Correct the ID, or move it to the instance that it belongs to. If it was deleted, remove it: deleting a package also deletes its batches."}},

	{codes: []string{"*instancenotfound"}, advice: advice{
		Meaning: "The account does not have {instance} in this region.",
		Action:  "Set `instances[].id` as the console shows it, or omit it for the public instance. Check `region`."}},
	{codes: []string{"iot.prod.notexistedproduct"}, advice: advice{
		Meaning: "The API does not find {subject}, or its product, in {instance}.",
		Action:  "Compare the ID, `instances[].id` and `region` with the console."}},
	{codes: []string{"*productkey"}, advice: advice{
		Meaning: "There is no product with this ProductKey in {instance}.",
		Action:  "Set `discover.products` to the ProductKey that the console shows."}},
	{codes: []string{"*apinotsupportedininstance"}, advice: advice{
		Meaning: "{instance} does not offer {operation}.",
		Action:  "Watch another instance, or turn off the setting that needs the operation: `discover`, `bulk_status` or `device_counts`."}},
	{codes: []string{"*nullfirmwareid", "*nullotajobid"}, advice: advice{
		Meaning: "A parameter of the request did not reach the API.",
		Action:  "Check the gateway or proxy in front of {endpoint}. It must pass on the query of a POST request."}},
	{codes: []string{"*invalidformattedparameter", "*illegalrequest"}, advice: advice{
		Meaning: "The API does not accept the format of a parameter.",
		Action:  "Compare {subject} and `instances[].id` with the console."}},
	{codes: []string{"*invalidpageparams"}, advice: advice{
		Meaning: "The API does not accept pages of the documented size.",
		Action:  "Ask the operator of {endpoint} about its limit."}},
	{codes: []string{"missingregionid"}, advice: advice{
		Meaning: "The request has no RegionId.",
		Action:  "Set `region`. With signature `v1` the exporter sends it as RegionId."}},
	{codes: []string{"invalidregion*"}, advice: advice{
		Meaning: "{endpoint} does not know the region.",
		Action:  "Correct `region`, which signature `v1` sends as RegionId, or `endpoint`."}},
	{codes: []string{"invalidprotocol*"}, advice: advice{
		Meaning: "{endpoint} accepts only HTTPS.",
		Action:  "Set `endpoint` to an address that begins with `https://`."}},
	{codes: []string{"unsupportedhttpmethod"}, advice: advice{
		Meaning: "{endpoint} does not accept POST requests, which the API uses.",
		Action:  "Check the host and the port of `endpoint`, and the proxy."}},
	{class: aliyun.ClassInvalid, advice: advice{
		Meaning: "The API does not accept the request.",
		Action:  "Check {subject} and {instance}, and look the code up in Alibaba Cloud's documentation."}},

	{class: aliyun.ClassServer, advice: advice{
		Meaning: "The API itself fails, or it uses a code that is not documented.",
		Action:  "Wait a few minutes. If the failure persists, send the request ID to Alibaba Cloud's support."}},
	{advice: serverOrProxy},

	{class: aliyun.ClassTimeout, advice: advice{
		Meaning: "{endpoint} did not answer completely within `polling.timeout`.",
		Action:  "Check `region`, `endpoint`, the network, the proxy and the firewall."}},

	{cause: aliyun.CauseDNS, advice: advice{
		Meaning: "The host name of {endpoint} has no address.",
		Action:  "Check `region`, `endpoint` and the DNS of this machine."}},
	{cause: aliyun.CauseUnreachable, advice: advice{
		Meaning: "{endpoint} cannot be reached: its address does not answer, or there is no route to it.",
		Action:  "Check `endpoint`, the routes, the proxy and the firewall."}},
	{cause: aliyun.CauseRefused, advice: advice{
		Meaning: "{endpoint} refuses the connection: nothing listens on its port.",
		Action:  "Check the host and the port of `endpoint`, and the firewall."}},
	{cause: aliyun.CauseClosed, advice: advice{
		Meaning: "{endpoint} closes the connection without an answer.",
		Action:  "Check the port of `endpoint` and whether it needs http or https, the proxy and the firewall."}},
	{cause: aliyun.CauseProxy, advice: advice{
		Meaning: "The proxy does not connect to {endpoint}.",
		Action:  "Check `HTTPS_PROXY` and the proxy, or add the host to `NO_PROXY`.",
		Section: "Proxies"}},
	{cause: aliyun.CauseUntrusted, advice: advice{
		Meaning: "This machine does not trust the authority that signed the certificate of {endpoint}.",
		Action:  "Add the authority to the trusted certificates of the system, or set `SSL_CERT_FILE` to its file. A proxy that inspects TLS has an authority of its own."}},
	{cause: aliyun.CauseExpired, advice: advice{
		Meaning: "The certificate of {endpoint} has expired, or it is not valid yet.",
		Action:  "Check the clock of this machine, then have the certificate renewed."}},
	{cause: aliyun.CauseWrongHost, advice: advice{
		Meaning: "The certificate of {endpoint} is for another host name.",
		Action:  "Set `endpoint` to a name in the certificate, or have the certificate replaced."}},
	{cause: aliyun.CauseCertificate, advice: advice{
		Meaning: "The certificate of {endpoint} cannot be used; the error says why.",
		Action:  "Have the certificate replaced."}},
	{cause: aliyun.CauseNoTLS, advice: advice{
		Meaning: "{endpoint} does not use TLS, although its address begins with `https://`.",
		Action:  "Set `endpoint` to the port that uses TLS, or to an address that begins with `http://`."}},
	{cause: aliyun.CauseOnlyTLS, advice: advice{
		Meaning: "{endpoint} uses TLS, although its address begins with `http://`.",
		Action:  "Set `endpoint` to an address that begins with `https://`."}},
	{cause: aliyun.CauseTLS, advice: advice{
		Meaning: "{endpoint} and the exporter cannot agree on TLS.",
		Action:  "Make the server accept TLS 1.2 or later, with HTTP/1.1 and without a client certificate."}},
	{cause: aliyun.CauseProtocol, advice: advice{
		Meaning: "{endpoint} does not answer in HTTP/1.1, the only protocol of the exporter.",
		Action:  "Check the host and the port of `endpoint`, and the proxy."}},
	{class: aliyun.ClassTransport, advice: advice{
		Meaning: "{endpoint} cannot be reached.",
		Action:  "Check `region`, `endpoint`, DNS, the proxy and the firewall."}},

	{class: aliyun.ClassDecode, advice: advice{
		Meaning: "{endpoint} answers, but not as the API does: with a web page, a redirect, an incomplete answer, or one about something else.",
		Action:  "Check `endpoint`, whether it needs http or https, and whether a proxy with a login page is in between."}},
	{cause: aliyun.CauseList, advice: advice{
		Meaning: "{endpoint} sends a list that is longer than the API documents, or has no end. What is known of its entries stays.",
		Action:  "Check `endpoint`. If the account really has that much, name what to watch in `discover.firmwares` or `jobs`."}},
	{cause: aliyun.CauseLimit, advice: advice{
		Meaning: "{endpoint} lists more batches than the exporter watches in one account.",
		Action:  "Watch fewer products or packages, or set a shorter `polling.max_age`."}},
}

var (
	// noKey is for calls that were not sent.
	noKey = advice{
		Meaning: "The exporter has no access key; the error says why.",
		Action:  "Correct the file, the variable or the service that the error names. If nothing is set up, set `credentials` for the account, or `ALIBABA_CLOUD_ACCESS_KEY_ID` and `ALIBABA_CLOUD_ACCESS_KEY_SECRET` in the environment, or give the host or the pod a RAM role. For STS in a VPC without internet access, set `ALIBABA_CLOUD_STS_REGION` and `ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED`.",
		Section: "Credentials",
	}
	// otherSignature is for an endpoint that looks for the action, the version or the
	// signature where the other signature has them.
	otherSignature = advice{
		Meaning: "{endpoint} does not understand calls with {signature}.",
		Action:  "Set `signature` to {other signature} for the account, or correct `endpoint`.",
		Section: "Gateways and signatures",
	}
	// serverOrProxy is for a failure without a code of the API.
	serverOrProxy = advice{
		Meaning: "{endpoint}, or a proxy in front of it, fails without a code of the API.",
		Action:  "Wait a few minutes. If the failure persists, ask the operator of the proxy or the endpoint.",
	}
)
