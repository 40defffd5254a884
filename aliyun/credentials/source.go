package credentials

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"unicode"

	"github.com/aliyun/credentials-go/credentials"
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

// readFiles returns the Config with the contents of its secret files. It reads them at
// each refresh and compares contents, not file times: Kubernetes swaps a symlink when a
// secret changes.
func (cfg Config) readFiles() (Config, error) {
	for _, f := range []struct {
		path  string
		value *string
	}{
		{cfg.AccessKeySecretFile, &cfg.AccessKeySecret},
		{cfg.SecurityTokenFile, &cfg.SecurityToken},
	} {
		if f.path == "" {
			continue
		}
		content, err := readSecretFile(f.path)
		if err != nil {
			return cfg, err
		}
		content = bytes.TrimSpace(content)
		if len(content) == 0 {
			return cfg, fmt.Errorf("read %s: the file is empty", f.path)
		}
		// With an error, the last good keys are used for a while. Wrong keys would only
		// be refused.
		if bytes.ContainsFunc(content, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return cfg, fmt.Errorf("read %s: the file has more than one line, or a character that no key has", f.path)
		}
		*f.value = string(content)
	}
	return cfg, checkSecretFile(cfg.OIDCTokenFile)
}

// maxSecretFile is more than the size of any key or token, in bytes.
const maxSecretFile = 64 << 10

// checkSecretFile refuses a file whose read may never end or may fill the memory. It
// accepts a missing file: reading it gives the error.
func checkSecretFile(path string) error {
	switch info, _ := os.Stat(path); {
	case info == nil, info.IsDir():
		return nil
	case !info.Mode().IsRegular():
		return fmt.Errorf("read %s: not a regular file", path)
	case info.Size() > maxSecretFile:
		return fmt.Errorf("read %s: larger than %d KiB, which is too large for a secret", path, maxSecretFile>>10)
	}
	return nil
}

func readSecretFile(path string) ([]byte, error) {
	if err := checkSecretFile(path); err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(io.LimitReader(file, maxSecretFile))
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
	if strings.ContainsFunc(keys.AccessKeyID+keys.AccessKeySecret+keys.SecurityToken, unicode.IsControl) {
		return Keys{}, errors.New("the source's answer has keys with a line break or another control character") // not possible in a header
	}
	return keys, nil
}

var (
	// pasted matches the places where credentials-go copies other text into an error: an
	// answer, a file, a line, the stderr of a command. That text may contain keys.
	pasted = regexp.MustCompile(`(?:credentials from \S+ \S+|session token(?: from \w+)?|config from '[^']*') failed: ` +
		`|from OAuth: |message = |stderr: |Can not open file[^o]|[{<]`)
	// A query contains the SecurityToken of STS, or the secret of a credentials URI.
	urlUser  = regexp.MustCompile(`://[^/\s"]*@`)
	urlQuery = regexp.MustCompile(`\?[^\s"]+`)
	codeText = regexp.MustCompile(`^[\w.]{1,64}$`)
)

// publicError returns err as text that may be logged: without copied text, except for the
// Code of a JSON answer, without queries and without the known secrets.
func publicError(err error, cfg Config, good Keys) error {
	var b strings.Builder
	text := err.Error()
	for {
		at := pasted.FindStringIndex(text)
		if at == nil {
			b.WriteString(text)
			break
		}
		start := at[1]
		if text[start-1] != ' ' { // it is the first byte of the copied text
			start--
		}
		b.WriteString(text[:start] + "<answer")
		text = text[start:]
		// The standard chain joins the errors of its sources with ", ". The next error
		// can be found after a JSON object, but not after other text.
		var answer struct{ Code any }
		decoder := json.NewDecoder(strings.NewReader(text))
		if !strings.HasPrefix(text, "{") || decoder.Decode(&answer) != nil {
			b.WriteString(">")
			break
		}
		if code, ok := answer.Code.(string); ok && codeText.MatchString(code) {
			b.WriteString(" with code " + code)
		}
		b.WriteString(">")
		if text = strings.TrimSpace(text[decoder.InputOffset():]); !strings.HasPrefix(text, ", ") {
			break
		}
	}
	public := urlQuery.ReplaceAllString(urlUser.ReplaceAllString(b.String(), "://"), "?<query>")
	for _, secret := range []string{cfg.AccessKeySecret, cfg.SecurityToken, good.AccessKeySecret, good.SecurityToken} {
		if secret != "" {
			public = strings.ReplaceAll(public, secret, "<secret>")
		}
	}
	return errors.New(cfg.kind() + ": " + public)
}
