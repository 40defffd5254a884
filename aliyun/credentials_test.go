package aliyun

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aliyun/credentials-go/credentials"
	"go.uber.org/goleak"
)

// bareEnvironment leaves the standard chain nothing but what the test adds, and
// keeps it away from the metadata service.
func bareEnvironment(t *testing.T) (home string) {
	t.Helper()
	home = t.TempDir()
	for _, e := range os.Environ() {
		if name, _, _ := strings.Cut(e, "="); strings.HasPrefix(name, "ALIBABA_CLOUD_") {
			t.Setenv(name, "")
		}
	}
	t.Setenv("HOME", home)
	t.Setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")
	return home
}

// fakeCredential is a source made of a function.
type fakeCredential func() (Keys, error)

func (f fakeCredential) GetCredential() (*credentials.CredentialModel, error) {
	k, err := f()
	if err != nil {
		return nil, err
	}
	return &credentials.CredentialModel{AccessKeyId: &k.AccessKeyID, AccessKeySecret: &k.AccessKeySecret, SecurityToken: &k.SecurityToken}, nil
}

// fakeSources stands in for credentials-go where time matters.
type fakeSources struct {
	answer                                   atomic.Value // func() (Keys, error)
	built, asked, failed, running, concurred atomic.Int32
}

func newFake(answer func() (Keys, error)) (*fakeSources, *Credentials) {
	f := new(fakeSources)
	f.answer.Store(answer)
	c := NewCredentials(CredentialsConfig{}, func(error) { f.failed.Add(1) })
	c.newSource = func(CredentialsConfig) (source, error) {
		f.built.Add(1)
		return fakeCredential(func() (Keys, error) {
			f.asked.Add(1)
			f.concurred.Store(max(f.concurred.Load(), f.running.Add(1)))
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

func testKeys(id string) Keys { return Keys{id, "secret of " + id, "token of " + id} }

// gives makes a source that always answers with these keys.
func gives(id string) func() (Keys, error) {
	return func() (Keys, error) { return testKeys(id), nil }
}

func fails(text string) func() (Keys, error) {
	return func() (Keys, error) { return Keys{}, errors.New(text) }
}

func hangs(d time.Duration, then func() (Keys, error)) func() (Keys, error) {
	return func() (Keys, error) { time.Sleep(d); return then() }
}

func wantKeys(t *testing.T, c *Credentials, id string) {
	t.Helper()
	keys, err := c.Keys(t.Context())
	if err != nil {
		t.Fatalf("keys: %v", err)
	}
	if keys != testKeys(id) {
		t.Fatalf("keys of %s, want those of %s", keys.AccessKeyID, id)
	}
}

func wantNoKeys(t *testing.T, c *Credentials, text string) {
	t.Helper()
	keys, err := c.Keys(t.Context())
	if err == nil {
		t.Fatalf("keys of %s, want an error", keys.AccessKeyID)
	}
	if !strings.Contains(err.Error(), text) {
		t.Fatalf("error %q, want %q in it", err, text)
	}
}

func TestCredentialsOfAConfiguration(t *testing.T) {
	bareEnvironment(t)
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "env-id")
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "env-secret")
	file := func(content string) string {
		path := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, tt := range map[string]struct {
		cfg  CredentialsConfig
		want Keys
		err  string
	}{
		"nothing: the standard chain, here the environment": {want: Keys{"env-id", "env-secret", ""}},
		"a key pair": {
			cfg:  CredentialsConfig{AccessKeyID: "id", AccessKeySecret: "secret"},
			want: Keys{"id", "secret", ""},
		},
		"a token with its key pair": {
			cfg:  CredentialsConfig{AccessKeyID: "id", AccessKeySecret: "secret", SecurityToken: "token"},
			want: Keys{"id", "secret", "token"},
		},
		"files that end in a newline": {
			cfg:  CredentialsConfig{AccessKeyID: "id", AccessKeySecretFile: file("secret\n"), SecurityTokenFile: file(" token\r\n")},
			want: Keys{"id", "secret", "token"},
		},
		"an id alone does not take the environment's secret": {
			cfg: CredentialsConfig{AccessKeyID: "id"},
			err: "access_key: an access key id and its secret are needed",
		},
		"a role without a key pair does not take the environment's": {
			cfg: CredentialsConfig{RoleARN: "acs:ram::1:role/r"},
			err: "ram_role_arn: an access key id and its secret are needed",
		},
		"an empty file": {
			cfg: CredentialsConfig{AccessKeyID: "id", AccessKeySecretFile: file("\n")},
			err: "the file is empty",
		},
		"no file": {
			cfg: CredentialsConfig{AccessKeyID: "id", AccessKeySecretFile: "/nowhere/secret"},
			err: "open /nowhere/secret: no such file or directory",
		},
		"a role of an OIDC token that is not there": {
			cfg: CredentialsConfig{OIDCProviderARN: "acs:ram::1:oidc-provider/p", OIDCTokenFile: "/nowhere/token", RoleARN: "acs:ram::1:role/r"},
			err: "oidc_role_arn: open /nowhere/token: no such file or directory",
		},
		"an ECS role where the metadata service is off": {
			cfg: CredentialsConfig{ECSRAMRole: "role"},
			err: "ecs_ram_role: IMDS credentials is disabled",
		},
	} {
		t.Run(name, func(t *testing.T) {
			keys, err := NewCredentials(tt.cfg, nil).Keys(t.Context())
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("error %v, want %q in it", err, tt.err)
				}
				return
			}
			if err != nil || keys != tt.want {
				t.Fatalf("keys %q %q %q, error %v", keys.AccessKeyID, keys.AccessKeySecret, keys.SecurityToken, err)
			}
		})
	}
}

// uriServer is a credentials URI on the loopback.
func uriServer(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func writeURIKeys(w io.Writer, k Keys, validFor time.Duration) {
	json.NewEncoder(w).Encode(map[string]string{
		"AccessKeyId": k.AccessKeyID, "AccessKeySecret": k.AccessKeySecret, "SecurityToken": k.SecurityToken,
		"Expiration": time.Now().Add(validFor).UTC().Format("2006-01-02T15:04:05Z"),
	})
}

// noLeak fails the test when goroutines are left at its end that were not there
// before. It stands before what else the test cleans up, and so is checked last.
func noLeak(t *testing.T) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
}

func TestCredentialsFirstCallsShareOneRefresh(t *testing.T) {
	noLeak(t)
	var requests atomic.Int32
	arrived, release := make(chan struct{}, 20), make(chan struct{})
	uri := uriServer(t, func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		arrived <- struct{}{}
		<-release
		writeURIKeys(w, testKeys("a"), time.Hour)
	})
	c := NewCredentials(CredentialsConfig{CredentialsURI: uri}, nil)
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
		f, c := newFake(hangs(time.Second, gives("a")))
		for range 20 {
			go c.Keys(t.Context())
		}
		synctest.Wait() // all of them wait
		f.want(t, 1, 1, 0)
		time.Sleep(time.Second) // the source answers, all goroutines end
	})
}

