package collector

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/printable"
)

// maxAnswer is how much of the text of an answer is written, in bytes.
const maxAnswer = 4 << 10

// errCheckFailed says no more: what is wrong was written already.
var errCheckFailed = errors.New("config.check-live: something is wrong, see above")

// CheckLive writes the freshness plan, then makes one signed call for each
// account, instance and operation that the configuration needs, and writes what
// came of it and how to mend it. Its error says that something is wrong.
func CheckLive(ctx context.Context, w io.Writer, load func() (Setup, error), o PollerOptions) error {
	setup, err := load()
	if err != nil {
		return err
	}
	if err := writePlan(w, setup); err != nil {
		return err
	}
	fmt.Fprint(w, "\nOne call of each kind:\n\n")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ACCOUNT\tINSTANCE\tOPERATION\tASKED FOR\tRESULT\t")
	check := liveCheck{table: table}
	for _, a := range setup.Accounts {
		check.account, check.client = a, newClient(a, o, o.Calls.Observer(a.Name), nil)
		for _, in := range a.instances() {
			check.instance(ctx, in)
		}
		check.client.Close()
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, text := range check.wrong {
		fmt.Fprintf(w, "\n%s\n", text)
	}
	if len(check.wrong) > 0 {
		return errCheckFailed
	}
	return nil
}

// liveCheck goes through the accounts.
type liveCheck struct {
	table   io.Writer
	wrong   []string
	account Account
	client  *aliyun.Client
}

// instance makes the calls for one instance. What one operation answers is
// what the next one asks for, where the configuration does not name it.
func (c *liveCheck) instance(ctx context.Context, in aliyun.Instance) {
	var jobs, products, firmwares []string
	for _, t := range c.account.Targets {
		if t.Instance == in {
			jobs = append(jobs, t.JobID)
		}
	}
	for _, d := range c.account.Discover {
		if d.Instance == in {
			products, firmwares = append(products, d.Products...), append(firmwares, d.Firmwares...)
		}
	}

	jobID, firmwareID := cmp.Or(jobs...), cmp.Or(firmwares...)
	if jobID != "" {
		firmwareID = cmp.Or(firmwareID, c.query(ctx, in, jobID, len(jobs)))
	}
	if key := cmp.Or(products...); key != "" {
		list, err := c.client.ListOTAFirmware(ctx, in, key, 1)
		c.report(in, aliyun.OpListOTAFirmware, "product "+key, len(products), err)
		for _, f := range list.Entries {
			firmwareID = cmp.Or(firmwareID, str(f.FirmwareID))
		}
	}
	if len(products)+len(firmwares) > 0 || c.account.BulkStatus {
		found := ""
		if firmwareID == "" {
			c.report(in, aliyun.OpListOTAJobByFirmware, "", 0, nil)
		} else {
			list, err := c.client.ListOTAJobByFirmware(ctx, in, firmwareID, 1)
			c.report(in, aliyun.OpListOTAJobByFirmware, "package "+firmwareID, len(firmwares), err)
			for _, j := range list.Entries {
				found = cmp.Or(found, str(j.JobID))
			}
		}
		if jobID == "" {
			if jobID = found; jobID == "" {
				c.report(in, aliyun.OpQueryOTAJob, "", 0, nil)
			} else {
				c.query(ctx, in, jobID, 0)
			}
		}
	}
	if c.account.DeviceCounts {
		if jobID == "" {
			c.report(in, aliyun.OpListOTATaskByJob, "", 0, nil)
		} else {
			_, err := c.client.ListOTATaskByJob(ctx, in, jobID, "", 1)
			c.report(in, aliyun.OpListOTATaskByJob, "job "+jobID, len(jobs), err)
		}
	}
}

// query asks for a batch, one of so many in the configuration, and gives its package.
func (c *liveCheck) query(ctx context.Context, in aliyun.Instance, jobID string, of int) (firmwareID string) {
	job, err := c.client.QueryOTAJob(ctx, in, jobID)
	c.report(in, aliyun.OpQueryOTAJob, "job "+jobID, of, err)
	if job == nil {
		return ""
	}
	return str(job.FirmwareID)
}

// report writes what came of a call; of none, if there is no subject. The others of as
// many subjects were not asked for.
func (c *liveCheck) report(in aliyun.Instance, operation, subject string, of int, err error) {
	result, asked := "ok", printable.Text(subject)
	if of > 1 {
		asked += fmt.Sprintf(", the first of %d", of)
	}
	if failure := asError(err); failure != nil {
		result = printable.Text(strings.TrimSpace(string(failure.Class) + " " + failure.Code))
		c.wrong = append(c.wrong, fmt.Sprintf("account %q, %s: %s.\n  The answer was: %s",
			c.account.Name, operation, printable.Text(cure(failure, in, subject)), printable.Shorten(failure.Error(), maxAnswer)))
	} else if subject == "" {
		asked, result = "nothing yet", "not asked"
	}
	fmt.Fprintf(c.table, "%s\t%s\t%s\t%s\t%s\t\n", c.account.Name, nameOf(in), operation, asked, result)
}

// instances are those that something is watched in, in the order of the
// configuration.
func (a Account) instances() []aliyun.Instance {
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
