package expose_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/fleet"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/harness"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/promtext"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/situations"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// Each field of a job affects /metrics. Without the field, its metric or its label value
// disappears, because /metrics must not show what the API did not send.
func TestEveryFieldReachesMetrics(t *testing.T) {
	full := rendered(t, fullJob(t))
	for field := range reflect.TypeFor[aliyun.Job]().Fields() {
		t.Run(field.Name, func(t *testing.T) {
			job := fullJob(t)
			value := reflect.ValueOf(job).Elem().FieldByIndex(field.Index)

			value.Set(fill(t, field, 2))
			if rendered(t, job) == full {
				t.Errorf("another value does not change /metrics: add a line to metrics.go or labels.go")
			}
			value.SetZero()
			absent := rendered(t, job)
			label := strings.Count(absent, `=""`) == strings.Count(full, `=""`)+1
			metric := len(promtext.Names(absent)) == len(promtext.Names(full))-1
			if label == metric {
				t.Errorf("without the field, no metric disappears and no label of job_info becomes empty (-with +without):\n%s", cmp.Diff(full, absent))
			}
		})
	}
}

// An answer of the API with a single field gives the same metrics as a Job with that field,
// which tests the decoding.
func TestEveryFieldOnTheWire(t *testing.T) {
	for field := range reflect.TypeFor[aliyun.Job]().Fields() {
		t.Run(field.Name, func(t *testing.T) {
			harness.Simulated(t, func(t *testing.T, h *harness.Harness) {
				value := fill(t, field, 1)
				wire, err := json.Marshal(value.Interface())
				if err != nil {
					t.Fatal(err)
				}
				if list := field.Tag.Get("list"); list != "" {
					wire = []byte(`{"` + list + `":` + string(wire) + `}`)
				}
				answer := situations.Nothing()
				answer[situations.WireName(field)] = json.RawMessage(wire)
				h.Add(fleet.Batch{Override: answer})
				got := h.Jobs()

				job := &aliyun.Job{JobStatus: new(aliyun.StatusInProgress)} // required in an answer
				if empty := rendered(t, job); got == empty {
					t.Errorf("%s does not reach /metrics", wire)
				}
				reflect.ValueOf(job).Elem().FieldByIndex(field.Index).Set(value)
				if diff := cmp.Diff(rendered(t, job), got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", wire, diff)
				}
			})
		})
	}
}

// rendered returns /metrics of a batch that is watched as by Harness.Add and was polled when
// the clock of a synctest bubble starts.
func rendered(t *testing.T, job *aliyun.Job) string {
	t.Helper()
	asked := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	states := store.New()
	states.SetExpectedDuration(24 * time.Hour)
	states.Replace(nil, &store.State{
		Target: target.Target{Account: "production", Region: harness.Region, JobID: harness.JobID},
		Job:    job, AsOf: asked, Asked: asked,
	})
	return harness.Get(harness.NewHandler(t, states)).Body.String()
}

func fullJob(t *testing.T) *aliyun.Job {
	t.Helper()
	job := &aliyun.Job{}
	for field, value := range reflect.ValueOf(job).Elem().Fields() {
		value.Set(fill(t, field, 1))
	}
	return job
}

// fill returns a value of the type of the field. Other fields and other variants get other
// values.
func fill(t *testing.T, field reflect.StructField, variant int) reflect.Value {
	t.Helper()
	n := 10*field.Index[0] + variant
	text := field.Name + string(rune('0'+variant))
	switch reflect.Zero(field.Type).Interface().(type) {
	case *string:
		return reflect.ValueOf(new(text))
	case *float64:
		return reflect.ValueOf(new(float64(n)))
	case *bool:
		return reflect.ValueOf(new(variant == 1))
	case *time.Time:
		return reflect.ValueOf(new(time.UnixMilli(1_577_500_990_125 + int64(n)).UTC()))
	case []string:
		return reflect.ValueOf([]string{text, "1.0.0"})
	case []aliyun.Tag:
		return reflect.ValueOf([]aliyun.Tag{{Key: new("key"), Value: new(text)}})
	}
	t.Fatalf("%s has a type that this test cannot fill: %s", field.Name, field.Type)
	return reflect.Value{}
}
