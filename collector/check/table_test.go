package check

import (
	"strings"
	"testing"
)

// The columns of a table begin below each other on a terminal, where a Chinese character or an emoji
// takes two places, and an accent of its own takes none.
func TestTable(t *testing.T) {
	var table table
	table.row("ACCOUNT", "SHARD", "RESULT")
	table.row("生产环境", 0, "ok")
	table.row("cafe\u0301", 10, "")
	table.row("🚀", 2, "失败")
	var out strings.Builder
	if err := table.write(&out); err != nil {
		t.Fatal(err)
	}
	want := "ACCOUNT   SHARD  RESULT\n" +
		"生产环境  0      ok\n" +
		"cafe\u0301      10\n" +
		"🚀        2      失败\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", &out, want)
	}
}
