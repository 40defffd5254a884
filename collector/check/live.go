package check

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/budget"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/poll"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// The report, which is already written, has the details of these errors.
var (
	errCheckFailed  = errors.New("--config.check-live: problems found, see above")
	errCheckStopped = errors.New("--config.check-live: stopped before all IDs were checked")
)

// longCheck is the duration from which a check announces its duration at its start.
const longCheck = 10 * time.Second

// Live writes the plan, like Config. Then it checks every ID of the configuration and makes one
// call of each other operation that the exporter needs, within the rate budget. It writes the
// results and the cures to w. progress shows the progress meanwhile; nil shows none. Live
// returns an error if it found problems, or if ctx ended before all IDs were checked. It also
// writes the results so far in that case.
func Live(ctx context.Context, w io.Writer, progress *Progress, load func() (target.Setup, error), o poll.Options) error {
	setup, err := load()
	if err != nil {
		return err
	}
	if err := writePlan(w, setup); err != nil {
		return err
	}
	if len(setup.Accounts) == 0 {
		return nil
	}
	check := newLiveCheck(setup, o)
	defer check.close()
	of := "the configuration"
	if len(setup.Others) > 0 {
		of = "this shard"
	}
	fmt.Fprintf(w, "\nChecking the IDs of %s: %d.", of, check.total)
	if d := check.duration(); d >= longCheck {
		fmt.Fprintf(w, " This takes about %v.", round(d))
	}
	fmt.Fprint(w, "\n\n")
	hideProgress := progress.show(check.state)
	check.run(ctx)
	hideProgress()
	return check.report(w, ctx.Err() != nil)
}

// liveCheck is the check of one configuration.
type liveCheck struct {
	lines    map[target.Entry]int // line numbers in the file
	accounts []*checkedAccount
	total    int // number of configured IDs
	started  time.Time
}

// checkedAccount is an account with its calls.
type checkedAccount struct {
	target.Account
	client *aliyun.Client
	lanes  map[string]*lane // by operation
	groups []*group         // in the order of the report
}

// group is a list of IDs to check with one operation in one instance, and the results, which
// the lock of the lane guards.
type group struct {
	account   string
	instance  aliyun.Instance
	operation string
	noun      string // kind of the IDs, in the singular
	ids       []string

	good     int       // IDs that the API knows
	empty    []finding // products without packages
	failures []finding
	shared   int  // consecutive failures for reasons that all IDs share
	givenUp  bool // after too many of these, the remaining IDs are not checked

	// known is the first ID in the order of the configuration that the API knows. related is
	// the first ID of another kind that an answer contains: the package of a batch, a package
	// of a product, or a batch of a package. knownAt and relatedAt are the indices in ids of
	// the IDs with these answers.
	known, related     string
	knownAt, relatedAt int
}

// finding is a problem of one ID.
type finding struct {
	group         *group
	id            string
	at            int // index in group.ids
	*aliyun.Error     // nil for a product without packages
}

func newLiveCheck(setup target.Setup, o poll.Options) *liveCheck {
	c := &liveCheck{lines: setup.Lines, started: time.Now()}
	for _, a := range setup.Accounts {
		account := &checkedAccount{Account: a, client: poll.NewClient(a, o), lanes: make(map[string]*lane)}
		for _, operation := range aliyun.Operations {
			account.lanes[operation] = &lane{client: account.client, slots: budget.NewSlots(a.RequestsPerSecond), perSecond: a.RequestsPerSecond}
		}
		for _, in := range instances(a) {
			jobs, products, firmwares := idsIn(a, in)
			c.total += len(jobs) + len(products) + len(firmwares)
			for _, list := range []struct {
				operation, noun string
				ids             []string
			}{
				{aliyun.OpQueryOTAJob, "job", jobs},
				{aliyun.OpListOTAFirmware, "product", products},
				{aliyun.OpListOTAJobByFirmware, "package", firmwares},
			} {
				if len(list.ids) > 0 {
					account.add(in, list.operation, list.noun, list.ids)
				}
			}
		}
		c.accounts = append(c.accounts, account)
	}
	return c
}

func (c *liveCheck) close() {
	for _, a := range c.accounts {
		a.client.Close()
	}
}

// add adds IDs to the lane of an operation.
func (a *checkedAccount) add(in aliyun.Instance, operation, noun string, ids []string) {
	g := &group{account: a.Name, instance: in, operation: operation, noun: noun, ids: ids}
	a.groups = append(a.groups, g)
	a.lanes[operation].add(g)
}

// instances returns the instances of an account in the order of the configuration.
func instances(a target.Account) []aliyun.Instance {
	var all []aliyun.Instance
	add := func(in aliyun.Instance) {
		if !slices.Contains(all, in) {
			all = append(all, in)
		}
	}
	for _, t := range a.Targets {
		add(t.Instance)
	}
	for _, d := range a.Discover {
		add(d.Instance)
	}
	return all
}

// idsIn returns the configured IDs of one instance.
func idsIn(a target.Account, in aliyun.Instance) (jobs, products, firmwares []string) {
	for _, t := range a.Targets {
		if t.Instance == in {
			jobs = append(jobs, t.JobID)
		}
	}
	for _, d := range a.Discover {
		if d.Instance == in {
			products, firmwares = append(products, d.Products...), append(firmwares, d.Firmwares...)
		}
	}
	return jobs, products, firmwares
}
