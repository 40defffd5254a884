package config_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config"
)

func load(t *testing.T, path string) *config.Config {
	t.Helper()
	c, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// same lets cmp.Diff compare secrets and patterns by their text.
var same = cmp.Options{
	cmp.Comparer(func(a, b config.Secret) bool { return a.Reveal() == b.Reveal() }),
	cmp.Comparer(func(a, b *regexp.Regexp) bool { return a.String() == b.String() }),
}

var withoutLines = cmpopts.IgnoreFields(config.Config{}, "Lines")

// Every omitted key gets its documented default. The file is also the example in an error
// message.
func TestSmallestFile(t *testing.T) {
	want := &config.Config{
		Polling: config.Polling{
			Interval:          15 * time.Second,
			SettledInterval:   24 * time.Hour,
			Timeout:           10 * time.Second,
			ExpectedDuration:  24 * time.Hour,
			DeviceInterval:    time.Minute,
			DiscoveryInterval: time.Minute,
			MaxAge:            168 * time.Hour,
		},
		Accounts: []config.Account{{
			Name:              "production",
			Region:            "cn-shanghai",
			Signature:         "v3",
			RequestsPerSecond: 5,
			Instances:         []config.Instance{{Jobs: []string{"wahVIzGkCMuAUE2gDERM020001"}}},
		}},
	}
	got := load(t, "testdata/good/smallest.yml")
	if diff := cmp.Diff(want, got, same, withoutLines); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	text, err := os.ReadFile("testdata/good/smallest.yml")
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != config.Smallest {
		t.Error("the example in the error message is not testdata/good/smallest.yml")
	}
}

// A key without a value is like no key, and the words and numbers of YAML 1.1 are read. The schema
// accepts the file too.
func TestPermissiveFile(t *testing.T) {
	got := load(t, "testdata/good/permissive.yml")
	a := got.Accounts[0]
	if got.Polling.Interval != 15*time.Second || got.Polling.Timeout != time.Minute+500*time.Millisecond || !a.DeviceCounts || a.BulkStatus {
		t.Errorf("intervals %v and %v, device_counts %v, bulk_status %v", got.Polling.Interval, got.Polling.Timeout, a.DeviceCounts, a.BulkStatus)
	}
	want := config.Credentials{AccessKeyID: "LTAIexample", AccessKeySecret: config.NewSecret("20231201"), SecurityToken: config.NewSecret("ab*c**d/+==")}
	if diff := cmp.Diff(want, a.Credentials, same); diff != "" {
		t.Errorf("credentials (-want +got):\n%s", diff)
	}
	if len(got.Warnings) > 0 {
		t.Errorf("warnings %q", got.Warnings)
	}
}

// Every key is read, including YAML anchors and merge keys. Doubtful values give warnings.
func TestFullFile(t *testing.T) {
	secret := config.NewSecret(planted)
	jobs := []config.Instance{{Jobs: []string{"wahVIzGkCMuAUE2gDERM020001", "20230001"}}}
	keys := config.Credentials{
		AccessKeyID:         "LTAIexample",
		AccessKeySecretFile: filepath.Join("testdata", "good", "secret"),
		SecurityTokenFile:   filepath.Join("testdata", "good", "secret"),
		RoleARN:             "acs:ram::1234567890123456:role/reader",
		RoleSessionName:     "exporter",
		ExternalID:          "42",
	}
	merged := keys // with a YAML merge key and one change
	merged.RoleARN = "acs:ram::2345678901234567:role/reader"
	want := &config.Config{
		Polling: config.Polling{
			Interval:          20 * time.Second,
			SettledInterval:   12 * time.Hour,
			Timeout:           5 * time.Second,
			ExpectedDuration:  48 * time.Hour,
			DeviceInterval:    2 * time.Minute,
			DiscoveryInterval: 5 * time.Minute,
			MaxAge:            24 * time.Hour,
		},
		Accounts: []config.Account{
			{
				Name: "key pair from files", Region: "cn-shanghai", Signature: "v3", RequestsPerSecond: 10, DeviceCounts: true, BulkStatus: true,
				Credentials: keys,
				Instances: []config.Instance{
					{
						ID:   "iot-cn-0pp1n8t0001",
						Jobs: []string{"wahVIzGkCMuAUE2gDERM020001", "20230001"},
						Discover: config.Discover{
							Products:  []string{"a19mzPZ0001", "a19mzPZ0002"},
							Firmwares: []string{"UfuxnwygsuSkVE0VCN0100"},
						},
					},
					{Jobs: []string{"wahVIzGkCMuAUE2gDERM020002"}},
					{ID: "iot-cn-0pp1n8t0002", Region: "cn-beijing", Jobs: []string{"wahVIzGkCMuAUE2gDERM020003"}},
				},
			},
			{
				Name: "key pair in the file, to a gateway", Endpoint: "http://[::1]:8080", Signature: "v1", RequestsPerSecond: 5,
				Credentials: config.Credentials{AccessKeyID: "LTAIexample", AccessKeySecret: secret, SecurityToken: secret},
				Instances:   jobs,
			},
			{Name: "merged keys", Region: "ap-southeast-1", Signature: "v3", RequestsPerSecond: 5, Credentials: merged, Instances: jobs},
			{
				Name: "role of the host", Signature: "v3", RequestsPerSecond: 5,
				Credentials: config.Credentials{ECSRAMRole: "reader"},
				Instances:   []config.Instance{{Region: "us-west-1", Discover: config.Discover{Products: []string{"a19mzPZ0001"}}}},
			},
			{
				Name: "OIDC", Region: "us-east-1", Signature: "v3", RequestsPerSecond: 5,
				Credentials: config.Credentials{
					OIDCProviderARN: "acs:ram::3456789012345678:oidc-provider/ack",
					OIDCTokenFile:   filepath.Join("testdata", "good", "secret"),
					RoleARN:         "acs:ram::3456789012345678:role/reader",
				},
				Instances: []config.Instance{{Discover: config.Discover{Firmwares: []string{"UfuxnwygsuSkVE0VCN0100"}}}},
			},
			{
				Name: "address with keys", Region: "eu-central-1", Signature: "v3", RequestsPerSecond: 5,
				Credentials: config.Credentials{CredentialsURI: "http://127.0.0.1:8080/keys"},
				Instances:   jobs,
			},
			{
				Name: "standard chain", Region: "cn-nowhere-1", Signature: "v3", RequestsPerSecond: 5,
				Instances: append(jobs[:1:1], config.Instance{Region: "cn-shenzhen"}),
			},
		},
		FailureReasons: []config.FailureReason{
			{Reason: "flash_full", Match: "(?i)no space|空间不足", Pattern: regexp.MustCompile("(?i)no space|空间不足")},
			{Reason: "download", Match: "^E20[0-9]", Pattern: regexp.MustCompile("^E20[0-9]")},
			{Reason: "unknown_2", Match: ".*", Pattern: regexp.MustCompile(".*")},
		},
		Warnings: []string{
			"line 34: accounts[1].region: missing, so calls with signature v1 have no RegionId; write one such as cn-shanghai, " +
				"unless your gateway has no regions",
			"line 72: accounts[6].region: unknown region; calls go to iot.<region>.aliyuncs.com anyway. Known regions are " +
				"cn-shanghai, ap-southeast-1, ap-northeast-1, us-west-1, us-east-1, eu-central-1, cn-beijing, cn-shenzhen",
			"line 76: accounts[6].instances[1]: cn-shenzhen has no public instance; write the id of your instance",
			"line 76: accounts[6].instances[1]: nothing to watch; write jobs or discover, or remove the instance",
			"line 83: failure_reasons[2].match: matches every text, so no later reason and no built-in reason is ever used; " +
				"write a pattern that needs at least one character",
		},
	}
	got := load(t, "testdata/good/full.yml")
	if diff := cmp.Diff(want, got, same, withoutLines); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	text, err := os.ReadFile("testdata/good/full.yml")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	for path, id := range map[string]string{
		"accounts[0].instances[0].jobs[1]":               "20230001",
		"accounts[0].instances[0].discover.products[0]":  "a19mzPZ0001",
		"accounts[0].instances[0].discover.firmwares[0]": "UfuxnwygsuSkVE0VCN0100",
		"accounts[1].instances[0].jobs[1]":               "20230001", // by an alias
	} {
		if line := got.Lines[path]; line < 1 || !strings.Contains(lines[line-1], id) {
			t.Errorf("%s has the line %d", path, line)
		}
	}
}

// The path of a secret file is relative to the directory of the configuration, not to the
// working directory. Large files are refused.
func TestSecretFileBesideTheConfiguration(t *testing.T) {
	dir := t.TempDir()
	text := strings.Replace(config.Smallest, "    instances:",
		"    credentials: {access_key_id: LTAIexample, access_key_secret_file: keys/secret}\n    instances:", 1)
	if err := os.Mkdir(filepath.Join(dir, "keys"), 0o700); err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(dir, "keys", "secret")
	for name, text := range map[string]string{secret: planted, filepath.Join(dir, "a.yml"): text} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := load(t, filepath.Join(dir, "a.yml")).Accounts[0].Credentials.AccessKeySecretFile; got != secret {
		t.Errorf("got %q, want %q", got, secret)
	}

	// The limit keeps a wrong path from exhausting memory.
	if err := os.WriteFile(secret, []byte(strings.Repeat("x", 64<<10+1)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := config.Load(filepath.Join(dir, "a.yml"))
	if err == nil || !strings.Contains(err.Error(), "larger than 64 KiB") {
		t.Errorf("a secret file of 64 KiB and a byte: got %v", err)
	}
}
