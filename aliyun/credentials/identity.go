package credentials

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
)

// Identity is whose rate budget calls use up, as far as the credentials tell:
// two key pairs may still belong to one main account. It may hold a secret part
// of a credentials URI: compare it, do not print it.
type Identity struct{ kind, value string }

// Format prints no secret, whatever the verb.
func (i Identity) Format(w fmt.State, _ rune) { io.WriteString(w, "Identity("+i.kind+")") }

// roleOwner finds the number of the main account in the ARN of a role.
var roleOwner = regexp.MustCompile(`^acs:ram::\d+:`)

// Identity does not depend on secrets: a new secret is the same identity.
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
