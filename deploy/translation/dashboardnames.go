package translation

import (
	"regexp"
	"strconv"
	"strings"
)

// displayNames are Chinese names for lines whose English name is the value of a label, such as
// IN_PROGRESS, by the path of the first property of the override that the line has. The pair
// in the dictionary names label and value, as in task_status="IN_PROGRESS": a status of a
// device has another Chinese name than that of a batch. A value without a pair stays. shown
// are the texts that are translated, by path.
func displayNames(model any, shown map[string]string, translate func(string) string) map[string]string {
	names := map[string]string{}
	panels, _ := model.(map[string]any)["panels"].([]any)
	for i, panel := range panels {
		label := ""
		walkStrings(panel, nil, func(path []string, value string) {
			if found := onlyLabel.FindStringSubmatch(value); found != nil && end(path, 1) == "legendFormat" {
				label = found[1]
			}
		})
		walkStrings(panel, []string{"panels", strconv.Itoa(i)}, func(path []string, value string) {
			_, isText := shown[strings.Join(path, "\n")]
			if label == "" || isText || end(path, 1) != "options" || end(path, 2) != "matcher" {
				return
			}
			pair := label + `="` + value + `"`
			if zh := translate(pair); zh != pair {
				override := path[:len(path)-2]
				names[strings.Join(override, "\n")+"\nproperties\n0\nid"] = zh
			}
		})
	}
	return names
}

// onlyLabel is a legend that consists of the value of a label.
var onlyLabel = regexp.MustCompile(`^\{\{(\w+)\}\}$`)
