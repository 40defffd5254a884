package credentials

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// asksSources is an environment variable for a child process of the test below, whose
// requests the test examines: net/http reads the proxy of the environment once per process.
const asksSources = "TEST_ASKS_SOURCES"

// No request to the metadata service goes through a proxy, whichever source sends it. The
// other requests must go through the proxy, which shows that the proxy is used at all.
// Nothing is sent directly: the test refuses and prints direct requests.
func TestNoProxyForTheMetadataService(t *testing.T) {
	if os.Getenv(asksSources) != "" {
		askSources(t)
		return
	}
	var mu sync.Mutex
	var proxied []string // hosts
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		proxied = append(proxied, r.Host)
		w.WriteHeader(http.StatusBadGateway)
	}))
	defer proxy.Close()

	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNoProxyForTheMetadataService$", "-test.v")
	child.Env = []string{
		asksSources + "=1", "HOME=" + t.TempDir(), "HTTP_PROXY=" + proxy.URL, "HTTPS_PROXY=" + proxy.URL,
		"ALIBABA_CLOUD_CREDENTIALS_URI=http://keys.example.com/", "ALIBABA_CLOUD_STS_REGION=cn-shanghai", "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED=true",
	}
	out, err := child.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, source := range []string{"the role of the host", "the standard chain", "a profile"} {
		if !strings.Contains(string(out), source+": directly to http://100.100.100.200/") {
			t.Errorf("%s did not ask the metadata service directly:\n%s", source, out)
		}
	}
	slices.Sort(proxied)
	want := []string{"keys.example.com", "keys.example.com", "keys.example.com", "sts-vpc.cn-shanghai.aliyuncs.com:443"}
	if diff := cmp.Diff(want, proxied); diff != "" {
		t.Errorf("hosts at the proxy (-want +got):\n%s\n%s", diff, out)
	}
}

// askSources asks every kind of source that uses the network.
func askSources(t *testing.T) {
	asking := ""
	http.DefaultTransport.(*http.Transport).Proxy = func(r *http.Request) (*url.URL, error) {
		by, err := Proxy(r)
		if err == nil && by == nil {
			fmt.Printf("%s: directly to %s\n", asking, r.URL)
			err = errors.New("not sent")
		}
		return by, err
	}
	ask := func(name string, cfg Config) {
		asking = name
		if _, err := New(cfg, nil).Keys(t.Context()); err == nil {
			t.Errorf("%s: keys from nowhere", name)
		}
	}
	ask("an address", Config{CredentialsURI: "http://keys.example.com/"})
	ask("an assumed role", Config{AccessKeyID: "id", AccessKeySecret: "secret", RoleARN: "acs:ram::1:role/r"})
	ask("the role of the host", Config{ECSRAMRole: "r"})
	ask("the standard chain", Config{})
	writeFile(t, filepath.Join(os.Getenv("HOME"), ".aliyun", "config.json"),
		`{"current":"p","profiles":[{"name":"p","mode":"EcsRamRole","ram_role_name":"r"}]}`)
	ask("a profile", Config{})
}
