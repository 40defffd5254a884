package aliyun

import (
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/rawjson"
)

// shape tells decodeObject how to fill a struct type. It does not change.
type shape struct {
	fields []fieldShape   // in the order of the struct, including those of embedded structs
	byName map[string]int // the index in fields by the name in lower case
}

// fieldShape has the name and the tags of a field, see decodeObject.
type fieldShape struct {
	name  string // in the API
	index []int  // for [reflect.Value.FieldByIndex]
	list  string // the list tag in lower case
	most  int    // the most tag; 0 without it
	limit int    // bytes of a text
	cuts  bool   // a longer text is shortened; otherwise it is left out
}

// shapes is a table of the types of the answers: reflect.Type to *shape. shapeOf adds a
// type when it is first decoded.
var shapes sync.Map

func shapeOf(t reflect.Type) *shape {
	if known, ok := shapes.Load(t); ok {
		return known.(*shape)
	}
	s := &shape{byName: make(map[string]int)}
	for _, field := range reflect.VisibleFields(t) {
		if field.Anonymous {
			continue // its fields follow
		}
		f := fieldShape{index: field.Index, list: strings.ToLower(field.Tag.Get("list"))}
		f.name, _, _ = strings.Cut(field.Tag.Get("json"), ",")
		f.most, _ = strconv.Atoi(field.Tag.Get("most"))
		f.limit, f.cuts = limitOf(field.Tag)
		s.byName[strings.ToLower(f.name)] = len(s.fields)
		s.fields = append(s.fields, f)
	}
	known, _ := shapes.LoadOrStore(t, s)
	return known.(*shape)
}

// limitOf returns how many bytes a text may have, and whether a longer text is
// shortened or left out. It limits the label values of each scrape. The max tag sets
// both. A field without it is an id, a version or a state: a part of it would be
// useless, so a longer text is left out.
func limitOf(tag reflect.StructTag) (limit int, cuts bool) {
	number, mode, _ := strings.Cut(tag.Get("max"), ",")
	if limit, err := strconv.Atoi(number); err == nil {
		return limit, mode == "cut"
	}
	return 256, false
}

// find returns the index of the field that a JSON key names in any case.
func (s *shape) find(key []byte) (index int, ok bool) {
	var room [64]byte // so that most keys need no memory
	lower := room[:0]
	for _, c := range key[1 : len(key)-1] {
		if c == '\\' || c >= 0x80 || len(lower) == len(room) {
			index, ok = s.byName[strings.ToLower(rawjson.Text(key))]
			return index, ok
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		lower = append(lower, c)
	}
	index, ok = s.byName[string(lower)]
	return index, ok
}
