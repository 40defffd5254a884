package target

import (
	"hash/fnv"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
)

// Shard is one of several exporters that have the same configuration and divide its
// accounts among themselves.
type Shard struct {
	Number int // from 0 to Total-1
	Total  int // at least 1; 1: one exporter watches every account
}

// Divides reports whether there is more than one shard.
func (s Shard) Divides() bool { return s.Total > 1 }

// Take returns the setup of one shard: its accounts, and the shards of the others.
//
// The name of an account determines its shard. Accounts that use the same credentials
// share a rate budget, so they must be in one shard: the first of their names in
// alphabetical order determines it.
func (s Setup) Take(shard Shard) Setup {
	first := make(map[credentials.Identity]string) // the first name of each identity
	for _, a := range s.Accounts {
		who := a.Credentials.Identity()
		if name, found := first[who]; !found || a.Name < name {
			first[who] = a.Name
		}
	}
	taken := s
	taken.Shard, taken.Accounts, taken.Others = shard, nil, make(map[string]int)
	for _, a := range s.Accounts {
		if number := shardOf(first[a.Credentials.Identity()], shard.Total); number == shard.Number {
			taken.Accounts = append(taken.Accounts, a)
		} else {
			taken.Others[a.Name] = number
		}
	}
	return taken
}

// shardOf returns the shard of a name.
func shardOf(name string, total int) int {
	hash := fnv.New64a()
	hash.Write([]byte(name))
	return jump(hash.Sum64(), total)
}

// jump returns the bucket of a key, from 0 to buckets-1. If buckets grows from n to n+1,
// one key in n+1 moves, and it moves to the new bucket. The algorithm is from Lamping and
// Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm" (arXiv:1406.2294).
func jump(key uint64, buckets int) int {
	bucket, next := 0, 0.0
	for next < float64(buckets) {
		bucket = int(next)
		key = key*2862933555777941757 + 1
		next = float64(bucket+1) * (float64(1<<31) / float64(key>>33+1))
	}
	return bucket
}