func TestCredentialsStaticKeysAreOffTheSlowPath(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c := newFake(gives("a"))
		for range 600 { // one minute at 10 calls a second
			wantKeys(t, c, "a")
			time.Sleep(100 * time.Millisecond)
		}
		f.want(t, 1, 6, 0)
	})
}

// The source of the keys appears only after the first call, and is not the
// last of the chain: credentials-go by itself never finds it.
func TestCredentialsRecoverFromAFailedFirstCall(t *testing.T) {
	home := bareEnvironment(t)
	t.Setenv("ALIBABA_CLOUD_CREDENTIALS_URI", "nothing://speaks.this") // last of the chain; fails without a network
	profile := func() {
		text := "[default]\ntype = access_key\naccess_key_id = a\naccess_key_secret = secret of a\n"
		if err := os.Mkdir(filepath.Join(home, ".alibabacloud"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(home, ".alibabacloud", "credentials"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		c := NewCredentials(CredentialsConfig{}, nil)
		wantNoKeys(t, c, "default: unable to get credentials from any of the providers in the chain")
		profile()
		time.Sleep(firstBackoff)
		keys, err := c.Keys(t.Context())
		if err != nil || keys.AccessKeyID != "a" {
			t.Fatalf("keys %v, error %v", keys, err)
		}
	})
}

func TestCredentialsLastGoodKeysHoldFor150Seconds(t *testing.T) {
	for name, answer := range map[string]func() (Keys, error){
		"the source fails":             fails("no route"),
		"the source hangs, then fails": hangs(15*time.Second, fails("no route")),
		"the source never answers":     hangs(time.Hour, gives("late")),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, c := newFake(gives("a"))
				wantKeys(t, c, "a")
				good := time.Now()
				f.answer.Store(answer)
				slow := int32(0)
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
				if n := f.concurred.Load(); n != 1 {
					t.Errorf("%d refreshes at once", n)
				}
				time.Sleep(time.Hour) // the source answers, its goroutine ends
			})
		})
	}
}

