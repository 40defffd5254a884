package credentials

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aliyun/credentials-go/credentials"
)

// fakeSources replaces credentials-go where time matters: in a synctest bubble, no time
// passes while a real source waits for the network. It counts how it is used.
type fakeSources struct {
	answer       atomic.Value // func() (Keys, error); a test may replace it at any time
	built, asked atomic.Int32 // sources that were made; questions to them
	failed       atomic.Int32 // failures that were reported
	running      atomic.Int32 // questions under way now
	mostAtOnce   atomic.Int32 // the highest that running has been
}

// newFakeSources returns a Provider whose source answers with this function.
func newFakeSources(answer func() (Keys, error)) (*fakeSources, *Provider) {
	f := new(fakeSources)
	f.answer.Store(answer)
	c := New(Config{}, func(error) { f.failed.Add(1) })
	c.newSource = func(Config) (source, error) {
		f.built.Add(1)
		return fakeCredential(func() (Keys, error) {
			f.asked.Add(1)
			f.mostAtOnce.Store(max(f.mostAtOnce.Load(), f.running.Add(1)))
			defer f.running.Add(-1)
			return f.answer.Load().(func() (Keys, error))()
		}), nil
	}
	return f, c
}

func (f *fakeSources) want(t *testing.T, built, asked, failed int32) {
	t.Helper()
	if b, a, n := f.built.Load(), f.asked.Load(), f.failed.Load(); b != built || a != asked || n != failed {
		t.Errorf("built %d, asked %d, failed %d times, want %d, %d, %d", b, a, n, built, asked, failed)
	}
}

// fakeCredential is a source that calls a function.
type fakeCredential func() (Keys, error)

func (f fakeCredential) GetCredential() (*credentials.CredentialModel, error) {
	k, err := f()
	if err != nil {
		return nil, err
	}
	return &credentials.CredentialModel{AccessKeyId: &k.AccessKeyID, AccessKeySecret: &k.AccessKeySecret, SecurityToken: &k.SecurityToken}, nil
}

// testKeys are keys that differ only in their id.
func testKeys(id string) Keys { return Keys{id, "secret of " + id, "token of " + id} }

// gives answers with the keys with this id.
func gives(id string) func() (Keys, error) {
	return func() (Keys, error) { return testKeys(id), nil }
}

// fails answers with an error with this text.
func fails(text string) func() (Keys, error) {
	return func() (Keys, error) { return Keys{}, errors.New(text) }
}

// hangs delays an answer.
func hangs(d time.Duration, then func() (Keys, error)) func() (Keys, error) {
	return func() (Keys, error) { time.Sleep(d); return then() }
}

// wantKeys fails the test unless the next call returns the keys with this id.
func wantKeys(t *testing.T, c *Provider, id string) {
	t.Helper()
	keys, err := c.Keys(t.Context())
	if err != nil {
		t.Fatalf("keys: %v", err)
	}
	if keys != testKeys(id) {
		t.Fatalf("keys of %s, want those of %s", keys.AccessKeyID, id)
	}
}

// wantNoKeys fails the test unless the next call returns an error with this text.
func wantNoKeys(t *testing.T, c *Provider, text string) {
	t.Helper()
	keys, err := c.Keys(t.Context())
	if err == nil {
		t.Fatalf("keys of %s, want an error", keys.AccessKeyID)
	}
	if !strings.Contains(err.Error(), text) {
		t.Fatalf("error %q, want %q in it", err, text)
	}
}
