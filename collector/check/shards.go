package check

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// writeShards writes which accounts this shard watches, and where the others are.
func writeShards(w io.Writer, setup target.Setup) error {
	own, all := len(setup.Accounts), len(setup.Accounts)+len(setup.Others)
	fmt.Fprintf(w, "This is shard %d of %d, counted from 0. It watches %d of %d accounts:\n\n", setup.Shard.Number, setup.Shard.Total, own, all)
	var accounts table
	accounts.row("ACCOUNT", "SHARD")
	used := make(map[int]bool)
	for _, a := range setup.Accounts {
		used[setup.Shard.Number] = true
		accounts.row(a.Name, fmt.Sprintf("%d, this one", setup.Shard.Number))
	}
	for _, name := range slices.Sorted(maps.Keys(setup.Others)) {
		used[setup.Others[name]] = true
		accounts.row(name, setup.Others[name])
	}
	if err := accounts.write(w); err != nil {
		return err
	}
	fmt.Fprintln(w)
	if idle := setup.Shard.Total - len(used); idle > 0 {
		have := "have"
		if idle == 1 {
			have = "has"
		}
		fmt.Fprintf(w, "%d of %d shards %s no account. The name of an account determines its shard, and accounts with the same credentials stay together.\n\n", idle, setup.Shard.Total, have)
	}
	if own == 0 {
		fmt.Fprintln(w, "This shard has nothing to watch. It runs, and waits for a configuration that gives it an account.")
	}
	return nil
}
