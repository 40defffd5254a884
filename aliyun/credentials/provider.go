package credentials

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"
)

const (
	// recheckAfter is how long keys are used before the source is asked again. A changed
	// secret file is noticed at most this late. The interval matters for keys that are
	// never valid for more than 180 s: credentials-go does not cache those, so that
	// every question goes over the network.
	recheckAfter = 10 * time.Second

	// reuseFor is how long the last good keys are used while the source fails or hangs.
	// credentials-go returns cached keys only if they are valid for more than 180 s. The
	// difference of 30 s is for the current call and for differing clocks.
	reuseFor = 150 * time.Second

	// patience is how long callers wait for a refresh before they use the last good
	// keys. A healthy source answers in well under a second. A call has 10 s in all and
	// holds a slot of the rate budget while it waits.
	patience = 2 * time.Second

	// A failed source is asked again after firstBackoff, which doubles up to maxBackoff:
	// about ten times before the last good keys expire.
	firstBackoff = time.Second
	maxBackoff   = 15 * time.Second
)

// Keys are an access key, with which a call is signed. SecurityToken is "" unless the
// key is temporary. Keys are comparable.
type Keys struct{ AccessKeyID, AccessKeySecret, SecurityToken string }

// Format implements [fmt.Formatter]. It prints no secret, whatever the verb.
func (k Keys) Format(w fmt.State, _ rune) { io.WriteString(w, "Keys("+k.AccessKeyID+" <secret>)") }

// MarshalText keeps the secret out of JSON and structured logs. The error is nil.
func (k Keys) MarshalText() ([]byte, error) { return []byte(fmt.Sprint(k)), nil }

// Provider gets the keys of one account from its source and renews them. Create it with
// New. It is safe for concurrent use. It asks the source once at a time for any number
// of callers.
//
// It exists because credentials-go is not safe for concurrent use, takes no context, can
// block for 15 s, fails while its last token is still valid, and, if every source of its
// chain fails at the first call, asks only the last source from then on.
type Provider struct {
	cfg       Config
	onFailure func(error)
	newSource func(Config) (source, error)

	mu      sync.Mutex // guards all below; not held while the source is asked
	flight  *refresh   // the current refresh; nil is none
	source  source     // nil if the next refresh must build one
	builtOf Config
	builtAt time.Time
	good    Keys          // the last keys from the source
	until   time.Time     // good may be used until then while the source fails or hangs
	due     time.Time     // the first call of Keys after this time starts a refresh
	err     error         // of the last refresh
	backoff time.Duration // 0 after a good refresh
}

// refresh is one request to the source. Its goroutine lives until the source answers,
// because credentials-go cannot be interrupted.
type refresh struct {
	started  time.Time
	done     chan struct{}
	rejected bool // its source was discarded meanwhile; guarded by Provider.mu
}

// New returns a provider. It does no I/O. onFailure, which may be nil, is called with
// the error of every failed refresh, one at a time, before the waiting callers of Keys
// continue. It must not call the Provider. The error contains no secret.
func New(cfg Config, onFailure func(error)) *Provider {
	if onFailure == nil {
		onFailure = func(error) {}
	}
	return &Provider{cfg: cfg, onFailure: onFailure, newSource: newSource}
}

// Format implements [fmt.Formatter]. It prints no secret, whatever the verb.
func (c *Provider) Format(w fmt.State, verb rune) { c.cfg.Format(w, verb) }

// Keys returns the keys to sign with. While the source fails, it returns the last good
// keys for at most 150 s, and then the error of the source. If ctx ends, it returns the
// error of ctx. The error contains no secret.
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
		case <-flight.done: // try again
		case <-enough:
			return good, nil
		case <-ctx.Done():
			return Keys{}, fmt.Errorf("wait for the keys of %s: %w", c.cfg.name(), ctx.Err())
		}
	}
}

// Reject reports that the API refused these keys as wrong or expired. The next call of
// Keys asks the source again, unless there are newer keys already. It waits until the
// source is 10 s old: otherwise wrong keys would cause a request to the source at every
// call.
func (c *Provider) Reject(k Keys) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k != c.good {
		return
	}
	if c.flight != nil && c.source != nil { // otherwise the refresh builds a new source anyway
		c.flight.rejected = true
	}
	c.source = nil
	c.until = time.Time{}
	if now := time.Now(); c.err == nil && now.Sub(c.builtAt) >= recheckAfter {
		c.due = now
	}
}

// refresh asks the source once and stores its answer.
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
		c.source = nil // a failed credential of credentials-go does not recover
		c.backoff = min(max(2*c.backoff, firstBackoff), maxBackoff)
		c.err, c.due = err, now.Add(c.backoff)
	case r.rejected && keys == c.good:
		// These keys are those that were rejected: the waiting callers try again and
		// ask a new source.
	default:
		c.source, c.builtOf, c.builtAt = src, builtOf, builtAt
		c.err, c.backoff = nil, 0
		c.good, c.due, c.until = keys, now.Add(recheckAfter), now.Add(reuseFor)
	}
	c.mu.Unlock()
	close(r.done)
}
