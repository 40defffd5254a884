package pages

import (
	"bytes"
	"context"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/phrase"
)

// resolve completes the query with what the rows have: the status in the case of the API, and an
// account that a proxy has escaped twice. The error is an InvalidQuery.
func (q *pageQuery) resolve(rows []*pageRow) error {
	if q.Account != "" && !slices.ContainsFunc(rows, func(r *pageRow) bool { return r.Account == q.Account }) {
		if once := unescaped(q.Account); slices.ContainsFunc(rows, func(r *pageRow) bool { return r.Account == once }) {
			q.Account = once
		}
	}
	if q.Status == "" {
		return nil
	}
	known := append(slices.Clone(aliyun.Statuses), noData)
	for _, r := range rows { // the API may send other statuses
		if status := shorten(r.Status); len(known) < maxStatuses && !slices.Contains(known, status) {
			known = append(known, status)
		}
		if strings.EqualFold(r.Status, q.Status) {
			q.Status = r.Status
			return nil
		}
	}
	for _, status := range known {
		if strings.EqualFold(status, q.Status) {
			q.Status = status
			return nil
		}
	}
	return invalid("status=%q: want one of %v", shorten(q.Status), known)
}

// unescaped undoes the escaping of a URL once more; it returns other texts as they are.
func unescaped(text string) string {
	if once, err := url.PathUnescape(text); err == nil {
		return once
	}
	return text
}

// of returns the rows that the query selects, on all pages, in the same order. It returns nil
// if ctx ends.
func (q pageQuery) of(ctx context.Context, rows []*pageRow) (kept []*pageRow) {
	filter, _ := q.filter()
	wanted := newSearch(q.words())
	for i, r := range rows {
		if i%256 == 0 && ctx.Err() != nil {
			return nil
		}
		if (q.Account == "" || r.Account == q.Account) && (q.Status == "" || r.Status == q.Status) && filter.keeps(r) && wanted.finds(r) {
			kept = append(kept, r)
		}
	}
	return kept
}

// search searches the texts of rows for words. It is not safe for concurrent use.
type search struct {
	words [][]byte
	texts []byte // of the current row, in lower case, one on each line; reused
}

func newSearch(words []string) *search {
	s := &search{}
	for _, word := range words {
		s.words = append(s.words, []byte(word))
	}
	return s
}

// finds reports whether the texts of the row contain all words.
func (s *search) finds(r *pageRow) bool {
	if len(s.words) == 0 {
		return true
	}
	s.texts = s.texts[:0]
	s.add(&r.JobID, &r.Region, &r.Instance.ID)
	j := r.Job
	s.add(j.Name, j.JobDesc, j.DestVersion, j.ProductKey, j.FirmwareID, j.GroupName)
	for _, t := range j.Tags {
		s.texts = appendLower(s.texts, t.Key)
		s.texts = append(s.texts, '=')
		s.add(t.Value)
	}
	s.add(r.Firmware.ProductName, r.Firmware.ModuleName)
	for _, e := range []*aliyun.Error{r.Err, r.DevicesErr} {
		if e != nil {
			s.add(new(e.Error()), new(errorClass(string(e.Class)).In(phrase.Chinese)))
		}
	}
	for _, word := range s.words {
		if !bytes.Contains(s.texts, word) {
			return false
		}
	}
	return true
}

func (s *search) add(texts ...*string) {
	for _, text := range texts {
		s.texts = append(appendLower(s.texts, text), '\n')
	}
}

// appendLower appends the text that strings.ToLower would return.
func appendLower(b []byte, s *string) []byte {
	if s == nil {
		return b
	}
	from, ascii := len(b), true
	b = append(b, *s...)
	for i, c := range b[from:] {
		if 'A' <= c && c <= 'Z' {
			b[from+i] = c + 'a' - 'A'
		}
		ascii = ascii && c < utf8.RuneSelf
	}
	if ascii {
		return b
	}
	b = b[:from]
	for _, r := range *s {
		b = utf8.AppendRune(b, unicode.ToLower(r))
	}
	return b
}
