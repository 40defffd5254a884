package aliyun

import (
	"path"
	"strings"
)

// Class groups failed calls by what an operator can do about them. The values are also
// the values of the labels class and result.
type Class string

const (
	ClassThrottled  Class = "throttled"  // over the rate budget of the main account
	ClassAuth       Class = "auth"       // key, token, signature or clock is wrong
	ClassPermission Class = "permission" // a RAM action, the activation of the product or a payment is missing
	ClassNotFound   Class = "not_found"  // the batch or the package does not exist, or no longer exists
	ClassInvalid    Class = "invalid"    // the request or the configuration is wrong
	ClassServer     Class = "server"     // a failure on Alibaba's side
	ClassTimeout    Class = "timeout"    // no complete answer in time
	ClassTransport  Class = "transport"  // DNS, connection, TLS or proxy
	ClassDecode     Class = "decode"     // the answer does not come from the API, or cannot be read
)

// Classes lists every class, in the order of the documentation.
var Classes = []Class{
	ClassThrottled, ClassAuth, ClassPermission, ClassNotFound, ClassInvalid,
	ClassServer, ClassTimeout, ClassTransport, ClassDecode,
}

// codeClasses maps the API's codes to classes. The patterns are in lower case, because
// Alibaba's pages and SDKs disagree about case; "*" is as in path.Match. The first match
// wins. Documented codes come first: those of the four OTA operations, of IoT Platform
// and of the API gateway. No list of codes is complete, so wildcards follow for the
// words that Alibaba uses in its codes.
var codeClasses = []struct {
	pattern string
	class   Class
}{
	{"*throttling*", ClassThrottled},

	{"*accesskey*", ClassAuth},
	{"*signature*", ClassAuth},
	{"*timestamp*", ClassAuth},
	{"*securitytoken*", ClassAuth},

	{"forbidden*", ClassPermission},
	{"*nopermission*", ClassPermission},
	{"*permissiondeny*", ClassPermission},
	{"*unauthorized*", ClassPermission},
	{"*notauthorized*", ClassPermission},
	{"*overdue", ClassPermission},
	{"insufficientbalance*", ClassPermission},
	{"*invalidtenant", ClassPermission},
	{"*uidnotfound", ClassPermission},

	// The exporter drops what it knows of a batch or package that is gone. So these
	// codes are listed one by one, without wildcards.
	{"iot.firmware.invalidotajobid", ClassNotFound},
	{"iot.firmware.firmwarenotfound", ClassNotFound},
	{"iot.firmware.invalidfirmwareid", ClassNotFound},

	{"iot.system.illegalrequest", ClassInvalid},
	{"*instancenotfound", ClassInvalid},
	{"*apinotsupportedininstance", ClassInvalid},
	{"iot.prod.notexistedproduct", ClassInvalid},
	{"iot.firmware.invalidproductkey", ClassInvalid},
	{"iot.firmware.nullfirmwareid", ClassInvalid},
	{"iot.firmware.nullotajobid", ClassInvalid},
	{"iot.firmware.invalidtaskstatus", ClassInvalid},
	{"iot.common.invalidpageparams", ClassInvalid},
	{"iot.common.invalidformattedparameter", ClassInvalid},

	{"iot.system.systemexception", ClassServer},
	{"iot.firmware.systembusy", ClassServer},
	{"serviceunavailable*", ClassServer},
	{"internal*", ClassServer},

	{"*failed", ClassServer},
	{"*failure", ClassServer},
	{"*exception", ClassServer},
	{"*busy", ClassServer},
	{"*unavailable*", ClassServer},

	{"*invalid*", ClassInvalid},
	{"*illegal*", ClassInvalid},
	{"*null*", ClassInvalid},
	{"*empty*", ClassInvalid},
	{"*missing*", ClassInvalid},
	{"*mandatory*", ClassInvalid},
	{"*notexist*", ClassInvalid},
	{"*notfound*", ClassInvalid},
	{"*notsupport*", ClassInvalid},
	{"*unsupported*", ClassInvalid},
	{"*nosuch*", ClassInvalid},
	{"*unknownaction*", ClassInvalid},
	{"*param*", ClassInvalid},

	{"*timeout", ClassServer},
	{"iot.system.*", ClassServer},
}

// classify uses the code first, then the HTTP status. An unknown code in an answer with
// status 200 counts as a failure of the server.
func classify(code string, httpStatus int) Class {
	code = strings.ToLower(code)
	for _, c := range codeClasses {
		if ok, _ := path.Match(c.pattern, code); ok {
			return c.class
		}
	}
	switch {
	case httpStatus == 429:
		return ClassThrottled
	case httpStatus >= 400 && httpStatus < 500:
		return ClassInvalid
	default:
		return ClassServer
	}
}
