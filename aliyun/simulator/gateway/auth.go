package gateway

import (
	"crypto/hmac"
	"slices"
	"time"
)

// identify finds the account of the key of a call.
func (g *Gateway) identify(c *call) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c.proof.keyID == "" {
		return
	}
	for _, acc := range g.accounts {
		for _, k := range acc.Keys {
			if k.ID == c.proof.keyID {
				c.account, c.owner, c.rival, c.key = acc, acc.Name, acc.Rival, k
				return
			}
		}
	}
}

// admit accepts or refuses a well-formed call. It checks key, time, nonce, signature,
// token, quota and permission, in the order of the real gateway. rivals is the number of
// calls of the account's rival. The caller holds g.mu.
func (g *Gateway) admit(c *call, now time.Time, rivals int) *apiError {
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
	if g.nonces.used(p.keyID, p.nonce, now) {
		return gatewayError("SignatureNonceUsed", "Specified signature nonce was used already.")
	}
	if !hmac.Equal([]byte(p.sign(c.key.Secret)), []byte(p.signature)) {
		return gatewayError("SignatureDoesNotMatch", p.mismatch)
	}
	// Store the nonce only after the signature was checked: only a caller with the secret
	// can use it up.
	if p.nonce != "" {
		g.nonces.use(p.keyID, p.nonce, now, stamped)
	}
	if refused := g.checkToken(c.key, p.token, now); refused != nil {
		return refused
	}
	if refused := c.account.throttle(c.action, now, rivals); refused != nil {
		return refused
	}
	if slices.Contains(c.key.Deny, c.action) || slices.Contains(c.key.Deny, "*") {
		return c.key.denied(c.action)
	}
	return nil
}

// checkToken compares the token of a call with that of its key. The caller holds g.mu.
func (g *Gateway) checkToken(key Key, token string, now time.Time) *apiError {
	switch {
	case token == key.Token:
		if token != "" && !key.Expires.IsZero() && !now.Before(key.Expires) {
			return gatewayError("InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")
		}
		return nil
	case token == "":
		return missing("SecurityToken")
	case key.Token == "" || g.tokenExists(token):
		return gatewayError("InvalidSecurityToken.MismatchWithAccessKey",
			"Specified SecurityToken mismatch with the AccessKey.")
	}
	return gatewayError("InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.")
}

// tokenExists reports whether any key has a token. The caller holds g.mu.
func (g *Gateway) tokenExists(token string) bool {
	for _, acc := range g.accounts {
		if slices.ContainsFunc(acc.Keys, func(k Key) bool { return k.Token == token }) {
			return true
		}
	}
	return false
}

// denied returns the error of RAM for a denied operation.
func (k Key) denied(operation string) *apiError {
	switch {
	case k.DenyCode == "":
		return gatewayError("Forbidden.RAM",
			"User not authorized to operate on the specified resource, or this API doesn't support RAM.")
	case isBusiness(k.DenyCode):
		return businessError(k.DenyCode)
	}
	return gatewayError(k.DenyCode, "You are not authorized to perform iot:"+operation+".")
}

// maxSkew is the largest difference between the time of a request and the time of the
// gateway, in either direction.
const maxSkew = 15 * time.Minute

// nonces stores each nonce for as long as the time stamp of its request allows a replay.
// Guarded by Gateway.mu.
type nonces struct {
	seen  map[string]struct{}
	queue []usedNonce // the same nonces in the order of arrival
}

type usedNonce struct {
	id      string // key and nonce
	expires time.Time
}

func (n *nonces) used(key, nonce string, now time.Time) bool {
	n.drop(now)
	_, used := n.seen[key+" "+nonce]
	return used
}

func (n *nonces) use(key, nonce string, now, stamped time.Time) {
	id := key + " " + nonce
	n.seen[id] = struct{}{}
	expires := now
	if stamped.After(now) {
		expires = stamped
	}
	n.queue = append(n.queue, usedNonce{id, expires.Add(maxSkew)})
}

// drop deletes expired nonces. It stops at the first that has not expired. If that one has
// a time stamp in the future, those behind it stay for at most maxSkew longer.
func (n *nonces) drop(now time.Time) {
	gone := 0
	for gone < len(n.queue) && now.After(n.queue[gone].expires) {
		delete(n.seen, n.queue[gone].id)
		gone++
	}
	// The memory of the dropped elements is freed when append moves the queue.
	n.queue = n.queue[gone:]
}
