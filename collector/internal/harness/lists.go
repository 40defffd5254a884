package harness

import "golang.org/x/net/html"

// Unreadable returns the lists that cannot be read, as a page names them.
func Unreadable(root *html.Node) (lists []string) {
	for _, item := range Elements(root, "li") {
		lists = append(lists, Text(item))
	}
	return lists
}
