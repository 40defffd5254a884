package credentials

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"unicode"

	"github.com/aliyun/credentials-go/credentials"
)

// Timeouts of one request to STS or a credentials URI, in milliseconds. Together they are
// less than the 10 s of a call, so that even the first call returns the error of the
// source. The standard chain and the ECS role have their own timeouts: 15 s and 2 s.
const (
	connectTimeoutMs = 3000
	readTimeoutMs    = 5000
)

// source is the only method that is used of a Credential of credentials-go.
type source interface {
	GetCredential() (*credentials.CredentialModel, error)
}

// newSource builds a credential of credentials-go, without I/O. cfg is a result of
// readFiles.
func newSource(cfg Config) (source, error) {
	boundSources()
	kind := cfg.kind()
	switch kind {
	case "default":
		return credentials.NewCredential(nil)
	case "ram_role_arn", "sts", "access_key":
		// credentials-go would take the missing half of the pair from the environment,
		// which may belong to another account.
		if cfg.AccessKeyID == "" || cfg.AccessKeySecret == "" {
			return nil, errors.New("an access key id and its secret are required")
		}
	}
	connect, read := connectTimeoutMs, readTimeoutMs
	return credentials.NewCredential(&credentials.Config{
		Type:              &kind,
		AccessKeyId:       &cfg.AccessKeyID,
		AccessKeySecret:   &cfg.AccessKeySecret,
		SecurityToken:     &cfg.SecurityToken,
		RoleArn:           &cfg.RoleARN,
		RoleSessionName:   &cfg.RoleSessionName,
		ExternalId:        &cfg.ExternalID,
		RoleName:          &cfg.ECSRAMRole,
		OIDCProviderArn:   &cfg.OIDCProviderARN,
		OIDCTokenFilePath: &cfg.OIDCTokenFile,
		Url:               &cfg.CredentialsURI,
		ConnectTimeout:    &connect,
		Timeout:           &read,
	})
}

// ask gets the keys from a source. credentials-go panics at an answer of STS without
// Expiration, and at an answer of the metadata service without Code.
func ask(src source) (keys Keys, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic at the source's answer: %v", p)
		}
	}()
	m, err := src.GetCredential()
	if err != nil {
		return Keys{}, err
	}
	keys = Keys{*m.AccessKeyId, *m.AccessKeySecret, *m.SecurityToken}
	if keys.AccessKeyID == "" || keys.AccessKeySecret == "" {
		return Keys{}, errors.New("the source's answer has no access key")
	}
	if keys.AccessKeyID == os.Getenv("ALIBABA_CLOUD_ACCESS_KEY_ID") {
		if err := checkVariables(keys); err != nil {
			return Keys{}, err
		}
	}
	if strings.ContainsFunc(keys.AccessKeyID+keys.AccessKeySecret+keys.SecurityToken, unicode.IsControl) {
		return Keys{}, errors.New("the source's answer has keys with a line break or another control character") // not possible in a header
	}
	return keys, nil
}

// checkVariables returns an error if a variable of the environment has a character that is never part
// of a key, such as the quotes of a file for containers. The API would reject the signature without
// saying why.
func checkVariables(keys Keys) error {
	for _, v := range []struct{ name, value string }{
		{"ALIBABA_CLOUD_ACCESS_KEY_ID", keys.AccessKeyID},
		{"ALIBABA_CLOUD_ACCESS_KEY_SECRET", keys.AccessKeySecret},
		{"ALIBABA_CLOUD_SECURITY_TOKEN", keys.SecurityToken},
	} {
		if strings.ContainsFunc(v.value, func(c rune) bool { return c <= ' ' || c > '~' || c == '"' || c == '\'' }) {
			return fmt.Errorf("%s has a blank, a quote, a line break or another character that is never part of a key; copy the value again", v.name)
		}
	}
	return nil
}
