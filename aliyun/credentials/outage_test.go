package credentials

import (
	"context"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

// If a source fails in any way, Keys returns the last good keys, waits no longer than
// patience, and returns the error after reuseFor.
func TestLastGoodKeysAreUsedFor150Seconds(t *testing.T) {
	for name, answer := range map[string]func() (Keys, error){
		"the source fails":             fails("no route"),
		"the source hangs, then fails": hangs(15*time.Second, fails("no route")),
		"the source never answers":     hangs(time.Hour, gives("late")),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, c := newFakeSources(gives("a"))
				wantKeys(t, c, "a")
				good := time.Now()
				f.answer.Store(answer)
				slow := int32(0) // calls that had to wait
				for time.Since(good) < reuseFor {
					before := time.Now()
					wantKeys(t, c, "a")
					switch waited := time.Since(before); {
					case waited > patience || time.Since(good) > reuseFor:
						t.Fatalf("keys after %v, %v after the last good answer", waited, time.Since(good))
					case waited > 0:
						slow++
					}
					time.Sleep(100 * time.Millisecond)
				}
				if n := f.asked.Load(); slow > n {
					t.Errorf("%d calls waited in %d refreshes, want at most one each", slow, n)
				}
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				defer cancel()
				if keys, err := c.Keys(ctx); err == nil {
					t.Errorf("still the keys of %s after 150 s", keys.AccessKeyID)
				}
				if n := f.mostAtOnce.Load(); n != 1 {
					t.Errorf("%d refreshes at once, want one", n)
				}
				time.Sleep(time.Hour) // let the source answer, so that its goroutine ends
			})
		})
	}
}

// A caller stops waiting for a refresh when the last good keys expire, even before patience
// is over.
func TestPatienceEndsWithTheLastGoodKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c := newFakeSources(gives("a"))
		wantKeys(t, c, "a")
		good := time.Now()
		f.answer.Store(hangs(15*time.Second, gives("b")))
		time.Sleep(reuseFor - patience/2)
		wantKeys(t, c, "a")
		if age := time.Since(good); age != reuseFor {
			t.Errorf("keys %v after the last good answer, want %v", age, reuseFor)
		}
		wantKeys(t, c, "b")
	})
}

// Old keys may be invalid after an hour without a call, so they are not used.
func TestOldKeysAreNotUsedAfterAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c := newFakeSources(gives("a"))
		wantKeys(t, c, "a")
		time.Sleep(time.Hour)
		f.answer.Store(fails("no route"))
		wantNoKeys(t, c, "no route")
	})
}

// credentials-go does not recover from a failure, so each retry builds a new source. Retries
// back off, and a success resets the backoff.
func TestFailedSourceIsRebuiltWithBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c := newFakeSources(fails("no route"))
		for range 1000 { // 100 s at 10 calls a second
			wantNoKeys(t, c, "default provider chain: no route")
			time.Sleep(100 * time.Millisecond)
		}
		// The attempts were at 0, 1, 3, 7, 15, 30, 45, 60, 75 and 90 s.
		f.want(t, 10, 10, 10)
		f.answer.Store(gives("a"))
		time.Sleep(maxBackoff)
		wantKeys(t, c, "a")

		f.answer.Store(fails("again"))
		time.Sleep(recheckAfter)
		wantKeys(t, c, "a")
		f.answer.Store(gives("b"))
		time.Sleep(firstBackoff) // the wait starts over after a success
		wantKeys(t, c, "b")
	})
}

// The source becomes available after the first call and is not the last one of the chain.
// credentials-go alone would never find it.
func TestRecoveryFromAFailedFirstCall(t *testing.T) {
	home := bareEnvironment(t)
	t.Setenv("ALIBABA_CLOUD_CREDENTIALS_URI", "nothing://speaks.this") // the last of the chain; it fails without asking the network
	addProfile := func() {
		text := "[default]\ntype = access_key\naccess_key_id = a\naccess_key_secret = secret of a\n"
		writeFile(t, filepath.Join(home, ".alibabacloud", "credentials"), text)
	}
	synctest.Test(t, func(t *testing.T) {
		c := New(Config{}, nil)
		wantNoKeys(t, c, "default provider chain: call nothing://speaks.this")
		addProfile()
		time.Sleep(firstBackoff)
		keys, err := c.Keys(t.Context())
		if err != nil || keys.AccessKeyID != "a" {
			t.Fatalf("keys %v, error %v", keys, err)
		}
	})
}
