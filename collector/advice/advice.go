package advice

import (
	"cmp"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/signature"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
)

// advice is about one kind of failure. Meaning and Action are whole sentences, in which
// settings are `code`. These words stand for what a call was about, or for any call:
// {endpoint}, {instance}, {operation}, {action}, {subject}, {signature}, {other signature}.
type advice struct {
	Meaning string // what has happened
	Action  string // what a reader can do about it
	Section string // the heading in deploy/docs/configuration.md that says more; "" for none
}

// adviceFor returns the advice for a failed call. It never returns the zero value for an
// error that package aliyun makes.
func adviceFor(e *aliyun.Error) advice {
	switch {
	case e.Class == aliyun.ClassAuth && e.HTTPStatus == 0: // the API was not asked
		return noKey
	case e.Class == aliyun.ClassServer && e.Err != nil: // the API gave no code
		return serverOrProxy
	case refusesSignature(e):
		return otherSignature
	}
	var byCause, byClass advice
	code := strings.ToLower(e.Code)
	for _, row := range table {
		for _, pattern := range row.codes {
			if ok, _ := path.Match(pattern, code); ok {
				return row.advice
			}
		}
		if row.cause != "" && row.cause == e.Cause {
			byCause = row.advice
		}
		if row.class != "" && row.class == e.Class {
			byClass = row.advice
		}
	}
	return cmp.Or(byCause, byClass)
}

// Cure returns the advice for a failed call to an instance as plain text. subject is what
// was asked for, such as "job j" or "these 3 jobs".
func Cure(e *aliyun.Error, in aliyun.Instance, subject phrase.Text) phrase.Text {
	return cure{e, in, subject}
}

// cure is the advice for a failed call to an instance.
type cure struct {
	err     *aliyun.Error
	in      aliyun.Instance
	subject phrase.Text
}

func (c cure) In(l phrase.Language) string {
	a := adviceFor(c.err)
	instance := phrase.Of("the public instance")
	if c.in.ID != "" {
		instance = phrase.Of("instance %s", c.in.ID)
	}
	values := map[string]string{
		"{operation}": c.err.Operation, "{action}": "iot:" + c.err.Operation, "{endpoint}": c.in.URL,
		"{instance}": instance.In(l), "{subject}": c.subject.In(l),
		"{signature}":       phrase.Of("signature %s", cmp.Or(c.in.Signature, signature.V3)).In(l),
		"{other signature}": string(c.in.Signature.Other()),
	}
	said := phrase.Sentences{}
	for _, english := range []string{a.Meaning, a.Action} {
		text := strings.ReplaceAll(l.Translate(english), "`", "")
		filled := l.Fill(text, values)
		if l == phrase.English && !strings.HasPrefix(text, "{endpoint}") { // an address is not capitalized
			filled = capitalized(filled)
		}
		said = append(said, phrase.Verbatim(filled))
	}
	return said.In(l)
}

// capitalized makes the first letter of a sentence a capital one.
func capitalized(sentence string) string {
	first, size := utf8.DecodeRuneInString(sentence)
	return string(unicode.ToUpper(first)) + sentence[size:]
}

// refusesSignature reports whether the API refuses a parameter that the two signatures
// send in different places. Older gateways have one code for all parameters. One of
// Alibaba's pages spells it InvalidParamater.
func refusesSignature(e *aliyun.Error) bool {
	if !strings.HasPrefix(strings.ToLower(e.Code), "invalidparam") {
		return false
	}
	message := strings.ToLower(e.Message)
	return strings.Contains(message, "action or version") || strings.Contains(message, "signaturemethod") || strings.Contains(message, "signatureversion")
}