func TestCredentialsPatienceEndsWithTheLastGoodKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c := newFake(gives("a"))
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

// After an hour without a call nobody knows how long the old keys hold.
func TestCredentialsOldKeysDoNotStandInAfterAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c := newFake(gives("a"))
		wantKeys(t, c, "a")
		time.Sleep(time.Hour)
		f.answer.Store(fails("no route"))
		wantNoKeys(t, c, "no route")
	})
}

func TestCredentialsFailedSourceIsBuiltAnewAndNotHammered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, c := newFake(fails("no route"))
		for range 1000 { // 100 s at 10 calls a second
			wantNoKeys(t, c, "default: no route")
			time.Sleep(100 * time.Millisecond)
		}
		// at 0, 1, 3, 7, 15, 30, 45, 60, 75 and 90 s
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

func TestCredentialsACallerLeavesWithItsContext(t *testing.T) {
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
	c := NewCredentials(CredentialsConfig{CredentialsURI: uri}, nil)
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

func TestCredentialsReject(t *testing.T) {
	for name, test := range map[string]func(*testing.T, *fakeSources, *Credentials){
		"a new credential is asked at the next call": func(t *testing.T, f *fakeSources, c *Credentials) {
			time.Sleep(recheckAfter)
			wantKeys(t, c, "a")
			f.answer.Store(gives("b"))
			c.Reject(testKeys("a"))
			wantKeys(t, c, "b")
			f.want(t, 2, 3, 0)
		},
		"rejected keys do not stand in for a source that fails": func(t *testing.T, f *fakeSources, c *Credentials) {
			time.Sleep(recheckAfter)
			f.answer.Store(fails("no route"))
			c.Reject(testKeys("a"))
			wantNoKeys(t, c, "no route")
		},
		"rejected keys do not stand in for a source that hangs": func(t *testing.T, f *fakeSources, c *Credentials) {
			time.Sleep(recheckAfter)
			f.answer.Store(hangs(2*patience, gives("b")))
			c.Reject(testKeys("a"))
			wantKeys(t, c, "b")
		},
		"newer keys are known already": func(t *testing.T, f *fakeSources, c *Credentials) {
			time.Sleep(recheckAfter)
			f.answer.Store(gives("b"))
			wantKeys(t, c, "b")
			c.Reject(testKeys("a"))
			wantKeys(t, c, "b")
			f.want(t, 1, 2, 0)
		},
		"keys that are always wrong do not hammer the source": func(t *testing.T, f *fakeSources, c *Credentials) {
			for range 600 { // one minute at 10 calls a second
				wantKeys(t, c, "a")
				c.Reject(testKeys("a"))
				time.Sleep(100 * time.Millisecond)
			}
			f.want(t, 6, 6, 0)
		},
		"the old credential is being asked": func(t *testing.T, f *fakeSources, c *Credentials) {
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
				f, c := newFake(gives("a"))
				wantKeys(t, c, "a")
				test(t, f, c)
			})
		})
	}
}

