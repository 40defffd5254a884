package simulator

import "time"

// maxSkew is how far a request's time may be from the gateway's, either way.
const maxSkew = 15 * time.Minute

// nonces remembers what was used for as long as the request's own time would let
// it be replayed.
type nonces struct {
	seen  map[string]struct{}
	queue []usedNonce // by arrival
}

type usedNonce struct {
	nonce   string
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

// drop stops at the first that is still good: one stamped in the future keeps
// those behind it at most maxSkew longer.
func (n *nonces) drop(now time.Time) {
	gone := 0
	for gone < len(n.queue) && now.After(n.queue[gone].expires) {
		delete(n.seen, n.queue[gone].nonce)
		gone++
	}
	// Append reallocates a queue once its dropped head has used it up, so the head
	// does not pile up.
	n.queue = n.queue[gone:]
}
