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
	ClassPermission Class = "permission" // a RAM action is missing, or the bill is overdue
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
// disagree about it; "*" as in path.Match. The first match wins, so the
// wildcards of the server class stand behind the codes they would swallow.
// Sources: the error tables of the four OTA operations, of the IoT Platform's
// common errors and of the API gateway's public errors.
var codeClasses = []struct {
	pattern string
	class   Class
}{
	{"throttling*", ClassThrottled},

	{"invalidaccesskeyid*", ClassAuth},
	{"missingaccesskeyid", ClassAuth},
	{"signaturedoesnotmatch", ClassAuth},
	{"signaturenonceused", ClassAuth},
	{"incompletesignature", ClassAuth},
	{"invalidtimestamp*", ClassAuth},
	{"invalidsecuritytoken*", ClassAuth},
	{"missingsecuritytoken", ClassAuth},

	{"forbidden*", ClassPermission},
	{"nopermission", ClassPermission},
	{"*permissiondeny", ClassPermission},
	{"iot.system.billisoverdue", ClassPermission},

	{"iot.firmware.invalidotajobid", ClassNotFound},
	{"iot.firmware.firmwarenotfound", ClassNotFound},
	{"iot.firmware.invalidfirmwareid", ClassNotFound},

	{"*instancenotfound", ClassInvalid},
	{"iot.prod.notexistedproduct", ClassInvalid},
	{"iot.firmware.nullotajobid", ClassInvalid},
	{"iot.firmware.invalidtaskstatus", ClassInvalid},

	{"iot.system.*", ClassServer},
	{"*systembusy", ClassServer},
	{"serviceunavailable*", ClassServer},
	{"internalerror*", ClassServer},
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
