package gateway

import (
	"fmt"
	"testing"
	"time"
)

func TestNoncesAreBounded(t *testing.T) {
	t.Parallel()
	n := nonces{seen: map[string]struct{}{}}
	now := time.Unix(0, 0)
	for i := range 100_000 {
		now = now.Add(time.Second)
		n.used("k", "x", now)
		n.use("k", fmt.Sprint(i), now, now.Add(-maxSkew+time.Duration(i%1800)*time.Second))
	}
	if got := len(n.seen); got > 2*15*60+60 || got != len(n.queue) || cap(n.queue) > 20_000 {
		t.Errorf("%d nonces, %d in a queue of %d after a day of one a second", got, len(n.queue), cap(n.queue))
	}
}
