package readme_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/internal/exportertest"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/deploy/repository"
)

// The README's table of endpoints is complete, and names none that is not there.
func TestREADMENamesEveryEndpoint(t *testing.T) {
	_, table, found := strings.Cut(repository.Read(t, readme), "\n### Endpoints\n")
	table, _, ended := strings.Cut(table, "\n## ")
	if !found || !ended {
		t.Fatal("no section on endpoints")
	}
	var documented []string
	for _, cell := range regexp.MustCompile("(?m)^\\| (`.*`) \\|").FindAllStringSubmatch(table, -1) {
		for path := range strings.SplitSeq(cell[1], ", ") {
			documented = append(documented, strings.TrimPrefix(strings.Trim(path, "`"), "POST "))
		}
	}
	_, served := exportertest.Routes(t)
	served = slices.DeleteFunc(served, func(path string) bool { return path == "/favicon.ico" }) // for browsers, without content
	slices.Sort(documented)
	slices.Sort(served)
	if !slices.Equal(documented, served) {
		t.Errorf("the table has %v, the router %v", documented, served)
	}
}
