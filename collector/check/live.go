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

// These say no more: what is wrong was written already.
var (
	errCheckFailed  = errors.New("config.check-live: something is wrong, see above")
	errCheckStopped = errors.New("config.check-live: stopped before every id was asked for")
)

// longCheck is how long a check may take before it says so at its start.
const longCheck = 10 * time.Second

// Live writes the freshness plan, then asks for every id of the configuration
// within the rate budget, and makes one call to each other operation that the
// configuration needs. It writes what came of it and how to mend it. Its error says that
// something is wrong, or that ctx ended before everything was asked for; what is known
// by then is written all the same.
func Live(ctx context.Context, w io.Writer, progress *Progress, load func() (target.Setup, error), o poll.Options) error {
	setup, err := load()
	if err != nil {
		return err
	}
	if err := writePlan(w, setup); err != nil {
		return err
	}
	check := newLiveCheck(setup, o)
	defer check.close()
	fmt.Fprintf(w, "\nAsking for every id of the configuration: %d.", check.total)
	if d := check.duration(); d >= longCheck {
		fmt.Fprintf(w, " That takes about %v.", round(d))
	}
	fmt.Fprint(w, "\n\n")
	stopShowing := progress.keep(check.state)
	check.run(ctx)
	stopShowing()
	return check.report(w, ctx.Err() != nil)
}

// liveCheck asks for everything that a configuration needs.
type liveCheck struct {
	lines    map[target.Entry]int
	accounts []*checkedAccount
	total    int // ids of the configuration
	started  time.Time
}

// checkedAccount is one account with the calls that it needs.
type checkedAccount struct {
	target.Account
	client *aliyun.Client
	lanes  map[string]*checkLane // by operation
	groups []*checkGroup         // in the order of the report
}

// checkGroup is what is asked of one operation in one instance. The lane's lock guards
// the outcome.
type checkGroup struct {
	account   string
	instance  aliyun.Instance
	operation string
	noun      string // of the ids
	ids       []string

	good     int
	empty    []checkRemark // products without packages
	failures []checkRemark
	alike    int  // failures in a row that all ids share
	down     bool // so many that the rest is not asked for

	// answered is the first of the ids that the API knows, and found what its answer
	// leads to: the package of a batch, a package of a product, a batch of a package.
	answered, found   string
	answeredAt, since int
}

// checkRemark is an id that something is to be said about.
type checkRemark struct {
	group         *checkGroup
	id            string
	at            int // in ids
	*aliyun.Error     // nil: it did not fail
}

func newLiveCheck(setup target.Setup, o poll.Options) *liveCheck {
	c := &liveCheck{lines: setup.Lines, started: time.Now()}
	for _, a := range setup.Accounts {
		account := &checkedAccount{Account: a, client: poll.NewClient(a, o, o.Calls.Observer(a.Name), nil), lanes: make(map[string]*checkLane)}
		for _, operation := range aliyun.Operations {
			account.lanes[operation] = &checkLane{client: account.client, slots: budget.NewSlots(a.RequestsPerSecond), perSecond: a.RequestsPerSecond}
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

// add lets the lane of an operation ask for ids.
func (a *checkedAccount) add(in aliyun.Instance, operation, noun string, ids []string) {
	g := &checkGroup{account: a.Name, instance: in, operation: operation, noun: noun, ids: ids}
	a.groups = append(a.groups, g)
	a.lanes[operation].add(g)
}

// instances are those that something is watched in, in the order of the
// configuration.
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

// idsIn are the configured ids of one instance.
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
