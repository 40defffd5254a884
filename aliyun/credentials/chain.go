package credentials

import (
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
)

// chainError begins the error of the standard chain, which joins those of its sources with
// ", ".
const chainError = "unable to get credentials from any of the providers in the chain: "

var (
	// notSetUp matches the errors of sources that nobody has set up. The metadata service
	// counts as one of them if it does not answer: it exists only on hosts of ECS.
	notSetUp = regexp.MustCompile(`(?:` + strings.Join([]string{
		`unable to get credentials from enviro\w+ variables, Access key ID must be specified via environment variable \(\w+\)`,
		`(?:reading aliyun cli config from '[^']*' failed |ERROR: Can not open file)open .*?: (?:no such file or directory|The system cannot find the (?:file|path) specified\.)`,
		`the CLI profile is disabled`,
		`IMDS credentials is disabled`,
		`get (?:role name|metadata token) failed: .*?`,
	}, "|") + `)(?:, |$)`)
	noSecret = regexp.MustCompile(`unable to get credentials from enviro\w+ variables, Access key secret must be specified via environment variable \(\w+\)`)
)

// publicChainError says why the standard chain has no key: which of its sources fail, or that
// none is set up. failed is what follows chainError and may be logged.
func publicChainError(failed string) error {
	failed = strings.TrimSuffix(notSetUp.ReplaceAllString(failed, ""), ", ")
	if failed == "" {
		return errors.New("no access key is set up: the account has no credentials section, ALIBABA_CLOUD_ACCESS_KEY_ID is not set, " +
			"and there is neither a profile nor a RAM role of this host" + missingOfOIDC())
	}
	failed = noSecret.ReplaceAllString(failed, "ALIBABA_CLOUD_ACCESS_KEY_ID is set, but ALIBABA_CLOUD_ACCESS_KEY_SECRET is not")
	return errors.New("default provider chain: " + inWords(failed))
}

// missingOfOIDC says which variables of OIDC are missing if some are set: without all of them, the
// chain silently skips OIDC.
func missingOfOIDC() string {
	var missing []string
	all := []string{"ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABA_CLOUD_OIDC_TOKEN_FILE", "ALIBABA_CLOUD_ROLE_ARN"}
	for _, name := range all {
		if os.Getenv(name) == "" {
			missing = append(missing, name)
		}
	}
	// A role alone may be meant for a key pair.
	if len(missing) == 0 || !slices.ContainsFunc(all[:2], func(name string) bool { return os.Getenv(name) != "" }) {
		return ""
	}
	return "; OIDC also needs " + strings.Join(missing, " and ")
}
