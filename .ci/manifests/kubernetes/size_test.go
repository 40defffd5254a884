package kubernetes_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"testing"

	helmrelease "helm.sh/helm/v3/pkg/release"
)

// Helm keeps a release in a Secret, with all files of the chart and all objects, and a
// Secret holds 1 MiB. A chart that outgrows it cannot be installed. Half of it is left for
// a parent chart and for the user's configuration.
func TestReleaseFitsASecret(t *testing.T) {
	c, v := loadChart(t), parseValues(t, releases["all that Prometheus and Grafana can have"].values)
	text, notes, err := helmTemplate(c, v)
	if err != nil {
		t.Fatal(err)
	}
	content, err := json.Marshal(helmrelease.Release{Name: "ota", Chart: c, Config: v, Manifest: string(text), Info: &helmrelease.Info{Notes: notes}})
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression) // as Helm does
	if err != nil {
		t.Fatal(err)
	}
	w.Write(content)
	w.Close()
	if size := base64.StdEncoding.EncodedLen(packed.Len()); size > 512<<10 {
		t.Errorf("a release has %d bytes, more than half of what a Secret holds", size)
	} else {
		t.Logf("%d bytes of %d", size, 1<<20)
	}
}
