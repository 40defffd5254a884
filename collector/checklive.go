package collector

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"text/tabwriter"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
)

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
	fmt.Fprintln(table, "ACCOUNT\tINSTANCE\tOPERATION\tRESULT\t")
	var wrong []string
	for _, a := range setup.Accounts {
		client := newClient(a, o)
		for _, t := range samples(a.Targets) {
			_, err := client.QueryOTAJob(ctx, t.Instance, t.JobID)
			var failure *aliyun.Error
			result := "ok"
			if errors.As(err, &failure) {
				result = strings.TrimSpace(string(failure.Class) + " " + failure.Code)
				wrong = append(wrong, fmt.Sprintf("account %q, %s: %s.\n  The answer was: %v", a.Name, failure.Operation, cure(failure, t), failure))
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t\n", a.Name, shownInstance(t), aliyun.OpQueryOTAJob, result)
		}
		client.Close()
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, text := range wrong {
		fmt.Fprintf(w, "\n%s\n", text)
	}
	if len(wrong) > 0 {
		return errCheckFailed
	}
	return nil
}

// samples are the first target of each instance.
func samples(targets []Target) []Target {
	var first []Target
	seen := make(map[aliyun.Instance]bool)
	for _, t := range targets {
		if !seen[t.Instance] {
			seen[t.Instance] = true
			first = append(first, t)
		}
	}
	return first
}

// cures say how to mend what a code stands for, in lower case and with "*" as
// in path.Match.
var cures = []struct{ pattern, text string }{
	{"invalidaccesskeyid*", "the access key id does not exist, or is disabled; set credentials.access_key_id to a key that is active in RAM"},
	{"signaturedoesnotmatch", "the secret does not belong to the access key id; set credentials.access_key_secret or its file anew"},
	{"invalidtimestamp*", "the clock of this machine is off by more than 15 minutes; set it, by NTP for instance"},
	{"*securitytoken*", "the STS token is wrong or has expired; renew it, or use a source that does so by itself"},
	{"iot.system.billisoverdue", "a bill of the account is overdue; pay it"},
	{"*instancenotfound", "instance {instance} is not one of this account in this region; set instances[].id as the console shows it, and none for the public instance"},
	{"iot.prod.notexistedproduct", "the product is not in instance {instance}; set instances[].id as the console shows it"},
}

// cure says how to mend a failed call.
func cure(e *aliyun.Error, t Target) string {
	text := map[aliyun.Class]string{
		aliyun.ClassThrottled:  "others use up the account's 10 requests/s of {operation} at this moment; try again, and lower requests_per_second if it stays so",
		aliyun.ClassAuth:       "there are no keys that the API takes; see credentials in the configuration",
		aliyun.ClassPermission: "the RAM action iot:{operation} is not allowed to this key; grant it on resource *",
		aliyun.ClassNotFound:   "job {job} does not exist in instance {instance}; correct the id, or take it out if the package was deleted",
		aliyun.ClassInvalid:    "the API does not take the request; see its code",
		aliyun.ClassServer:     "the API itself fails; try again, and ask Alibaba Cloud's support with the request id if it stays so",
		aliyun.ClassTimeout:    "{endpoint} does not answer in time; check region, endpoint, proxy and firewall",
		aliyun.ClassTransport:  "{endpoint} cannot be reached; check region, endpoint, DNS, proxy and firewall",
		aliyun.ClassDecode:     "{endpoint} answers, but is not the API; check endpoint and proxy",
	}[e.Class]
	for _, c := range cures {
		if ok, _ := path.Match(c.pattern, strings.ToLower(e.Code)); ok {
			text = c.text
			break
		}
	}
	return strings.NewReplacer("{operation}", e.Operation, "{instance}", shownInstance(t), "{job}", t.JobID, "{endpoint}", t.Instance.URL).Replace(text)
}

func shownInstance(t Target) string {
	if t.Instance.ID == "" {
		return "(public)"
	}
	return t.Instance.ID
}
