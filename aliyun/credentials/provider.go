package credentials

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"
)

const (
	// recheckAfter is how long the source's answer is used without asking
	// again, and so how late a changed secret file is seen at most. It keeps
	// static keys off the slow path, and sources off the network whose keys
	// never have more than 180 s left, which credentials-go does not keep.
	recheckAfter = 10 * time.Second

	// reuseFor is how long the last good keys stand in for a source that fails
	// or hangs. credentials-go hands out keys from its memory only while more
	// than 180 s of their validity are left; the 30 s between are for the
	// call in hand and for clocks that differ.
	reuseFor = 150 * time.Second

	// patience is how long a refresh may take before callers go on with the
	// last good keys. A healthy source answers in well under a second; a call
	// has 10 s in all, and holds a slot of the rate budget while it waits.
	patience = 2 * time.Second

	// A failed source is asked again after firstBackoff, doubling to
	// maxBackoff: ten times or so before the last good keys run out.
	firstBackoff = time.Second
	maxBackoff   = 15 * time.Second
)

// Keys sign one call. SecurityToken is "" for keys of long standing.
type Keys struct{ AccessKeyID, AccessKeySecret, SecurityToken string }

// Format prints no secret, whatever the verb.
func (k Keys) Format(w fmt.State, _ rune) { io.WriteString(w, "Keys("+k.AccessKeyID+" <secret>)") }

// MarshalText keeps the secret out of JSON and of structured logs.
func (k Keys) MarshalText() ([]byte, error) { return []byte(fmt.Sprint(k)), nil }

// Provider keeps the keys of one account fresh. It is safe for concurrent
// use, and asks its source once at a time, however many callers wait.
//
// It is around credentials-go because that is not safe for concurrent use,
// takes no context and can block for 15 s, fails while its last token still
// holds, and asks only the last source of its chain for ever after a first
// call at which every source failed.
type Provider struct {
	cfg       Config
	onFailure func(error)
	newSource func(Config) (source, error)

	mu      sync.Mutex // guards all below; never held while the source is asked
	flight  *refresh   // the refresh under way, if any
	source  source     // nil: build a new one
	builtOf Config
	builtAt time.Time
	good    Keys          // the last that the source gave
	until   time.Time     // good stands in for a failing or hanging source until then
	due     time.Time     // the first call after this asks the source
	err     error         // of the last refresh
	backoff time.Duration // 0 after a good refresh
}

// refresh is one question to the source. Its goroutine lives until the source
// answers, because nothing can interrupt that.
type refresh struct {
	started  time.Time
	done     chan struct{}
	rejected bool // the credential it asks was discarded meanwhile; guarded by Credentials.mu
}

// New does no I/O. onFailure is told of every failed refresh, one at
// a time and before the callers that wait for it; it may be nil, and must not
// call the Credentials back. Neither its error nor that of Keys holds a secret.
func New(cfg Config, onFailure func(error)) *Provider {
	if onFailure == nil {
		onFailure = func(error) {}
	}
	return &Provider{cfg: cfg, onFailure: onFailure, newSource: newSource}
}

// Format prints no secret, whatever the verb.
func (c *Provider) Format(w fmt.State, verb rune) { c.cfg.Format(w, verb) }

// Keys gives the keys to sign with. While the source fails it gives the last
// good ones, for at most 150 s, and then the source's last error. It returns
// early, with ctx's error, when ctx ends.
func (c *Provider) Keys(ctx context.Context) (Keys, error) {
	for {
		c.mu.Lock()
		now := time.Now()
		good, err, left := c.good, c.err, c.until.Sub(now)
		if now.Before(c.due) {
			c.mu.Unlock()
			if err != nil && left <= 0 {
				return Keys{}, err
			}
			return good, nil
		}
		if c.flight == nil {
			c.flight = &refresh{started: now, done: make(chan struct{})}
			go c.refresh(c.flight)
		}
		flight := c.flight
		c.mu.Unlock()

		var enough <-chan time.Time
		if left > 0 {
			enough = time.After(min(flight.started.Add(patience).Sub(now), left))
		}
		select {
		case <-flight.done: // look again
		case <-enough:
			return good, nil
		case <-ctx.Done():
			return Keys{}, fmt.Errorf("wait for the keys of %s: %w", c.cfg.kind(), ctx.Err())
		}
	}
}

// Reject says that the API refused these keys as bad or expired: the next call
// asks a new credential, unless newer keys are known already. A credential
// younger than 10 s is left alone until it is as old, or wrong keys would mean
// a question to the source with every call.
func (c *Provider) Reject(k Keys) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k != c.good {
		return
	}
	if c.flight != nil && c.source != nil { // else the flight builds a new one already
		c.flight.rejected = true
	}
	c.source = nil
	c.until = time.Time{}
	if now := time.Now(); c.err == nil && now.Sub(c.builtAt) >= recheckAfter {
		c.due = now
	}
}

// refresh asks the source once and keeps what it says.
func (c *Provider) refresh(r *refresh) {
	c.mu.Lock()
	src, builtOf, builtAt, old := c.source, c.builtOf, c.builtAt, c.good
	c.mu.Unlock()

	cfg, err := c.cfg.readFiles()
	if err == nil && (src == nil || cfg != builtOf) {
		builtOf, builtAt = cfg, time.Now()
		src, err = c.newSource(cfg)
	}
	var keys Keys
	if err == nil {
		keys, err = ask(src)
	}
	if err != nil {
		err = publicError(err, cfg, old)
		c.onFailure(err)
	}

	c.mu.Lock()
	now := time.Now()
	c.flight = nil
	switch {
	case err != nil:
		c.source = nil // credentials-go does not recover: build another
		c.backoff = min(max(2*c.backoff, firstBackoff), maxBackoff)
		c.err, c.due = err, now.Add(c.backoff)
	case r.rejected && keys == c.good:
		// The credential spoke from before the rejection: the waiting callers
		// look again, and ask a new one.
	default:
		c.source, c.builtOf, c.builtAt = src, builtOf, builtAt
		c.err, c.backoff = nil, 0
		c.good, c.due, c.until = keys, now.Add(recheckAfter), now.Add(reuseFor)
	}
	c.mu.Unlock()
	close(r.done)
}
