package poll_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/signature"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// gatewayInstance is an enterprise instance behind a gateway with a port of its own.
func gatewayInstance(version signature.Version) aliyun.Instance {
	return aliyun.Instance{URL: "http://gateway.example.com:8686", ID: "iot-1", RegionID: harness.Region, Signature: version}
}

// watchAll lets the harness need all four operations of the gateway.
func watchAll(h *harness.Harness, version signature.Version) {
	h.Accept(gateway.Key{ID: harness.OwnKey.ID, Secret: harness.OwnKey.Secret, Token: "to/k en+=="})
	h.Account().Credentials.SecurityToken = "to/k en+=="
	b := harness.Ordinary(time.Now())
	b.InstanceID = "iot-1"
	h.Put(b)
	h.Sim.AddFirmware(fleet.Firmware{Account: "main", InstanceID: "iot-1", ID: "fw 中+*~&=/", ProductKey: harness.ProductKey, Name: "firmware", DestVersion: "2"})
	h.Put(fleet.Batch{InstanceID: "iot-1", FirmwareID: "fw 中+*~&=/", JobID: "job 中+*~&=/", Tags: []fleet.Tag{{Key: "Owner", Value: "Cold Chain"}}})
	h.Account().Watch(harness.Region, gatewayInstance(version), []string{harness.JobID}, []string{harness.ProductKey}, nil)
	h.CountDevices()
	h.BulkStatus()
}

// Whatever signature a gateway demands and however it spells the keys of its answers,
// all four operations lead to the same metrics.
func TestGatewaysAreReadAlike(t *testing.T) {
	metrics := map[string]string{}
	for name, c := range map[string]struct {
		signature signature.Version
		gateway   gateway.Dialect
	}{
		"every signature, keys as documented": {"", gateway.Dialect{}},
		"v3":                                  {signature.V3, gateway.Dialect{Signature: "v3"}},
		"v1":                                  {signature.V1, gateway.Dialect{Signature: "v1"}},
		"v1, keys in camel case":              {signature.V1, gateway.Dialect{Signature: "v1", Spell: gateway.CamelCase}},
		"v1, keys in small letters":           {signature.V1, gateway.Dialect{Signature: "v1", Spell: strings.ToLower}},
		"v1, keys in capitals":                {signature.V1, gateway.Dialect{Signature: "v1", Spell: strings.ToUpper}},
		"v3, keys in camel case":              {signature.V3, gateway.Dialect{Signature: "v3", Spell: gateway.CamelCase}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := harness.New(t)
				h.Sim.SetDialect(c.gateway)
				watchAll(h, c.signature)
				h.Apply()
				h.Pass(2 * time.Minute)
				// When each was polled is left to chance where more than one is due.
				metrics[name] = harness.LinesWhere(h.Jobs(), func(line string) bool {
					return !strings.Contains(line, "_last_success_timestamp_seconds{") && !strings.Contains(line, "_last_finished_timestamp_seconds{")
				})
				for _, operation := range aliyun.Operations {
					if calls := h.Sim.Calls("main", operation); calls.Accepted == 0 || len(calls.Other) > 0 {
						t.Errorf("%s: %+v", operation, calls)
					}
				}
			})
		})
	}
	want := metrics["every signature, keys as documented"]
	for _, sample := range []string{`aliyun_iot_ota_job_status{account="production",job_id="job 中+*~&=/",status="COMPLETED"} 1`, `task_status="QUEUED"} 10`, `Cold Chain`} {
		if !strings.Contains(want, sample) {
			t.Errorf("no %s in:\n%s", sample, want)
		}
	}
	for name, got := range metrics {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-every signature +this one):\n%s", name, diff)
		}
	}
}

// The check reports a gateway that knows only the other signature, whatever it answers.
func TestCheckLiveNamesTheOtherSignature(t *testing.T) {
	want := map[signature.Version]string{
		"":           "understand calls with signature v3. Set signature to v1 for the account",
		signature.V3: "understand calls with signature v3. Set signature to v1 for the account",
		signature.V1: "understand calls with signature v1. Set signature to v3 for the account",
	}
	check := func(name string, version signature.Version, dialect gateway.Dialect, fault gateway.Fault) {
		t.Run(name+", signed with "+string(version), func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.Sim.SetDialect(dialect)
				if fault.Code != "" {
					h.Sim.Inject(fault)
				}
				watchAll(h, version)
				out, err := h.CheckLive()
				if err == nil || !strings.Contains(out, want[version]) {
					t.Errorf("error %v, want %q in:\n%s", err, want[version], out)
				}
				if strings.Contains(out, harness.OwnKey.Secret) || strings.Contains(out, "to/k") {
					t.Errorf("a secret is in:\n%s", out)
				}
			})
		})
	}
	for version, other := range map[signature.Version]string{"": "v1", signature.V3: "v1", signature.V1: "v3"} {
		check("a gateway of "+other, version, gateway.Dialect{Signature: other}, gateway.Fault{})
		for _, code := range []string{
			"IncompleteSignature", "InvalidVersion", "InvalidAction.NotFound", "UnsupportedOperation", "MissingParameter", "MissingAccessKeyId",
			"InvalidSignatureMethod", "MissingSignature", "NoSuchVersion",
		} {
			check(code, version, gateway.Dialect{}, gateway.Fault{Code: code})
		}
	}
}

// A reload changes the signature of batches that are there already, discovered ones
// included, and keeps what is known of them.
func TestReloadChangesTheSignature(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		watchAll(h, signature.V3)
		h.Apply()
		h.Pass(time.Minute)
		h.WantIDs(harness.JobID, "job 中+*~&=/")
		since := h.State(harness.JobID).AsOf

		h.Sim.SetDialect(gateway.Dialect{Signature: "v1"})
		h.Pass(5 * time.Minute)
		if s := h.State(harness.JobID); s.Err == nil || s.Job == nil || s.AsOf.Before(since) {
			t.Fatalf("state %+v, want an error and what was known before", s)
		}
		h.Account().Targets, h.Account().Discover = nil, nil
		h.Account().Watch(harness.Region, gatewayInstance(signature.V1), []string{harness.JobID}, []string{harness.ProductKey}, nil)
		h.Apply()
		h.Pass(5 * time.Minute)
		for _, s := range h.Store.Snapshot() {
			if s.Err != nil || s.Instance.Signature != signature.V1 {
				t.Errorf("%s: error %v, instance %+v", s.JobID, s.Err, s.Instance)
			}
		}
		h.WantIDs(harness.JobID, "job 中+*~&=/")
	})
}
