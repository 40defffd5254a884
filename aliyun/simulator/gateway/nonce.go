package gateway

import "time"

// maxSkew is how far a request's time may be from the gateway's, in either direction.
const maxSkew = 15 * time.Minute

// nonces remembers each nonce for as long as the time of its request would let it
// be replayed. Guarded by Gateway.mu.
type nonces struct {
	seen  map[string]struct{}
	queue []usedNonce // the same, by arrival
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

// drop forgets what has expired. It stops at the first that has not: one stamped in
// the future keeps those behind it, at most maxSkew longer.
func (n *nonces) drop(now time.Time) {
	gone := 0
	for gone < len(n.queue) && now.After(n.queue[gone].expires) {
		delete(n.seen, n.queue[gone].id)
		gone++
	}
	// The dropped head goes when append has to move the queue.
	n.queue = n.queue[gone:]
}