// Kubernetes points the symlink ..data at a new directory; the old one may be
// gone for a moment.
func TestCredentialsSecretFileChanges(t *testing.T) {
	dir := t.TempDir()
	publish := func(version string) {
		if err := os.Mkdir(filepath.Join(dir, version), 0o700); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, version, "secret")
		if err := os.WriteFile(file, []byte("secret of "+version+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
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
		c := NewCredentials(CredentialsConfig{AccessKeyID: "id", AccessKeySecretFile: filepath.Join(dir, "..data", "secret")}, func(error) { failures++ })
		wantSecret := func(want string) {
			t.Helper()
			keys, err := c.Keys(t.Context())
			if err != nil || keys.AccessKeySecret != want {
				t.Fatalf("secret %q, error %v, want %q", keys.AccessKeySecret, err, want)
			}
		}
		wantSecret("secret of one")
		publish("two")
		time.Sleep(recheckAfter)
		wantSecret("secret of two")

		os.Remove(filepath.Join(dir, "..data"))
		time.Sleep(recheckAfter)
		wantSecret("secret of two")
		if failures != 1 {
			t.Errorf("%d failures, want 1", failures)
		}
		publish("three")
		time.Sleep(firstBackoff)
		wantSecret("secret of three")
	})
}

// Whatever a source answers, no error tells a key, a token or a query of it.
func TestCredentialsErrorsHoldNoSecret(t *testing.T) {
	home := bareEnvironment(t)
	profile := filepath.Join(home, ".alibabacloud")
	cli := filepath.Join(home, ".aliyun")
	for path, text := range map[string]string{
		filepath.Join(profile, "credentials"): "[default]\nHUSH\n",
		filepath.Join(cli, "config.json"):     `{"current": "default", "profiles": [{"access_key_secret": "HUSH"},`,
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	answers := func(status int, body string) CredentialsConfig {
		uri := uriServer(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			io.WriteString(w, body)
		})
		return CredentialsConfig{CredentialsURI: strings.Replace(uri, "://", "://me:HUSH@", 1) + "/keys?token=HUSH"}
	}
	says := func(text string) func(CredentialsConfig) (source, error) {
		return func(CredentialsConfig) (source, error) { return fakeCredential(fails(text)), nil }
	}
	for name, tt := range map[string]struct {
		cfg    CredentialsConfig
		source func(CredentialsConfig) (source, error) // nil: credentials-go
		want   string
	}{
		"keys without an expiration": {
			cfg:  answers(200, `{"AccessKeyId": "a", "AccessKeySecret": "HUSH", "SecurityToken": "HUSH"}`),
			want: "/keys?<query> failed: <answer>",
		},
		"a refusal with a code": {
			cfg:  answers(403, `{"Code": "NoPermission", "Message": "HUSH"}`),
			want: "/keys?<query> failed: <answer with code NoPermission>",
		},
		"plain text":            {cfg: answers(500, `key = HUSH`), want: "failed: <answer>"},
		"a page":                {cfg: answers(502, `<html>HUSH</html>`), want: "failed: <answer>"},
		"an answer that is cut": {cfg: answers(500, `{"AccessKeySecret": "HUSH`), want: "failed: <answer>"},
		"more than an object":   {cfg: answers(500, `{"Code": "A"} HUSH`), want: "failed: <answer with code A>"},
		"a number and more":     {cfg: answers(500, `12 HUSH`), want: "failed: <answer>"},
		"a code that is none":   {cfg: answers(500, `{"Code": {"x": "HUSH"}}`), want: "failed: <answer>"},
		"not JSON, status 200":  {cfg: answers(200, `HUSH`), want: "json unmarshal fail"},
		"no connection": {
			cfg:  CredentialsConfig{CredentialsURI: "http://me:HUSH@127.0.0.1:1/keys?token=HUSH"},
			want: `Get "http://127.0.0.1:1/keys?<query>": dial tcp 127.0.0.1:1: connect: connection refused`,
		},
		"broken profiles of the standard chain": {want: "default: unable to get credentials"},
		"a broken line in the shared profile": {
			source: says("ERROR: Can not open filekey-value delimiter not found: HUSH"),
			want:   "default: ERROR: Can not open file<answer>",
		},
		"a token in the query to STS": {
			source: says(`Post "https://sts.aliyuncs.com/?AccessKeyId=a&SecurityToken=HUSH%2B": context deadline exceeded`),
			want:   `Post "https://sts.aliyuncs.com/?<query>": context deadline exceeded`,
		},
		"two sources of a chain": {
			source: says(`get session token failed: {"Code": "AuthenticationFail.OIDCToken.Expired", "Message": "HUSH"}, refresh Ecs sts token err, httpStatus: 404, message = HUSH`),
			want:   "default: get session token failed: <answer with code AuthenticationFail.OIDCToken.Expired>, refresh Ecs sts token err, httpStatus: 404, message = <answer>",
		},
		"a refusal of STS that is no JSON": {
			source: says("refresh session token failed: HUSH"),
			want:   "default: refresh session token failed: <answer>",
		},
		"a refusal of the single sign-on that is no JSON": {
			source: says("get session token from sso failed: HUSH"),
			want:   "default: get session token from sso failed: <answer>",
		},
		"an external command": {
			source: says("failed to execute external command: exit status 1\nstderr: HUSH"),
			want:   "exit status 1\nstderr: <answer>",
		},
		"the secret of the configuration": {
			cfg:    CredentialsConfig{AccessKeyID: "a", AccessKeySecret: "HUSH", SecurityToken: "HUSH"},
			source: says("no good: HUSH"),
			want:   "sts: no good: <secret>",
		},
	} {
		t.Run(name, func(t *testing.T) {
			var told error
			c := NewCredentials(tt.cfg, func(err error) { told = err })
			if tt.source != nil {
				c.newSource = tt.source
			}
			wantNoKeys(t, c, tt.want)
			if text := fmt.Sprintf("%v %+v %#v", told, errors.Unwrap(told), told); strings.Contains(text, "HUSH") {
				t.Errorf("the secret is in %s", text)
			}
		})
	}
}

