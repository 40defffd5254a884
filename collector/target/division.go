package target

import "maps"

// Division is how shards divide the accounts of a configuration. Without a configuration,
// it is the zero value. It never changes.
type Division struct {
	Shard                 // of this exporter
	shards map[string]int // of each account
}

// Division returns how the accounts of the setup are divided.
func (s Setup) Division() Division {
	d := Division{s.Shard, make(map[string]int, len(s.Accounts)+len(s.Others))}
	for _, a := range s.Accounts {
		d.shards[a.Name] = s.Shard.Number
	}
	maps.Copy(d.shards, s.Others)
	return d
}

// Shards returns the shard of each account. The map is the caller's.
func (d Division) Shards() map[string]int { return maps.Clone(d.shards) }

// Elsewhere returns the shard of an account that another shard watches.
func (d Division) Elsewhere(account string) (shard int, elsewhere bool) {
	shard, known := d.shards[account]
	return shard, known && shard != d.Number
}

// Idle reports whether other shards watch all accounts.
func (d Division) Idle() bool {
	for _, shard := range d.shards {
		if shard == d.Number {
			return false
		}
	}
	return d.Divides()
}
