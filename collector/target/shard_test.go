package target

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
)

// The shards of names are those that kube-state-metrics would choose: FNV-1a and
// github.com/dgryski/go-jump computed these values.
func TestShardsOfNames(t *testing.T) {
	totals := []int{1, 2, 3, 5, 10, 100, 10000}
	for name, want := range map[string][]int{
		"production": {0, 0, 0, 0, 6, 20, 3428},
		"staging":    {0, 0, 0, 4, 6, 99, 185},
		"partner":    {0, 0, 2, 2, 9, 85, 3878},
		"eu":         {0, 1, 1, 1, 1, 41, 3287},
		"冷链":         {0, 1, 2, 2, 2, 63, 7602},
		"":           {0, 1, 1, 1, 1, 90, 6858},
	} {
		for i, total := range totals {
			if got := shardOf(name, total); got != want[i] {
				t.Errorf("%q is in shard %d of %d, want %d", name, got, total, want[i])
			}
		}
	}
}

// randomSetup has accounts with random names, some of which use the same credentials.
func randomSetup(random *rand.Rand) Setup {
	setup := Setup{Rules: Rules{Interval: 1}, Lines: map[Entry]int{{ID: "j"}: 1}}
	n := random.IntN(40)
	for i := range n {
		setup.Accounts = append(setup.Accounts, Account{
			Name:              fmt.Sprintf("%x-%d", random.Uint64()>>random.IntN(60), i),
			RequestsPerSecond: i + 1,
			Credentials:       credentials.Config{AccessKeyID: fmt.Sprint(random.IntN(n + 1))},
		})
	}
	return setup
}

// places returns the shard of each account, and fails the test unless the shards together
// watch each account exactly once.
func places(t *testing.T, setup Setup, total int) map[string]int {
	t.Helper()
	place := make(map[string]int)
	for number := range total {
		taken := setup.Take(Shard{number, total})
		if len(taken.Accounts)+len(taken.Others) != len(setup.Accounts) {
			t.Errorf("shard %d of %d knows %d and %d accounts of %d", number, total, len(taken.Accounts), len(taken.Others), len(setup.Accounts))
		}
		if taken.Rules != setup.Rules || len(taken.Lines) != len(setup.Lines) {
			t.Errorf("shard %d of %d has another schedule or other lines", number, total)
		}
		for _, a := range taken.Accounts {
			if other, twice := place[a.Name]; twice {
				t.Errorf("%s is in the shards %d and %d of %d", a.Name, other, number, total)
			}
			place[a.Name] = number
			if !slices.ContainsFunc(setup.Accounts, func(b Account) bool { return b.Name == a.Name && b.RequestsPerSecond == a.RequestsPerSecond }) {
				t.Errorf("%s has changed", a.Name)
			}
		}
	}
	for number := range total {
		for name, other := range setup.Take(Shard{number, total}).Others {
			if place[name] != other || other == number {
				t.Errorf("shard %d of %d believes %s in shard %d, but it is in %d", number, total, name, other, place[name])
			}
		}
	}
	if len(place) != len(setup.Accounts) {
		t.Errorf("%d shards watch %d of %d accounts", total, len(place), len(setup.Accounts))
	}
	return place
}

// The shards together are the whole, and no account is in two of them. Accounts with the
// same credentials are in one. From n to n+1 shards, accounts move only to the new shard.
func TestShardsDivideTheAccounts(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		setup := randomSetup(random)
		if t.Failed() {
			break // one setup is enough to read
		}
		total := 1 + random.IntN(12)
		before, after := places(t, setup, total), places(t, setup, total+1)
		of := make(map[credentials.Identity]int)
		for _, a := range setup.Accounts {
			who := a.Credentials.Identity()
			if place, known := of[who]; known && place != before[a.Name] {
				t.Errorf("%s is in shard %d, but an account with its credentials is in %d of %d", a.Name, before[a.Name], place, total)
			}
			of[who] = before[a.Name]
			if after[a.Name] != before[a.Name] && after[a.Name] != total {
				t.Errorf("%s moves from shard %d to %d when shard %d is added", a.Name, before[a.Name], after[a.Name], total)
			}
		}
		// The order of the file has no influence.
		shuffled := setup
		shuffled.Accounts = slices.Clone(setup.Accounts)
		random.Shuffle(len(shuffled.Accounts), func(i, j int) {
			shuffled.Accounts[i], shuffled.Accounts[j] = shuffled.Accounts[j], shuffled.Accounts[i]
		})
		for name, place := range places(t, shuffled, total) {
			if before[name] != place {
				t.Errorf("%s is in shard %d in one order of the file and in %d in another", name, before[name], place)
			}
		}
	}
}

// Growth moves no more accounts than the new shard needs, and no shard gets much more than
// its part.
func TestShardsAreEven(t *testing.T) {
	const names = 20_000
	for total := 1; total <= 10; total++ {
		counts, moved := make([]int, total), 0
		for i := range names {
			name := fmt.Sprintf("account-%d", i)
			counts[shardOf(name, total)]++
			if shardOf(name, total) != shardOf(name, total+1) {
				moved++
			}
		}
		for number, n := range counts {
			if part := names / total; n < part*9/10 || n > part*11/10 {
				t.Errorf("shard %d of %d has %d of %d names, want about %d", number, total, n, names, part)
			}
		}
		if part := names / (total + 1); moved > part*11/10 {
			t.Errorf("from %d to %d shards %d of %d names move, want about %d", total, total+1, moved, names, part)
		}
	}
}

// One exporter watches everything, as without flags.
func TestOneShard(t *testing.T) {
	setup := randomSetup(rand.New(rand.NewPCG(3, 4)))
	taken := setup.Take(Shard{0, 1})
	if len(taken.Others) > 0 || len(taken.Accounts) != len(setup.Accounts) {
		t.Errorf("%d accounts of %d, others %v", len(taken.Accounts), len(setup.Accounts), taken.Others)
	}
}
