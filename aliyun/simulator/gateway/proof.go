package gateway

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// proof is the authentication of a call, for any kind of signature.
type proof struct {
	header       bool // whether action and version are in headers
	keyID, token string
	nonce, stamp string
	layout       string // of stamp
	signature    string
	sign         func(secret string) string // returns the correct signature
	mismatch     string                     // message of the error SignatureDoesNotMatch
}

const (
	iso8601    = "2006-01-02T15:04:05Z"
	mismatchV1 = "Specified signature is not matched with our calculation. server string to sign is:"
)

func incomplete() *apiError {
	return gatewayError("IncompleteSignature", "The request signature does not conform to Aliyun standards.")
}

func unknownMethod() *apiError {
	return gatewayError("InvalidSignatureMethod", "Specified signature method is not valid.")
}

// readProof reads the proof of a call and returns an error if a part is missing. A gateway
// that accepts only one signature looks for the parts of that one: for it, a call with
// another signature lacks them.
func (c *call) readProof() *apiError {
	authorization := c.request.Header.Get("Authorization")
	switch c.dialect.Signature {
	case "v1":
		return c.readRPC()
	case "v3":
		return c.readACS3(authorization)
	}
	if strings.HasPrefix(authorization, "ACS3-") {
		return c.readACS3(authorization)
	}
	if credential, ok := strings.CutPrefix(authorization, "acs "); ok {
		return c.readROA(credential)
	}
	if c.request.Header.Get("X-Acs-Date") != "" && !c.params.Has("AccessKeyId") {
		// An ACS3 call without its Authorization header.
		c.proof.header = true
		return missing("AccessKeyId")
	}
	return c.readRPC()
}

func (c *call) readACS3(authorization string) *apiError {
	r := c.request
	algorithm, rest, _ := strings.Cut(authorization, " ")
	fields := map[string]string{}
	for f := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(f), "=")
		fields[name] = value
	}
	signed := strings.Split(fields["SignedHeaders"], ";")
	canonical := acs3CanonicalRequest(r, c.query, signed, c.body)
	toSign := acs3StringToSign(canonical)
	c.proof = proof{
		header:    true,
		keyID:     fields["Credential"],
		token:     r.Header.Get("X-Acs-Security-Token"),
		nonce:     r.Header.Get("X-Acs-Signature-Nonce"),
		stamp:     r.Header.Get("X-Acs-Date"),
		layout:    iso8601,
		signature: fields["Signature"],
		sign:      func(secret string) string { return acs3Signature(secret, toSign) },
		mismatch: "Specified signature does not match our calculation. server StringToSign is [" + toSign +
			"] server CanonicalRequest is [" + canonical + "]",
	}
	switch {
	case algorithm != "ACS3-HMAC-SHA256":
		return unknownMethod()
	case c.proof.keyID == "":
		return missing("AccessKeyId")
	case c.proof.signature == "" || !slices.IsSorted(signed):
		return incomplete()
	case c.proof.stamp == "":
		return missing("Timestamp")
	case c.proof.nonce == "":
		return missing("SignatureNonce")
	}
	// The canonical request contains the hash of the body, so the signature covers it.
	needed := []string{
		"host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version",
	}
	if c.proof.token != "" {
		needed = append(needed, "x-acs-security-token")
	}
	if r.Header.Get("Content-Type") != "" {
		needed = append(needed, "content-type")
	}
	for _, name := range needed {
		if !slices.Contains(signed, name) {
			return incomplete()
		}
	}
	return nil
}

func (c *call) readRPC() *apiError {
	params := maps.Clone(c.params)
	delete(params, "Signature")
	toSign := rpcStringToSign(c.request.Method, params)
	method := params.Get("SignatureMethod")
	c.proof = proof{
		keyID:     params.Get("AccessKeyId"),
		token:     params.Get("SecurityToken"),
		nonce:     params.Get("SignatureNonce"),
		stamp:     params.Get("Timestamp"),
		layout:    iso8601,
		signature: c.params.Get("Signature"),
		sign:      func(secret string) string { return rpcSignature(method, secret, toSign) },
		mismatch:  mismatchV1 + toSign,
	}
	for _, name := range []string{"AccessKeyId", "Signature", "SignatureMethod", "SignatureVersion", "SignatureNonce", "Timestamp"} {
		if c.params.Get(name) == "" {
			return missing(name)
		}
	}
	switch {
	case method != "HMAC-SHA1" && method != "HMAC-SHA256":
		return unknownMethod()
	case params.Get("SignatureVersion") != "1.0":
		return incomplete()
	}
	return nil
}

func (c *call) readROA(credential string) *apiError {
	r := c.request
	toSign := roaStringToSign(r, c.query)
	key, signature, _ := strings.Cut(credential, ":")
	c.proof = proof{
		header:    true,
		keyID:     key,
		token:     r.Header.Get("X-Acs-Security-Token"),
		nonce:     r.Header.Get("X-Acs-Signature-Nonce"),
		stamp:     r.Header.Get("Date"),
		layout:    http.TimeFormat,
		signature: signature,
		sign:      func(secret string) string { return roaSignature(secret, toSign) },
		mismatch:  mismatchV1 + toSign,
	}
	switch {
	case key == "":
		return missing("AccessKeyId")
	case signature == "":
		return incomplete()
	case c.proof.stamp == "":
		return missing("Timestamp")
	}
	return nil // older clients sign without a nonce
}
