package credentials

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

// The next call replaces rejected keys, but not more than once per recheckAfter.
func TestRejectedKeysAreReplaced(t *testing.T) {
	for name, test := range map[string]func(*testing.T, *fakeSources, *Provider){
		"a new credential is asked at the next call": func(t *testing.T, f *fakeSources, c *Provider) {
			time.Sleep(recheckAfter)
			wantKeys(t, c, "a")
			f.answer.Store(gives("b"))
			c.Reject(testKeys("a"))
			wantKeys(t, c, "b")
			f.want(t, 2, 3, 0)
		},
		"rejected keys do not stand in for a source that fails": func(t *testing.T, f *fakeSources, c *Provider) {
			time.Sleep(recheckAfter)
			f.answer.Store(fails("no route"))
			c.Reject(testKeys("a"))
			wantNoKeys(t, c, "no route")
		},
		"rejected keys do not stand in for a source that hangs": func(t *testing.T, f *fakeSources, c *Provider) {
			time.Sleep(recheckAfter)
			f.answer.Store(hangs(2*patience, gives("b")))
			c.Reject(testKeys("a"))
			wantKeys(t, c, "b")
		},
		"newer keys are known already": func(t *testing.T, f *fakeSources, c *Provider) {
			time.Sleep(recheckAfter)
			f.answer.Store(gives("b"))
			wantKeys(t, c, "b")
			c.Reject(testKeys("a"))
			wantKeys(t, c, "b")
			f.want(t, 1, 2, 0)
		},
		"keys that are always wrong do not hammer the source": func(t *testing.T, f *fakeSources, c *Provider) {
			for range 600 { // one minute at 10 calls a second
				wantKeys(t, c, "a")
				c.Reject(testKeys("a"))
				time.Sleep(100 * time.Millisecond)
			}
			f.want(t, 6, 6, 0) // once in recheckAfter
		},
		// Its answer is from before the rejection, so it is ignored.
		"the old credential is being asked": func(t *testing.T, f *fakeSources, c *Provider) {
			time.Sleep(recheckAfter)
			f.answer.Store(hangs(time.Second, gives("a")))
			go c.Keys(t.Context())
			synctest.Wait()
			c.Reject(testKeys("a"))
			go func() { time.Sleep(500 * time.Millisecond); f.answer.Store(gives("b")) }()
			wantKeys(t, c, "b")
			f.want(t, 2, 3, 0)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, c := newFakeSources(gives("a"))
				wantKeys(t, c, "a")
				test(t, f, c)
			})
		})
	}
}

// A changed secret file is read again. Kubernetes changes it by pointing the symlink ..data
// to a new directory; for a moment the file may be missing.
func TestChangedSecretFile(t *testing.T) {
	dir := t.TempDir()
	// All versions have the same modification time, so that only their content differs.
	publish := func(version string) {
		file := filepath.Join(dir, version, "secret")
		writeFile(t, file, "secret-of-"+version+"\n")
		if err := os.Chtimes(file, time.Unix(1, 0), time.Unix(1, 0)); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(version, filepath.Join(dir, "new")); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(dir, "new"), filepath.Join(dir, "..data")); err != nil {
			t.Fatal(err)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		publish("one")
		failures := 0
		c := New(Config{AccessKeyID: "id", AccessKeySecretFile: filepath.Join(dir, "..data", "secret")}, func(error) { failures++ })
		wantSecret := func(want string) {
			t.Helper()
			keys, err := c.Keys(t.Context())
			if err != nil || keys.AccessKeySecret != want {
				t.Fatalf("secret %q, error %v, want %q", keys.AccessKeySecret, err, want)
			}
		}
		wantSecret("secret-of-one")
		publish("two")
		time.Sleep(recheckAfter)
		wantSecret("secret-of-two")

		// The last good secret is used while the file is missing.
		os.Remove(filepath.Join(dir, "..data"))
		time.Sleep(recheckAfter)
		wantSecret("secret-of-two")
		if failures != 1 {
			t.Errorf("%d failures, want 1", failures)
		}
		// The same while it has an invalid content.
		publish("two lines")
		time.Sleep(firstBackoff)
		wantSecret("secret-of-two")
		if failures != 2 {
			t.Errorf("%d failures, want 2", failures)
		}
		publish("three")
		time.Sleep(maxBackoff)
		wantSecret("secret-of-three")
	})
}
