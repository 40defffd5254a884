package gateway

import "time"

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