// STS without Expiration and the metadata service without Code make
// credentials-go panic.
func TestCredentialsSurviveAPanicOfTheSource(t *testing.T) {
	_, c := newFake(func() (Keys, error) { var none *Keys; return *none, nil })
	wantNoKeys(t, c, "panic over the source's answer")
}

func TestCredentialsAnAnswerWithEmptyKeysIsAFailure(t *testing.T) {
	uri := uriServer(t, func(w http.ResponseWriter, _ *http.Request) { writeURIKeys(w, Keys{}, time.Hour) })
	wantNoKeys(t, NewCredentials(CredentialsConfig{CredentialsURI: uri}, nil), "the source's answer has no access key")
}

func TestCredentialsPrintNoSecret(t *testing.T) {
	keys := Keys{"id", "HUSH", "HUSH"}
	cfg := CredentialsConfig{AccessKeyID: "id", AccessKeySecret: "HUSH", SecurityToken: "HUSH", CredentialsURI: "http://HUSH"}
	c := NewCredentials(CredentialsConfig{AccessKeyID: "id", AccessKeySecret: "HUSH"}, nil)
	if _, err := c.Keys(t.Context()); err != nil {
		t.Fatal(err)
	}
	hex := fmt.Sprintf("%x", "HUSH")
	for _, value := range []any{keys, &keys, []Keys{keys}, struct{ K Keys }{keys}, cfg, &cfg, c} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%10.3s"} {
			if text := fmt.Sprintf(verb, value); strings.Contains(text, "HUSH") || strings.Contains(strings.ToLower(text), hex) {
				t.Errorf("%s of a %T: %s", verb, value, text)
			}
		}
		if text, err := json.Marshal(value); err != nil || strings.Contains(string(text), "HUSH") {
			t.Errorf("JSON of a %T: %s, error %v", value, text, err)
		}
	}
}
