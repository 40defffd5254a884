package poll_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/gateway"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
)

// gatewayInstance is an enterprise instance behind a gateway with a port of its own.
func gatewayInstance(signature aliyun.Signature) aliyun.Instance {
	return aliyun.Instance{URL: "http://gateway.example.com:8686", ID: "iot-1", RegionID: harness.Region, Signature: signature}
}

// watchAll lets the harness need all four operations of the gateway.
func watchAll(h *harness.Harness, signature aliyun.Signature) {
	h.Accept(gateway.Key{ID: harness.OwnKey.ID, Secret: harness.OwnKey.Secret, Token: "to/k en+=="})
	h.Account().Credentials.SecurityToken = "to/k en+=="
	b := harness.Ordinary(time.Now())
	b.InstanceID = "iot-1"
	h.Put(b)
	h.Sim.AddFirmware(fleet.Firmware{Account: "main", InstanceID: "iot-1", ID: "fw 中+*~&=/", ProductKey: harness.ProductKey, Name: "firmware", DestVersion: "2"})
	h.Put(fleet.Batch{InstanceID: "iot-1", FirmwareID: "fw 中+*~&=/", JobID: "job 中+*~&=/", Tags: []fleet.Tag{{Key: "Owner", Value: "Cold Chain"}}})
	h.Account().Watch(harness.Region, gatewayInstance(signature), []string{harness.JobID}, []string{harness.ProductKey}, nil)
	h.CountDevices()
	h.BulkStatus()
}

// Whatever signature a gateway demands and however it spells the keys of its answers,
// all four operations lead to the same metrics.
func TestGatewaysAreReadAlike(t *testing.T) {
	metrics := map[string]string{}
	t.Run("gateways", func(t *testing.T) {
		for name, c := range map[string]struct {
			signature aliyun.Signature
			gateway   gateway.Dialect
		}{
			"every signature, keys as documented": {"", gateway.Dialect{}},
			"v3":                                  {aliyun.SignatureV3, gateway.Dialect{Signature: "v3"}},
			"v1":                                  {aliyun.SignatureV1, gateway.Dialect{Signature: "v1"}},
			"v1, keys in camel case":              {aliyun.SignatureV1, gateway.Dialect{Signature: "v1", Spell: gateway.CamelCase}},
			"v1, keys in small letters":           {aliyun.SignatureV1, gateway.Dialect{Signature: "v1", Spell: strings.ToLower}},
			"v1, keys in capitals":                {aliyun.SignatureV1, gateway.Dialect{Signature: "v1", Spell: strings.ToUpper}},
			"v3, keys in camel case":              {aliyun.SignatureV3, gateway.Dialect{Signature: "v3", Spell: gateway.CamelCase}},
		} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					h := harness.New(t)
					h.Sim.SetDialect(c.gateway)
					watchAll(h, c.signature)
					h.Apply()
					h.Pass(2 * time.Minute)
					// When each was polled is left to chance where more than one is due.
					metrics[name] = harness.LinesWhere(h.Jobs(), func(line string) bool { return !strings.Contains(line, "_last_success_timestamp_seconds{") })
					for _, operation := range aliyun.Operations {
						if calls := h.Sim.Calls("main", operation); calls.Accepted == 0 || len(calls.Other) > 0 {
							t.Errorf("%s: %+v", operation, calls)
						}
					}
				})
			})
		}
	})
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

// A gateway that knows only the other signature is told as that, whatever it says.
func TestCheckLiveNamesTheOtherSignature(t *testing.T) {
	want := map[aliyun.Signature]string{
		"":                 "understand calls with signature v3. Set signature to v1 for the account",
		aliyun.SignatureV3: "understand calls with signature v3. Set signature to v1 for the account",
		aliyun.SignatureV1: "understand calls with signature v1. Set signature to v3 for the account",
	}
	check := func(name string, signature aliyun.Signature, gateway gateway.Dialect, fault gateway.Fault) {
		t.Run(name+", signed with "+string(signature), func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				h.Sim.SetDialect(gateway)
				if fault.Code != "" {
					h.Sim.Inject(fault)
				}
				watchAll(h, signature)
				out, err := h.CheckLive()
				if err == nil || !strings.Contains(out, want[signature]) {
					t.Errorf("error %v, want %q in:\n%s", err, want[signature], out)
				}
				if strings.Contains(out, harness.OwnKey.Secret) || strings.Contains(out, "to/k") {
					t.Errorf("a secret is in:\n%s", out)
				}
			})
		})
	}
	for signature, other := range map[aliyun.Signature]string{"": "v1", aliyun.SignatureV3: "v1", aliyun.SignatureV1: "v3"} {
		check("a gateway of "+other, signature, gateway.Dialect{Signature: other}, gateway.Fault{})
		for _, code := range []string{
			"IncompleteSignature", "InvalidVersion", "InvalidAction.NotFound", "UnsupportedOperation", "MissingParameter", "MissingAccessKeyId",
			"InvalidSignatureMethod", "MissingSignature", "NoSuchVersion",
		} {
			check(code, signature, gateway.Dialect{}, gateway.Fault{Code: code})
		}
	}
}

// A reload changes the signature of batches that are there already, discovered ones
// included, and keeps what is known of them.
func TestReloadChangesTheSignature(t *testing.T) {
	harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
		watchAll(h, aliyun.SignatureV3)
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
		h.Account().Watch(harness.Region, gatewayInstance(aliyun.SignatureV1), []string{harness.JobID}, []string{harness.ProductKey}, nil)
		h.Apply()
		h.Pass(5 * time.Minute)
		for _, s := range h.Store.Snapshot() {
			if s.Err != nil || s.Instance.Signature != aliyun.SignatureV1 {
				t.Errorf("%s: error %v, instance %+v", s.JobID, s.Err, s.Instance)
			}
		}
		h.WantIDs(harness.JobID, "job 中+*~&=/")
	})
}
