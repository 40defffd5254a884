package harness

import "golang.org/x/net/html"

// Unreadable are the lists that a page says cannot be read.
func Unreadable(root *html.Node) (lists []string) {
	for _, item := range Elements(root, "li") {
		lists = append(lists, Text(item))
	}
	return lists
}
