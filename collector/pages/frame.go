package pages

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// frame is what every page has around its content. What a template gets embeds it.
type frame struct {
	Language phrase.Language // of the texts
	Title    phrase.Text
	Root     string // relative URL of the landing page, such as ./ or ../../
	Version  string // see [Site]
	Division target.Division
	Refresh  int       // seconds between two automatic refreshes; 0: none
	query    pageQuery // the parameters of the page; the page of a batch has those of the list
	now      time.Time
}

// frame returns the frame of a page for a request. It sets the language of the query.
func (s Site) frame(r *http.Request, title phrase.Text, root string, query *pageQuery) frame {
	var language phrase.Language
	language, query.Language = phrase.Choose(r)
	f := frame{Language: language, Title: title, Root: root, Version: s.Version, Division: s.Poller.Division(), query: *query, now: s.now()}
	if query.Refresh {
		f.Refresh = refreshSeconds
	}
	return f
}

// Elsewhere is the shard of an account that another exporter watches; "" for all other accounts.
func (f frame) Elsewhere(account string) string {
	shard, elsewhere := f.Division.Elsewhere(account)
	if !elsewhere {
		return ""
	}
	return strconv.Itoa(shard)
}

// AsOf is the time that the page shows.
func (f frame) AsOf() instant { return newInstant(f.now, f.now) }

// Home is the relative URL of the landing page, in the language that the reader has chosen.
func (f frame) Home() string { return f.Root + f.languageOnly().suffix() }

// languageOnly returns the language that the reader has chosen without other parameters.
func (f frame) languageOnly() pageQuery { return pageQuery{Language: f.query.Language} }

// Other is the language that the page offers.
func (f frame) Other() phrase.Language { return f.Language.Other() }

// OtherAddress is the relative URL of this page in the other language.
func (f frame) OtherAddress() string {
	q := f.query
	q.Language = f.Other()
	return q.Address()
}

// language makes a type that embeds frame a page.
func (f frame) language() phrase.Language { return f.Language }

// page is what the template of a page gets.
type page interface{ language() phrase.Language }

//go:embed page.css
var commonCSS template.CSS

//go:embed batch.css
var batchCSS template.CSS

// pageCSS is the style sheet of every page.
var pageCSS = commonCSS + batchCSS

//go:embed *.html
var pageHTML embed.FS

// templates has the templates in each language: one for each page, named for its file, and the
// parts that pages share.
var templates = func() map[phrase.Language]*template.Template {
	all := make(map[phrase.Language]*template.Template)
	files, _ := fs.Glob(pageHTML, "*.html")
	for _, l := range phrase.Languages {
		all[l] = template.New("").Funcs(functions(l))
		for _, name := range files {
			source, _ := pageHTML.ReadFile(name)
			template.Must(all[l].New(name).Parse(l.Template(string(source))))
		}
	}
	return all
}()

// functions returns the functions of the templates in a language.
func functions(l phrase.Language) template.FuncMap {
	return template.FuncMap{
		"css":    func() template.CSS { return pageCSS },
		"text":   pageText,
		"class":  statusClass,
		"number": phrase.Number,
		"icon":   statusIcon,
		"say": func(text phrase.Text) string {
			if text == nil {
				return ""
			}
			return pageText(text.In(l))
		},
		"batchStatus": batchStatus,
		"taskStatus":  taskStatus,
		"reason":      reasonWord,
		"errorClass":  errorClass,
		"basis":       basis,
		// original returns the name of the API for a word that is shown instead of it; "" if
		// the name itself is shown.
		"original": func(word phrase.Word) string {
			if word.In(l) == word.Name {
				return ""
			}
			return word.Name
		},
	}
}

// policy is the Content-Security-Policy of every page. If a text from the API became markup by
// mistake, the policy would keep it from loading or running anything.
var policy = func() string {
	style := sha256.Sum256([]byte(pageCSS))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(style[:]) + "'; img-src data:; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}()

// send answers with a page. name is the file of its template.
func send(w http.ResponseWriter, name string, view page) {
	sendStatus(w, http.StatusOK, name, view)
}

// sendStatus is send with another status.
func sendStatus(w http.ResponseWriter, status int, name string, view page) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept-Language")
	w.WriteHeader(status)
	_ = templates[view.language()].ExecuteTemplate(w, name, view) // fails only if the client has gone
}

// batchAddress returns the URL of the page of a batch, relative to that of the list. It
// returns "" for the few ids that no URL can have, because browsers take them for folders.
func batchAddress(account, jobID string) string {
	for _, part := range []string{account, jobID} {
		if part == "" || part == "." || part == ".." {
			return ""
		}
	}
	return "jobs/" + url.PathEscape(account) + "/" + url.PathEscape(jobID)
}
