package credentials

import (
	"fmt"
	"io"
)

// Config says where the keys of an account come from. The zero value is the standard
// chain of credentials-go: environment, OIDC (RRSA), ~/.aliyun/config.json,
// ~/.alibabacloud/credentials, ECS RAM role, credentials URI. Otherwise the first of
// these fields that is set decides: CredentialsURI, OIDC*, ECSRAMRole, RoleARN with a key
// pair, SecurityToken*, a key pair. Configs are comparable.
type Config struct {
	AccessKeyID, AccessKeySecret string
	AccessKeySecretFile          string // overrides AccessKeySecret; read again when it changes
	SecurityToken                string
	SecurityTokenFile            string // overrides SecurityToken; read again when it changes
	RoleARN, ExternalID          string
	RoleSessionName              string // "" is the default of credentials-go
	ECSRAMRole                   string
	OIDCProviderARN              string
	OIDCTokenFile                string // credentials-go reads it at every refresh
	CredentialsURI               string
}

// SecretFiles returns the files that the secrets are read from.
func (cfg Config) SecretFiles() (files []string) {
	for _, file := range []string{cfg.AccessKeySecretFile, cfg.SecurityTokenFile, cfg.OIDCTokenFile} {
		if file != "" {
			files = append(files, file)
		}
	}
	return files
}

// kind returns the name of the source in credentials-go.
func (cfg Config) kind() string {
	switch {
	case cfg == Config{}:
		return "default"
	case cfg.CredentialsURI != "":
		return "credentials_uri"
	case cfg.OIDCProviderARN != "" || cfg.OIDCTokenFile != "":
		return "oidc_role_arn"
	case cfg.ECSRAMRole != "":
		return "ecs_ram_role"
	case cfg.RoleARN != "":
		return "ram_role_arn"
	case cfg.SecurityToken != "" || cfg.SecurityTokenFile != "":
		return "sts"
	}
	return "access_key"
}

// Format implements [fmt.Formatter]. It prints no secret, whatever the verb.
func (cfg Config) Format(w fmt.State, _ rune) {
	io.WriteString(w, "CredentialsConfig("+cfg.kind()+")")
}

// MarshalText keeps the secret out of JSON and structured logs. The error is nil.
func (cfg Config) MarshalText() ([]byte, error) { return []byte(fmt.Sprint(cfg)), nil }
