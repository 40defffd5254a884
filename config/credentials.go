package config

import (
	"net/url"
	"reflect"
	"strings"
)

// Credentials are one source of keys: a key pair, an ECS RAM role, an OIDC token or a
// credentials URI. The zero value means the default provider chain: environment, OIDC
// (RRSA), profile, ECS RAM role, credentials URI. No key has a default.
type Credentials struct {
	// AccessKeyID is the public part of a key pair. It requires AccessKeySecret or
	// AccessKeySecretFile.
	AccessKeyID string `yaml:"access_key_id" check:"key id"`
	// AccessKeySecret is the secret part.
	AccessKeySecret Secret `yaml:"access_key_secret"`
	// AccessKeySecretFile is the path of a file that contains the secret part. A relative
	// path starts at the directory of the configuration file.
	AccessKeySecretFile string `yaml:"access_key_secret_file" check:"file"`
	// SecurityToken is the STS token of a temporary key pair.
	SecurityToken Secret `yaml:"security_token"`
	// SecurityTokenFile is the path of a file that contains the STS token. A relative path
	// starts at the directory of the configuration file.
	SecurityTokenFile string `yaml:"security_token_file" check:"file"`
	// RoleARN is the RAM role to assume with the key pair or with the OIDC token.
	RoleARN string `yaml:"role_arn" check:"id"`
	// RoleSessionName is the name of the session in Alibaba Cloud's audit log.
	RoleSessionName string `yaml:"role_session_name" check:"text"`
	// ExternalID is the external ID that the trust policy of the role may require. It works
	// with a key pair only.
	ExternalID string `yaml:"external_id" check:"text"`
	// ECSRAMRole is the RAM role of the ECS host that the exporter runs on.
	ECSRAMRole string `yaml:"ecs_ram_role" check:"id"`
	// OIDCProviderARN is the identity provider of RRSA. It requires OIDCTokenFile and
	// RoleARN.
	OIDCProviderARN string `yaml:"oidc_provider_arn" check:"id"`
	// OIDCTokenFile is the path of the file that contains the OIDC token. A relative path
	// starts at the directory of the configuration file.
	OIDCTokenFile string `yaml:"oidc_token_file" check:"file"`
	// CredentialsURI is the http(s) URL of a service that returns temporary keys.
	CredentialsURI string `yaml:"credentials_uri"`
}

// hasSecret reports whether the secret part of a key pair is given, directly or in a file.
func (c *Credentials) hasSecret() bool {
	return c.AccessKeySecret.Reveal() != "" || c.AccessKeySecretFile != ""
}

// sources returns the first key of each source that is given.
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

// validate checks that the keys of one source are given, all of them.
func (c *Credentials) validate(r *report, path string) {
	// An empty key usually means that a template had no value for it. Using the default
	// provider chain instead would hide that.
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
		{!keyPair && (c.SecurityToken.Reveal() != "" || c.SecurityTokenFile != ""), "a security token needs the key pair that it was issued with; add access_key_id and its secret"},
		{c.RoleARN != "" && !keyPair && !oidc, "role_arn needs credentials that may assume the role; add access_key_id and its secret, or oidc_provider_arn"},
		{c.RoleARN == "" && c.RoleSessionName != "", "role_session_name needs role_arn; add it"},
		{c.RoleARN == "" && c.ExternalID != "", "external_id needs role_arn; add it"},
		{oidc && c.OIDCTokenFile == "", "oidc_provider_arn needs oidc_token_file; add it"},
		{!oidc && c.OIDCTokenFile != "", "oidc_token_file needs oidc_provider_arn; add it"},
		{oidc && c.RoleARN == "", "oidc_provider_arn needs role_arn; add it"},
		// AssumeRoleWithOIDC has no such parameter.
		{oidc && c.ExternalID != "", "external_id cannot be used with oidc_provider_arn; remove it"},
	} {
		if rule.broken {
			r.wrong(path, "%s", rule.text)
		}
	}
	if c.CredentialsURI != "" {
		if u, err := url.Parse(c.CredentialsURI); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
			r.wrong(path+".credentials_uri", "not a URL; write http(s)://host[:port]/path")
		}
	}
}

// reportEmpty reports each key that the file gives without a value. It returns whether it
// found one.
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
