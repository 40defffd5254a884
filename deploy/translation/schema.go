package translation

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Schema translates what an editor shows of a JSON schema. Everything else stays, to the byte.
func Schema(source []byte, translate func(string) string) ([]byte, error) {
	var model any
	if err := json.Unmarshal(source, &model); err != nil {
		return nil, fmt.Errorf("decode schema: %w", err)
	}
	replaced := map[string]string{}
	walkStrings(model, nil, func(path []string, value string) {
		if slices.Contains([]string{"title", "description", "errorMessage", "patternErrorMessage"}, end(path, 1)) {
			replaced[strings.Join(path, "\n")] = translate(value)
		}
	})
	return replaceStrings(source, replaced, nil)
}
