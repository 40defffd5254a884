package link_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config/link"
)

// A template is an http URL with known placeholders, or the error says what to write.
func TestTemplates(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{ // "": accepted
		"a dashboard":               {"https://grafana.example/d/x/y?var-account={account}&var-job_id={job_id}&from=now-6h", ""},
		"a path":                    {"http://[::1]:3000/{iot_instance_id}/{firmware_id}#{job_id}", ""},
		"no placeholder":            {"https://iot.console.aliyun.com", ""},
		"a query behind the host":   {"https://iot.console.aliyun.com?id={job_id}", ""},
		"off":                       {"", ""},
		"an unknown placeholder":    {"https://a/{jobid}", "unknown placeholder {jobid}: want one of {account} {job_id} {iot_instance_id} {firmware_id}; write other braces as %7B and %7D"},
		"a lone brace":              {"https://a/{job_id}}", "unknown placeholder }: want"},
		"an unfinished placeholder": {"https://a/{job_id", "unknown placeholder {: want"},
		"no scheme":                 {"grafana.example/d/x", "want a URL such as https://"},
		"a script":                  {"javascript:alert(1)//{job_id}", "want a URL such as https://"},
		"a file":                    {"file:///etc/{account}", "want a URL such as https://"},
		"no host":                   {"https:///d/{job_id}", "want a URL such as https://"},
		"only a port":               {"https://:3000/d/{job_id}", "want a URL such as https://"},
		"a relative path":           {"/d/{job_id}", "want a URL such as https://"},
		"a placeholder as the host": {"https://{account}/", "want a URL such as https://"},
		"a placeholder in the host": {"https://a.{account}/d", "a placeholder in the host: want"},
		"a placeholder as the port": {"https://a:{account}/d", "a placeholder in the host: want"},
		"a password":                {"https://user:secret@a/{job_id}", "want a URL without a user and a password"},
		"a blank":                   {"https://a/d e", "want a URL whose special characters are escaped"},
		"a control character":       {"https://a/\x00{job_id}", "want a URL"},
		"a wrong escape":            {"https://a/{job_id}/%zz", "want a URL whose special characters are escaped"},
	} {
		t.Run(name, func(t *testing.T) {
			var l link.Template
			err := l.Set(c.text)
			if c.want == "" {
				if err != nil || l.String() != c.text {
					t.Errorf("%q, error %v", l.String(), err)
				}
				return
			}
			if err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
}

// Whatever a value is, it stays within its part of the URL and arrives as it was.
func TestFill(t *testing.T) {
	var l link.Template
	if err := l.Set("https://a/d/{account}?var-job_id={job_id}&x=1#{firmware_id}"); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"ordinary": "HvKuBpuk3rdk6E92CP00030000", "none": "", "a slash and dots": "../../admin", "a query": "a&b=c?d#e", "a plus": "1 + 1", "Chinese": "冷链",
		"a placeholder": "{job_id}", "an escape": "%2f%zz", "markup": `"><script>`, "not UTF-8": "\xff", "controls": "\x00\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			u, err := url.Parse(l.Fill(map[string]string{"account": value, "job_id": value, "firmware_id": value}))
			if err != nil {
				t.Fatal(err)
			}
			q, err := url.ParseQuery(u.RawQuery)
			if u.Host != "a" || u.Path != "/d/"+value || u.Fragment != value || err != nil || len(q) != 2 || q.Get("var-job_id") != value || q.Get("x") != "1" {
				t.Errorf("%s: path %q, query %q, fragment %q, error %v", u, u.Path, q, u.Fragment, err)
			}
		})
	}
	if got := new(link.Template).Fill(map[string]string{"account": "a"}); got != "" {
		t.Errorf("the zero template makes %q", got)
	}
}
