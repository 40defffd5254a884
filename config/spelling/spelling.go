// Package spelling finds the word that a misspelt one stands for. It knows no words itself.
package spelling

// Nearest returns the known word with the fewest edits to the word, "" if all need too many.
func Nearest(word string, known []string) string {
	best, fewest := "", 3
	for _, k := range known {
		// A short word with two edits is another word.
		if edits := Distance(word, k); edits < fewest && edits <= len(k)/3 {
			best, fewest = k, edits
		}
	}
	return best
}

// Distance returns the Levenshtein distance: the number of letters to insert, remove or
// change to get from a to b.
func Distance(a, b string) int {
	if len(a) > 64 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j]+1, row[j+1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
