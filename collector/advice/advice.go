package advice

import (
	"cmp"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/signature"
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

// Cure writes the advice for a failed call to an instance as plain text. subject is what
// was asked for, such as "job j" or "these 3 jobs".
func Cure(e *aliyun.Error, in aliyun.Instance, subject string) string {
	a := adviceFor(e)
	instance := "the public instance"
	if in.ID != "" {
		instance = "instance " + in.ID
	}
	fill := strings.NewReplacer("`", "", "{operation}", e.Operation, "{action}", "iot:"+e.Operation,
		"{instance}", instance, "{subject}", subject, "{endpoint}", in.URL,
		"{signature}", "signature "+string(cmp.Or(in.Signature, signature.V3)), "{other signature}", string(in.Signature.Other()))
	sentences := func(text string) string {
		filled := fill.Replace(text)
		if strings.HasPrefix(text, "{endpoint}") { // an address is not capitalized
			return filled
		}
		return capitalized(filled)
	}
	return sentences(a.Meaning) + " " + sentences(a.Action)
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
