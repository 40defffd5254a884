package documents_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// The table of endpoints has the paths that the router serves, and no others.
func TestEveryEndpointIsDocumented(t *testing.T) {
	_, table, found := strings.Cut(repository.Read(t, pages), "\n## Endpoints\n")
	table, _, ended := strings.Cut(table, "\n## ")
	if !found || !ended {
		t.Fatalf("%s has no section Endpoints", pages)
	}
	var documented []string
	for _, cell := range regexp.MustCompile("(?m)^\\| (`.*`) \\|").FindAllStringSubmatch(table, -1) {
		for path := range strings.SplitSeq(cell[1], ", ") {
			documented = append(documented, strings.TrimPrefix(strings.Trim(path, "`"), "POST "))
		}
	}
	_, served := exportertest.Routes(t)
	served = slices.DeleteFunc(served, func(path string) bool { return path == "/favicon.ico" }) // empty, for browsers
	slices.Sort(documented)
	slices.Sort(served)
	if !slices.Equal(documented, served) {
		t.Errorf("the table has %v, the router %v", documented, served)
	}
}
