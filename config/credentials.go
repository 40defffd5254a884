package config

import (
	"net/url"
	"reflect"
	"strings"
)

// Credentials name one source of keys: a key pair, an ECS RAM role, an OIDC token or a
// credentials URI. The zero value means the standard chain: environment, OIDC (RRSA),
// profile, ECS RAM role, credentials URI. Every key is a text without a default.
type Credentials struct {
	// AccessKeyID is the public half of a key pair. Needs AccessKeySecret or
	// AccessKeySecretFile.
	AccessKeyID string `yaml:"access_key_id" check:"key id"`
	// AccessKeySecret is the other half.
	AccessKeySecret Secret `yaml:"access_key_secret"`
	// AccessKeySecretFile is a file that holds it. A relative path starts at the
	// configuration file.
	AccessKeySecretFile string `yaml:"access_key_secret_file" check:"file"`
	// SecurityToken is the STS token of a temporary key pair.
	SecurityToken Secret `yaml:"security_token"`
	// SecurityTokenFile is a file that holds it. A relative path starts at the
	// configuration file.
	SecurityTokenFile string `yaml:"security_token_file" check:"file"`
	// RoleARN is the RAM role to assume with the key pair or with the OIDC token.
	RoleARN string `yaml:"role_arn" check:"id"`
	// RoleSessionName names the session of that role in Alibaba's audit log.
	RoleSessionName string `yaml:"role_session_name" check:"text"`
	// ExternalID is what the role's trust policy may ask for. Only with a key pair.
	ExternalID string `yaml:"external_id" check:"text"`
	// ECSRAMRole is the RAM role of the ECS host that the exporter runs on.
	ECSRAMRole string `yaml:"ecs_ram_role" check:"id"`
	// OIDCProviderARN is the identity provider of RRSA. Needs OIDCTokenFile and
	// RoleARN.
	OIDCProviderARN string `yaml:"oidc_provider_arn" check:"id"`
	// OIDCTokenFile is the file with the OIDC token. A relative path starts at the
	// configuration file.
	OIDCTokenFile string `yaml:"oidc_token_file" check:"file"`
	// CredentialsURI is an http(s) address that answers with temporary keys.
	CredentialsURI string `yaml:"credentials_uri"`
}

// hasSecret says whether the secret half of the key pair is given, in either way.
func (c *Credentials) hasSecret() bool {
	return c.AccessKeySecret.Reveal() != "" || c.AccessKeySecretFile != ""
}

// sources lists the kinds of credentials that are given, each by its first key.
func (c *Credentials) sources() []string {
	var found []string
	if c.AccessKeyID != "" || c.hasSecret() {
		found = append(found, "access_key_id")
	}
	if c.ECSRAMRole != "" {
		found = append(found, "ecs_ram_role")
	}
	if c.OIDCProviderARN != "" || c.OIDCTokenFile != "" {
		found = append(found, "oidc_provider_arn")
	}
	if c.CredentialsURI != "" {
		found = append(found, "credentials_uri")
	}
	return found
}

// validate checks which keys are there, and which together.
func (c *Credentials) validate(r *report, path string) {
	// A key that is there but empty is a template that found no value: to fall back on
	// the standard chain would hide it.
	if c.reportEmpty(r, path) {
		return
	}

	if sources := c.sources(); len(sources) > 1 {
		r.wrong(path, "%s are different sources of keys; keep one", strings.Join(sources, " and "))
	}
	keyPair, oidc := c.AccessKeyID != "" || c.hasSecret(), c.OIDCProviderARN != ""
	for _, rule := range []struct {
		broken bool
		text   string
	}{
		{c.AccessKeySecret.Reveal() != "" && c.AccessKeySecretFile != "", "access_key_secret and access_key_secret_file are both given; keep one"},
		{c.SecurityToken.Reveal() != "" && c.SecurityTokenFile != "", "security_token and security_token_file are both given; keep one"},
		{c.AccessKeyID != "" && !c.hasSecret(), "access_key_id has no secret; add access_key_secret_file or access_key_secret"},
		{c.AccessKeyID == "" && c.hasSecret(), "the access key secret has no access_key_id; add it"},
		{!keyPair && (c.SecurityToken.Reveal() != "" || c.SecurityTokenFile != ""), "a security token needs the key pair it came with; add access_key_id and its secret"},
		{c.RoleARN != "" && !keyPair && !oidc, "role_arn needs somebody to assume the role; add access_key_id and its secret, or oidc_provider_arn"},
		{c.RoleARN == "" && c.RoleSessionName != "", "role_session_name needs role_arn; add it"},
		{c.RoleARN == "" && c.ExternalID != "", "external_id needs role_arn; add it"},
		{oidc && c.OIDCTokenFile == "", "oidc_provider_arn needs oidc_token_file; add it"},
		{!oidc && c.OIDCTokenFile != "", "oidc_token_file needs oidc_provider_arn; add it"},
		{oidc && c.RoleARN == "", "oidc_provider_arn needs role_arn; add it"},
		// AssumeRoleWithOIDC has no such parameter.
		{oidc && c.ExternalID != "", "external_id has no meaning with oidc_provider_arn; remove it"},
	} {
		if rule.broken {
			r.wrong(path, "%s", rule.text)
		}
	}
	if c.CredentialsURI != "" {
		if u, err := url.Parse(c.CredentialsURI); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
			r.wrong(path+".credentials_uri", "not an address; write http(s)://host[:port]/path")
		}
	}
}

// reportEmpty reports each key that the file gives as "", and whether there was one.
func (c *Credentials) reportEmpty(r *report, path string) bool {
	found := false
	v := reflect.ValueOf(c).Elem()
	for i, key := range keysOf(v.Type()) {
		if at := path + "." + key; v.Field(i).IsZero() && r.given(at) && !r.undecoded(at) {
			r.wrong(at, "empty; give it a value or remove the key")
			found = true
		}
	}
	return found
}
