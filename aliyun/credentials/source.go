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

// Config says where the keys of one account come from. The zero
// value is credentials-go's standard chain: environment, OIDC (RRSA),
// ~/.aliyun/config.json, ~/.alibabacloud/credentials, ECS RAM role, credentials
// URI. Else the first of these that is set decides: CredentialsURI, OIDC*,
// ECSRAMRole, RoleARN on top of a key pair, SecurityToken*, a plain key pair.
type Config struct {
	AccessKeyID, AccessKeySecret string
	AccessKeySecretFile          string // over AccessKeySecret; read again when it changes
	SecurityToken                string
	SecurityTokenFile            string // over SecurityToken; read again when it changes
	RoleARN, ExternalID          string
	RoleSessionName              string // "": credentials-go's own
	ECSRAMRole                   string
	OIDCProviderARN              string
	OIDCTokenFile                string // read by credentials-go at every refresh
	CredentialsURI               string
}

// Bounds of one request to STS or a credentials URI, in milliseconds; together
// less than the 10 s of a call, so that the first one learns why it has no keys.
// The standard chain and the ECS role have bounds of their own: 15 s and 2 s.
const (
	connectTimeoutMs = 3000
	readTimeoutMs    = 5000
)

// source is the one method of credentials-go's Credential that is used.
type source interface {
	GetCredential() (*credentials.CredentialModel, error)
}

// kind is credentials-go's name of the source.
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

// Format prints no secret, whatever the verb.
func (cfg Config) Format(w fmt.State, _ rune) {
	io.WriteString(w, "CredentialsConfig("+cfg.kind()+")")
}

// MarshalText keeps the secret out of JSON and of structured logs.
func (cfg Config) MarshalText() ([]byte, error) { return []byte(fmt.Sprint(cfg)), nil }

// readFiles fills in what stands in files. It is called for each refresh and
// the contents are compared: Kubernetes swaps a symlink when a secret changes.
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
		// Rather the keys from before than calls that are refused.
		if bytes.ContainsFunc(content, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return cfg, fmt.Errorf("read %s: the file holds more than one line, or a character that no key has", f.path)
		}
		*f.value = string(content)
	}
	return cfg, checkSecretFile(cfg.OIDCTokenFile)
}

// maxSecretFile is more than any key or token has, in bytes.
const maxSecretFile = 64 << 10

// checkSecretFile refuses what may never end or fill the memory when it is read. That
// there is no such file is told by the one who reads it.
func checkSecretFile(path string) error {
	switch info, _ := os.Stat(path); {
	case info == nil, info.IsDir():
		return nil
	case !info.Mode().IsRegular():
		return fmt.Errorf("read %s: not a regular file", path)
	case info.Size() > maxSecretFile:
		return fmt.Errorf("read %s: larger than %d KiB, so not a secret", path, maxSecretFile>>10)
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

// newSource builds a credential, which does no I/O. cfg is what readFiles gave.
func newSource(cfg Config) (source, error) {
	boundSources()
	kind := cfg.kind()
	switch kind {
	case "default":
		return credentials.NewCredential(nil)
	case "ram_role_arn", "sts", "access_key":
		// credentials-go would take the missing half of the pair from the
		// environment, which may be another account's.
		if cfg.AccessKeyID == "" || cfg.AccessKeySecret == "" {
			return nil, errors.New("an access key id and its secret are needed")
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

// ask takes the keys out of a source. credentials-go panics at an answer of STS
// without Expiration, and at one of the metadata service without Code.
func ask(src source) (keys Keys, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic over the source's answer: %v", p)
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
		return Keys{}, errors.New("the source's answer has keys with a line break or another control character") // no header can carry it
	}
	return keys, nil
}

var (
	// pasted finds where credentials-go puts a text into an error that is not
	// its own, and may hold keys: an answer, a file, a line, a command's stderr.
	pasted = regexp.MustCompile(`(?:credentials from \S+ \S+|session token(?: from \w+)?|config from '[^']*') failed: ` +
		`|from OAuth: |message = |stderr: |Can not open file[^o]|[{<]`)
	// A query carries STS's SecurityToken, or a credentials URI's own secret.
	urlUser  = regexp.MustCompile(`://[^/\s"]*@`)
	urlQuery = regexp.MustCompile(`\?[^\s"]+`)
	codeText = regexp.MustCompile(`^[\w.]{1,64}$`)
)

// publicError is err as text that may be logged: without what is pasted, but for
// the Code of a JSON answer, without queries, and without the known secrets.
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
		if text[start-1] != ' ' { // the first byte of the pasted text itself
			start--
		}
		b.WriteString(text[:start] + "<answer")
		text = text[start:]
		// The standard chain joins the errors of its sources by ", ": after a
		// JSON object the next one can be told, after anything else it cannot.
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
