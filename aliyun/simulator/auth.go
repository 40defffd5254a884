package simulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
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
	for _, f := range strings.Split(rest, ",") {
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
	sum := sha256.Sum256(c.body)
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
	if r.Header.Get("X-Acs-Content-Sha256") != hex.EncodeToString(sum[:]) {
		c.proof.signature = ""
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
	case c.proof.nonce == "":
		return missing("SignatureNonce")
	}
	return nil
}

// identify finds the key of a call. s.mu is held.
func (s *Simulator) identify(c *call) {
	if acc, key := s.key(c.proof.keyID); acc != nil && c.proof.keyID != "" {
		c.account, c.key = acc, *key
	}
}

// admit lets a well-formed call in or refuses it: key, time, nonce, signature,
// token, budget, permission, in the gateway's order. s.mu is held.
func (s *Simulator) admit(c *call, now time.Time) *apiError {
	p := c.proof
	switch {
	case c.account == nil:
		return gatewayError("InvalidAccessKeyId.NotFound", "Specified access key is not found.")
	case c.key.Inactive:
		return gatewayError("InvalidAccessKeyId.Inactive", "Specified access key is disabled.")
	}
	stamped, err := time.Parse(p.layout, p.stamp)
	if err != nil {
		return gatewayError("InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted.")
	}
	if now.Sub(stamped).Abs() > maxSkew {
		return gatewayError("InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")
	}
	if s.nonces.used(p.keyID, p.nonce, now) {
		return gatewayError("SignatureNonceUsed", "Specified signature nonce was used already.")
	}
	if !hmac.Equal([]byte(p.sign(c.key.Secret)), []byte(p.signature)) {
		return gatewayError("SignatureDoesNotMatch", p.mismatch)
	}
	// Only a caller with the secret can use a nonce up.
	s.nonces.use(p.keyID, p.nonce, now, stamped)
	if refused := s.checkToken(c.key, p.token, now); refused != nil {
		return refused
	}
	if refused := c.account.throttle(c.action, now); refused != nil {
		return refused
	}
	if slices.Contains(c.key.Deny, c.action) || slices.Contains(c.key.Deny, "*") {
		return c.key.denied(c.action)
	}
	return nil
}

func (s *Simulator) checkToken(key Key, token string, now time.Time) *apiError {
	switch {
	case key.Token == token && (token == "" || key.Expires.IsZero() || now.Before(key.Expires)):
		return nil
	case key.Token == token:
		return gatewayError("InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")
	case token == "":
		return missing("SecurityToken")
	case key.Token == "" || s.tokenExists(token):
		return gatewayError("InvalidSecurityToken.MismatchWithAccessKey",
			"Specified SecurityToken mismatch with the AccessKey.")
	}
	return gatewayError("InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.")
}

// denied is RAM's refusal of an operation.
func (k Key) denied(operation string) *apiError {
	e := gatewayError("Forbidden.RAM",
		"User not authorized to operate on the specified resource, or this API doesn't support RAM.")
	if k.DenyCode != "" {
		e = gatewayError(k.DenyCode, "You are not authorized to perform iot:"+operation+".")
	}
	if e.business() {
		return businessError(k.DenyCode)
	}
	return e
}
