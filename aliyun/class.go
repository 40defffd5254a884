package aliyun

import (
	"path"
	"strings"
)

// Class sorts failed calls by what a reader can do about them. The values are
// those of the class and result labels.
type Class string

const (
	ClassThrottled  Class = "throttled"  // over the rate budget of the main account
	ClassAuth       Class = "auth"       // key, token, signature or clock
	ClassPermission Class = "permission" // a RAM action, the activation of the product or a payment is missing
	ClassNotFound   Class = "not_found"  // the batch or the package does not exist (any more)
	ClassInvalid    Class = "invalid"    // the request or the configuration is wrong
	ClassServer     Class = "server"     // Alibaba's side
	ClassTimeout    Class = "timeout"    // no whole answer in time
	ClassTransport  Class = "transport"  // DNS, connection, TLS, proxy
	ClassDecode     Class = "decode"     // an answer that is not the API's
)

// Classes lists every class, in the order of the documentation.
var Classes = []Class{
	ClassThrottled, ClassAuth, ClassPermission, ClassNotFound, ClassInvalid,
	ClassServer, ClassTimeout, ClassTransport, ClassDecode,
}

// codeClasses sorts the API's codes, in lower case because pages and SDKs
// disagree about it; "*" as in path.Match. The first match wins. First come the
// codes that are documented for the four OTA operations, for the IoT Platform or
// for the API gateway of all products. No list of codes is complete: behind them
// the wildcards sort the others by the words that Alibaba's codes are made of.
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

	// What these name is gone, and what was known of it goes too. No wildcard
	// may do that.
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

// classify goes by the code first, then by the HTTP status. A business code
// that nobody knows, in an answer with status 200, is the server's.
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
