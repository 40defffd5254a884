package gateway

import (
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxBody limits the body of a request, in bytes. It is many times the size of the
// parameters of these operations.
const maxBody = 1 << 20

// call is a parsed request.
type call struct {
	request *http.Request
	body    []byte
	query   url.Values
	params  url.Values // of the query and the form
	action  string
	id      string // RequestId
	xml     bool   // format of the answer: XML or JSON
	proof   proof
	dialect Dialect

	account *account                // nil for an unknown key; guarded by Gateway.mu
	owner   string                  // the account's name, "" for an unknown key
	rival   func(now time.Time) int // the account's; nil is none
	key     Key
}

// newCall parses a request like the real gateway. It returns a call also with an error, so
// that the error can be sent.
func newCall(r *http.Request, d Dialect) (*call, *apiError) {
	c := &call{request: r, query: r.URL.Query(), params: r.URL.Query(), id: newRequestID(), dialect: d}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	c.body = body
	contentType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if contentType == "application/x-www-form-urlencoded" {
		form, _ := url.ParseQuery(string(body))
		for name, values := range form {
			c.params[name] = append(c.params[name], values...)
		}
	}
	c.xml = wantsXML(c.params.Get("Format"), r.Header.Get("Accept"))
	refused := c.readProof()
	action, version := c.params.Get("Action"), c.params.Get("Version")
	if c.proof.header {
		action, version = r.Header.Get("X-Acs-Action"), r.Header.Get("X-Acs-Version")
	}
	c.action = action
	switch {
	case err != nil:
		return c, gatewayError("ContentLengthDoesNotMatch", "The body could not be read.")
	case r.Method != http.MethodGet && r.Method != http.MethodPost:
		return c, gatewayError("UnsupportedHTTPMethod", "This http method is not supported.")
	case c.action == "":
		return c, missing("Action")
	case version == "":
		return c, missing("Version")
	case version != apiVersion:
		return c, invalid("Version")
	case !served(c.action) || r.URL.Path != "/" && r.URL.Path != "":
		return c, gatewayError("InvalidAction.NotFound",
			"Specified api is not found, please check your url and method.")
	case !knownFormat(c.params.Get("Format")):
		return c, gatewayError("InvalidParameter.Format", "Specified parameter Format is not valid.")
	}
	return c, refused
}

// wantsXML chooses the format of the answer. XML is the default according to Alibaba's
// page "Common parameters".
func wantsXML(format, accept string) bool {
	if format != "" && knownFormat(format) {
		return strings.EqualFold(format, "XML")
	}
	return !strings.Contains(strings.ToLower(accept), "json")
}

func knownFormat(format string) bool {
	return format == "" || strings.EqualFold(format, "JSON") || strings.EqualFold(format, "XML")
}

func (c *call) lane() lane { return lane{c.owner, c.action} }
