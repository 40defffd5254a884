package simulator

import (
	"crypto/hmac"
	"slices"
	"time"
)

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
	if p.nonce != "" && s.nonces.used(p.keyID, p.nonce, now) {
		return gatewayError("SignatureNonceUsed", "Specified signature nonce was used already.")
	}
	if !hmac.Equal([]byte(p.sign(c.key.Secret)), []byte(p.signature)) {
		return gatewayError("SignatureDoesNotMatch", p.mismatch)
	}
	// Only a caller with the secret can use a nonce up.
	if p.nonce != "" {
		s.nonces.use(p.keyID, p.nonce, now, stamped)
	}
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
