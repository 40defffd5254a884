package credentials

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

// noLeak fails the test if it leaves goroutines behind. Call it first: cleanups run in
// reverse order, and this one must run last.
func noLeak(t *testing.T) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
}

// At the start, all workers ask at the same time, but the source gets only one request. The
// test uses a real source over HTTP, and simulated time.
func TestFirstCallsShareOneRefresh(t *testing.T) {
	noLeak(t)
	var requests atomic.Int32
	arrived, release := make(chan struct{}, 20), make(chan struct{})
	uri := uriServer(t, func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		arrived <- struct{}{}
		<-release
		writeURIKeys(w, testKeys("a"), time.Hour)
	})
	c := New(Config{CredentialsURI: uri}, nil)
	// The source answers after all callers have started.
	var started, ended sync.WaitGroup
	started.Add(20)
	for range 20 {
		ended.Go(func() {
			started.Done()
			if keys, err := c.Keys(t.Context()); err != nil || keys != testKeys("a") {
				t.Errorf("keys %v, error %v", keys, err)
			}
		})
	}
	started.Wait()
	<-arrived
	close(release)
	ended.Wait()
	if n := requests.Load(); n != 1 {
		t.Errorf("%d requests to the source, want 1", n)
	}

	synctest.Test(t, func(t *testing.T) {
		f, c := newFakeSources(hangs(time.Second, gives("a")))
		for range 20 {
			go c.Keys(t.Context())
		}
		synctest.Wait() // all of them wait
		f.want(t, 1, 1, 0)
		time.Sleep(time.Second) // the source answers, all goroutines end
	})
}

// Keys asks the source at most once per recheckAfter: 6 times for 600 calls in a minute.
func TestKeysAreReusedFor10Seconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c := newFakeSources(gives("a"))
		for range 600 { // one minute at 10 calls a second
			wantKeys(t, c, "a")
			time.Sleep(100 * time.Millisecond)
		}
		f.want(t, 1, 6, 0)
	})
}

// A caller returns as soon as its context ends. The refresh that it started continues and
// serves the next caller.
func TestKeysReturnsWhenItsContextEnds(t *testing.T) {
	noLeak(t)
	var requests atomic.Int32
	arrived, release := make(chan struct{}), make(chan struct{})
	uri := uriServer(t, func(w http.ResponseWriter, _ *http.Request) {
		if requests.Add(1) == 1 {
			close(arrived)
		}
		<-release
		writeURIKeys(w, testKeys("a"), time.Hour)
	})
	c := New(Config{CredentialsURI: uri}, nil)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-arrived; cancel() }()
	for range 3 {
		if _, err := c.Keys(ctx); !errors.Is(err, context.Canceled) {
			t.Fatalf("error %v, want context canceled", err)
		}
	}
	close(release)
	wantKeys(t, c, "a")
	if n := requests.Load(); n != 1 {
		t.Errorf("%d requests to the source, want 1", n)
	}
}
