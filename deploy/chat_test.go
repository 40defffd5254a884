package deploy_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"text/template"
	"time"
)

// chats are the configurations that send to a chat, all of them by alertmanager.yml's rules.
var chats = []string{"dingtalk.yml", "feishu.yml", "wecom.yml"}

func TestChatsRouteLikeTheExample(t *testing.T) {
	routing := func(file string) string {
		text := read(t, "alertmanager/"+file)
		begin, end := strings.Index(text, "\nroute:\n"), strings.Index(text, "\nreceivers:\n")
		if begin < 0 || end < begin {
			t.Fatalf("%s has no route before its receivers", file)
		}
		return text[begin:end]
	}
	for _, file := range chats {
		if routing(file) != routing("alertmanager.yml") {
			t.Errorf("%s: what is between route and receivers differs from alertmanager.yml; copy it from there", file)
		}
	}
}

// message is what the Alertmanager's webhook sends to an adapter, with the methods that templates
// call.
type message struct {
	Status, Receiver, ExternalURL string
	Alerts                        messageAlerts
	CommonLabels                  map[string]string
}

type messageAlert struct {
	Status, GeneratorURL string
	Labels, Annotations  map[string]string
	StartsAt, EndsAt     time.Time
}

type messageAlerts []messageAlert

func (all messageAlerts) Firing() messageAlerts   { return all.in("firing") }
func (all messageAlerts) Resolved() messageAlerts { return all.in("resolved") }

func (all messageAlerts) in(status string) (found messageAlerts) {
	for _, a := range all {
		if a.Status == status {
			found = append(found, a)
		}
	}
	return found
}

// A real Alertmanager sends to each chat, in each language, by the receiver of the severity. The
// message has a title and says what to do. The test expands the templates as an adapter does; for
// WeCom the Alertmanager does so itself.
func TestChatMessages(t *testing.T) {
	// Not long ago: the Alertmanager does not wait for the rest of a group whose alerts are older.
	begin := time.Now().UTC()
	for _, language := range []struct{ name, title, resolved, others, since string }{
		{"en", "[Critical] summary 1 (7 alerts)", "[Resolved] summary 1", ": OTAJobFailureRatioHigh, a, b, c", " since " + begin.Format("2006-01-02 15:04") +
			" UTC, [what to do](https://example.com/runbook), [graph](http://localhost:9090/graph)"},
		{"zh-CN", "【严重】summary 1（共 7 条告警）", "【已恢复】summary 1", "：OTAJobFailureRatioHigh、a、b、c", "开始时间：" + begin.Add(8*time.Hour).Format("2006-01-02 15:04") +
			"，[处理手册](https://example.com/runbook)，[图表](http://localhost:9090/graph)"},
	} {
		for _, chat := range chats {
			t.Run(chat+" "+language.name, func(t *testing.T) {
				t.Parallel()
				templates, err := filepath.Abs("alertmanager/templates/" + language.name + ".tmpl")
				if err != nil {
					t.Fatal(err)
				}
				// Without a function map: none is needed that one of the programs may lack.
				writer := template.Must(template.New("").Option("missingkey=zero").ParseFiles(templates))
				got := make(chan string, 100)
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					body, err := io.ReadAll(r.Body)
					if err != nil {
						t.Error(err)
					}
					switch path := r.URL.RequestURI(); {
					case strings.HasPrefix(path, "/gettoken?"):
						io.WriteString(w, `{"errcode":0,"access_token":"token"}`)
						return
					case strings.HasPrefix(path, "/message/send?"):
						io.WriteString(w, `{"errcode":0}`)
						var sent struct {
							ToParty  string
							Markdown struct{ Content string }
						}
						if err := json.Unmarshal(body, &sent); err != nil || sent.ToParty != "1" {
							t.Errorf("%v: %s", err, body)
						}
						got <- sent.Markdown.Content
					case path == "/dingtalk/on-call/send" || path == "/webhook/send?channel_type=feishu&token=YOUR_TOKEN":
						var sent message
						if err := json.Unmarshal(body, &sent); err != nil {
							t.Error(err)
						}
						var text strings.Builder
						for _, name := range []string{"prom.title", "prom.text"} {
							if err := writer.ExecuteTemplate(&text, name, sent); err != nil {
								t.Error(err)
							}
							text.WriteString("\n")
						}
						got <- text.String()
					default:
						t.Errorf("an unexpected call of %s", path)
					}
				}))
				defer server.Close()
				address, log := alertmanager(t, chat, strings.NewReplacer(
					"http://dingtalk:8060", server.URL, "http://feishu:8090", server.URL,
					"corp_id: YOUR_CORP_ID", "corp_id: YOUR_CORP_ID\n        api_url: "+server.URL+"/",
					"/etc/alertmanager/templates/ota.tmpl", templates, "group_interval: 5m", "group_interval: 2s",
				))

				type alert struct {
					Labels       map[string]string `json:"labels"`
					Annotations  map[string]string `json:"annotations"`
					StartsAt     time.Time         `json:"startsAt"`
					EndsAt       time.Time         `json:"endsAt"`
					GeneratorURL string            `json:"generatorURL"`
				}
				var alerts []alert
				for i, name := range []string{"OTAJobFailureRatioHigh", "a", "b", "c", "d", "e", "f"} {
					number := string(rune('1' + i))
					alerts = append(alerts, alert{
						map[string]string{"alertname": name, "severity": "critical", "account": "production", "job_id": "job-1"},
						map[string]string{"summary": "summary " + number, "description": "description " + number, "runbook_url": "https://example.com/runbook"},
						begin, time.Now().Add(time.Hour), "http://localhost:9090/graph",
					})
				}
				post(t, address, log, alerts)
				// received returns the first message with a title. A busy Alertmanager may send before it
				// has all alerts of a group, and sends again then.
				received := func(title string) string {
					last := ""
					for deadline := time.After(30 * time.Second); ; {
						select {
						case last = <-got:
							if strings.Contains(last, title) {
								return last
							}
						case <-deadline:
							t.Fatalf("no message has the title %s; the last one is\n%s\n%s", title, last, log.String())
						}
					}
				}
				firing := received(language.title)
				wants, tooMuch := []string{"summary 5", "description 5", language.since, "/#/alerts?receiver=on-call"}, "description 6"
				if chat == "wecom.yml" { // its messages are short
					since, _, _ := strings.Cut(language.since, "[graph]")
					since, _, _ = strings.Cut(since, "[图表]")
					wants, tooMuch = []string{"description 1", strings.TrimRight(since, ", ，"), "/#/alerts?receiver=on-call", language.others}, "description 2"
				}
				for _, want := range wants {
					if !strings.Contains(firing, want) {
						t.Errorf("no %q in\n%s", want, firing)
					}
				}
				if strings.Contains(firing, tooMuch) {
					t.Errorf("%q is too much in\n%s", tooMuch, firing)
				}
				for i := range alerts {
					alerts[i].EndsAt = time.Now()
				}
				post(t, address, log, alerts)
				if text := received(language.resolved); !strings.Contains(text, "job-1") || strings.Contains(text, "description") {
					t.Errorf("the message about the end is\n%s", text)
				}
			})
		}
	}
}
