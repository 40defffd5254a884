package exportertest

import "encoding/base64"

const (
	// BasicAuthConfig is a web configuration that lets the user "prometheus" in with the password "password".
	BasicAuthConfig = "basic_auth_users: {prometheus: " + PasswordHash + "}\n"
	// PasswordHash is the hash of "password", at the lowest cost that bcrypt has.
	PasswordHash = "$2a$04$0A2tIRk3qZqjRlmvhYXg3u6LdPOEy2W4rf2zrOh2i/sqlLg5Tq.py"
)

// BasicAuthHeader is a header line with basic auth for "user:password".
func BasicAuthHeader(userAndPassword string) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(userAndPassword)) + "\r\n"
}
