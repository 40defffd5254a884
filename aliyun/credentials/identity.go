package credentials

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
)

// Identity tells whose rate budget the calls with some credentials use, as far as the
// configuration shows it: two key pairs may still belong to the same main account.
// Identities are comparable. One may contain a secret part of a credentials URI, so do
// not print it in any other way than with fmt.
type Identity struct{ kind, value string }

// Format implements [fmt.Formatter]. It prints no secret, whatever the verb.
func (i Identity) Format(w fmt.State, _ rune) { io.WriteString(w, "Identity("+i.kind+")") }

// roleOwner finds the number of the main account in the ARN of a role.
var roleOwner = regexp.MustCompile(`^acs:ram::\d+:`)

// Identity does not depend on secrets: it stays the same if only a secret changes.
func (cfg Config) Identity() Identity {
	switch {
	case cfg.RoleARN != "":
		// The calls count for the role's main account, whoever assumes the role.
		return Identity{"role", cmp.Or(roleOwner.FindString(cfg.RoleARN), cfg.RoleARN)}
	case cfg.AccessKeyID != "":
		return Identity{"access_key_id", cfg.AccessKeyID}
	case cfg.ECSRAMRole != "":
		return Identity{"ecs_ram_role", cfg.ECSRAMRole}
	case cfg.CredentialsURI != "":
		return Identity{"credentials_uri", cfg.CredentialsURI}
	}
	return Identity{kind: "default"} // the standard chain finds the same keys for each account
}
