package deploy_test

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// ramDocument is a policy, or the trust policy of a role. It has the part of RAM's language
// that our documents use.
type ramDocument struct {
	Version   string
	Statement []struct {
		Effect    string
		Action    any
		Resource  string
		Principal map[string][]string
		Condition map[string]map[string][]string
	}
}

// ramFile reads a document, which must be a single statement that allows something.
func ramFile(t *testing.T, text string) (d ramDocument) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil || decoder.More() {
		t.Fatalf("error %v, or more than one document in\n%s", err, text)
	}
	if d.Version != "1" || len(d.Statement) != 1 || d.Statement[0].Effect != "Allow" {
		t.Errorf("not one statement that allows, of version 1:\n%s", text)
	}
	return d
}

// operations are the operations of the API that a policy allows to call.
func (d ramDocument) operations(t *testing.T) (allowed []string) {
	t.Helper()
	s := d.Statement[0]
	if s.Resource != "*" || s.Principal != nil || s.Condition != nil {
		t.Errorf("not just actions on *: %+v", s)
	}
	for _, action := range s.Action.([]any) {
		operation, ok := strings.CutPrefix(action.(string), "iot:")
		if !ok || !slices.Contains(aliyun.Operations, operation) {
			t.Errorf("the exporter needs no %v", action)
		}
		allowed = append(allowed, operation)
	}
	return allowed
}

// Each setting works with query.json and the policy that ram/README.md names for it, and
// calls all that they allow. If one action is missing, --config.check-live names it.
func TestPolicies(t *testing.T) {
	const job, product, firmware = "wahVIzGkCMuAUE2gDERM020001", "a19mzPZ0001", "UfuxnwygsuSkVE0VCN0001"
	in := aliyun.Instance{URL: "http://iot.cn-shanghai.aliyuncs.com"}
	base := ramFile(t, read(t, "ram/query.json")).operations(t)
	settings := map[string]func(*target.Account){
		"always":               func(a *target.Account) { a.Watch("", in, []string{job}, nil, nil) },
		"`discover.products`":  func(a *target.Account) { a.Watch("", in, nil, []string{product}, nil) },
		"`discover.firmwares`": func(a *target.Account) { a.Watch("", in, nil, nil, []string{firmware}) },
		"`bulk_status`":        func(a *target.Account) { a.Watch("", in, []string{job}, nil, nil); a.BulkStatus = true },
		"`device_counts`":      func(a *target.Account) { a.Watch("", in, []string{job}, nil, nil); a.DeviceCounts = true },
		"all of these": func(a *target.Account) {
			a.Watch("", in, []string{job}, []string{product}, []string{firmware})
			a.BulkStatus, a.DeviceCounts = true, true
		},
	}
	rows := regexp.MustCompile(`(?m)^\| (\S.*) \| \[(\S+)\]\((\S+)\) \| (.*) \|$`).FindAllStringSubmatch(read(t, "ram/README.md"), -1)
	// A row has the setting, a link to the file, and its actions.
	for _, row := range rows {
		setting, file, actions := row[1], row[2], row[4]
		set := settings[setting]
		if set == nil {
			t.Errorf("ram/README.md has a policy for %s, which is no setting", setting)
			continue
		}
		delete(settings, setting)
		t.Run(file, func(t *testing.T) {
			allowed := ramFile(t, read(t, filepath.Join("ram", file))).operations(t)
			if want := "`iot:" + strings.Join(allowed, "`, `iot:") + "`"; actions != want || row[3] != file {
				t.Errorf("ram/README.md says %s of %s, the file %s", actions, row[3], want)
			}
			inDocs := regexp.MustCompile("\n\\| " + strings.TrimSuffix(setting, "`") + "(: true)?` \\|.*\\| (.*) \\|\n").FindStringSubmatch(read(t, "docs/configuration.md"))
			if setting[0] == '`' && (inDocs == nil || inDocs[2] != actions) {
				t.Errorf("docs/configuration.md says of %s: %q, ram/README.md %s", setting, inDocs, actions)
			}
			if file != "all.json" { // that one stands alone, the others come on top of query.json
				allowed = slices.Compact(slices.Sorted(slices.Values(append(allowed, base...))))
			}
			lab := func(t *testing.T, allowed []string) ramLab {
				l := newRAMLab(t, allowed)
				l.sim.AddFirmware(fleet.Firmware{Account: "main", ID: firmware, ProductKey: product})
				l.sim.AddBatch(fleet.Batch{Account: "main", FirmwareID: firmware, JobID: job, Status: aliyun.StatusInProgress, Start: time.Now()})
				set(&l.setup.Accounts[0])
				return l
			}
			synctest.Test(t, func(t *testing.T) {
				l := lab(t, allowed)
				if out, err := l.checkLive(); err != nil {
					t.Errorf("%v\n%s", err, out)
				}
				if called := l.poll(); !slices.Equal(called, slices.Sorted(slices.Values(allowed))) {
					t.Errorf("calls %v, is allowed %v", called, allowed)
				}
			})
			// Without any one of the actions the live check must name it.
			for i, missing := range allowed {
				synctest.Test(t, func(t *testing.T) {
					out, err := lab(t, slices.Delete(slices.Clone(allowed), i, i+1)).checkLive()
					if want := "Grant the RAM action iot:" + missing + " "; err == nil || !strings.Contains(out, "permission") || !strings.Contains(out, want) {
						t.Errorf("error %v, and not %q, in\n%s", err, want, out)
					}
				})
			}
		})
	}
	if len(settings) > 0 {
		t.Errorf("ram/README.md has no policy for %d settings", len(settings))
	}
}

// The policy in docs/configuration.md is that of all.json. Both allow all that the exporter calls, and
// ram/README.md uses each file of its folder.
func TestPolicyOfTheDocuments(t *testing.T) {
	found := regexp.MustCompile("(?s)\n## Permissions\n.*?```json\n(.*?)```\n").FindStringSubmatch(read(t, "docs/configuration.md"))
	if found == nil {
		t.Fatal("docs/configuration.md has no policy")
	}
	all := ramFile(t, read(t, "ram/all.json"))
	if diff := cmp.Diff(all, ramFile(t, found[1])); diff != "" {
		t.Errorf("docs/configuration.md (-ram/all.json +docs/configuration.md):\n%s", diff)
	}
	if got := all.operations(t); !slices.Equal(got, aliyun.Operations) {
		t.Errorf("ram/all.json allows %v, the exporter calls %v", got, aliyun.Operations)
	}
	for _, file := range files(t, "ram/*.json") {
		if !strings.Contains(read(t, "ram/README.md"), "("+filepath.Base(file)+")") && !strings.Contains(read(t, "ram/README.md"), "cat "+filepath.Base(file)+")") {
			t.Errorf("ram/README.md does not use %s", file)
		}
	}
}
