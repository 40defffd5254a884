package simulator

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// proof is what a caller offers to show who it is, whatever the style.
type proof struct {
	header       bool // action and version are headers
	keyID, token string
	nonce, stamp string
	layout       string // of stamp
	signature    string
	sign         func(secret string) string
	mismatch     string // message of SignatureDoesNotMatch
}

const incomplete = "The request signature does not conform to Aliyun standards."

// readProof reads the caller's proof and refuses one with a piece missing.
func (c *call) readProof() *apiError {
	authorization := c.request.Header.Get("Authorization")
	switch {
	case strings.HasPrefix(authorization, "ACS3-"):
		return c.readACS3(authorization)
	case strings.HasPrefix(authorization, "acs "):
		return c.readROA(strings.TrimPrefix(authorization, "acs "))
	case c.request.Header.Get("X-Acs-Date") != "" && !c.params.Has("AccessKeyId"):
		// An ACS3 call that lost its Authorization header.
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
		layout:    "2006-01-02T15:04:05Z",
		signature: fields["Signature"],
		sign:      func(secret string) string { return acs3Signature(secret, toSign) },
		mismatch: "Specified signature does not match our calculation. server StringToSign is [" + toSign +
			"] server CanonicalRequest is [" + canonical + "]",
	}
	// The body needs no check of its own: its hash is in the canonical request.
	switch {
	case algorithm != "ACS3-HMAC-SHA256":
		return gatewayError("InvalidSignatureMethod", "Specified signature method is not valid.")
	case c.proof.keyID == "":
		return missing("AccessKeyId")
	case c.proof.signature == "" || !slices.IsSorted(signed):
		return gatewayError("IncompleteSignature", incomplete)
	case c.proof.stamp == "":
		return missing("Timestamp")
	case c.proof.nonce == "":
		return missing("SignatureNonce")
	}
	for _, name := range []string{
		"host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version",
	} {
		if !slices.Contains(signed, name) {
			return gatewayError("IncompleteSignature", incomplete)
		}
	}
	if c.proof.token != "" && !slices.Contains(signed, "x-acs-security-token") ||
		r.Header.Get("Content-Type") != "" && !slices.Contains(signed, "content-type") {
		return gatewayError("IncompleteSignature", incomplete)
	}
	return nil
}

func (c *call) readRPC() *apiError {
	params := maps.Clone(c.params)
	delete(params, "Signature")
	method := c.params.Get("SignatureMethod")
	toSign := rpcStringToSign(c.request.Method, params)
	c.proof = proof{
		keyID:     c.params.Get("AccessKeyId"),
		token:     c.params.Get("SecurityToken"),
		nonce:     c.params.Get("SignatureNonce"),
		stamp:     c.params.Get("Timestamp"),
		layout:    "2006-01-02T15:04:05Z",
		signature: c.params.Get("Signature"),
		sign:      func(secret string) string { return rpcSignature(method, secret, toSign) },
		mismatch:  "Specified signature is not matched with our calculation. server string to sign is:" + toSign,
	}
	for _, name := range []string{"AccessKeyId", "Signature", "SignatureMethod", "SignatureVersion", "SignatureNonce", "Timestamp"} {
		if c.params.Get(name) == "" {
			return missing(name)
		}
	}
	switch {
	case method != "HMAC-SHA1" && method != "HMAC-SHA256":
		return gatewayError("InvalidSignatureMethod", "Specified signature method is not valid.")
	case c.params.Get("SignatureVersion") != "1.0":
		return gatewayError("IncompleteSignature", incomplete)
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
		mismatch:  "Specified signature is not matched with our calculation. server string to sign is:" + toSign,
	}
	switch {
	case key == "":
		return missing("AccessKeyId")
	case signature == "":
		return gatewayError("IncompleteSignature", incomplete)
	case c.proof.stamp == "":
		return missing("Timestamp")
	}
	return nil // older clients sign without a nonce
}
