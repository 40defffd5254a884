package harness

import (
	"fmt"
	"strings"
)

// Counts returns the values of job_devices of JobID by task_status.
func (h *Harness) Counts() map[string]int {
	h.T.Helper()
	counts := make(map[string]int)
	for line := range strings.Lines(h.Jobs()) {
		var n float64
		if _, after, ok := strings.Cut(line, `job_devices{account="production",job_id="`+JobID+`",task_status="`); ok {
			status, value, _ := strings.Cut(after, `"} `)
			if _, err := fmt.Sscan(value, &n); err != nil {
				h.T.Fatal(err)
			}
			counts[status] = int(n)
		}
	}
	return counts
}

// Sum returns the sum of counts, such as those of all statuses.
func Sum(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// ListsFailing returns the series that counts the lists of an operation that cannot be read.
func ListsFailing(operation string) string {
	return fmt.Sprintf(`discovery_lists_failing{account="production",operation=%q}`, operation)
}
