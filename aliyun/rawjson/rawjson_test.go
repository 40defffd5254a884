package rawjson_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/rawjson"
)

// FuzzWalk compares each object, list and text of valid JSON with what encoding/json reads.
func FuzzWalk(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, ` { } `, "[\t]", `""`, `0`, `null`, `{"a":1}`, `{"a":1,"a":2,"A":3}`, "{ \"a\" :\n{\"b\":[ ]} , \"c\"\t: [1 ,2\r,\"]\"] }",
		`["\"","\\","\\\"","}","[{"]`, `[[[]],{},[{}]]`, `{"\u0061":"\ud83d\ude00","\ud83d":"\ud83d"}`, "{\"a\xff\":\"\xffb\"}", `[-1.5e+3,true,false,null,"x"]`, `{"":""}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if value := bytes.Trim(data, " \t\r\n"); json.Valid(value) {
			check(t, value)
		}
	})
}

func check(t *testing.T, value []byte) {
	t.Helper()
	switch value[0] {
	case '{':
		var want map[string]json.RawMessage
		if err := json.Unmarshal(value, &want); err != nil {
			t.Fatal(err)
		}
		got := make(map[string]json.RawMessage)
		for key, member := range rawjson.Members(value) {
			got[rawjson.Text(key)] = member
			check(t, member)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", value, diff)
		}
	case '[':
		var want []json.RawMessage
		if err := json.Unmarshal(value, &want); err != nil {
			t.Fatal(err)
		}
		got := []json.RawMessage{}
		for element := range rawjson.Elements(value) {
			got = append(got, element)
			check(t, element)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", value, diff)
		}
	case '"':
		var want string
		if err := json.Unmarshal(value, &want); err != nil {
			t.Fatal(err)
		}
		if got := rawjson.Text(value); got != want {
			t.Errorf("%q is %q, want %q", value, got, want)
		}
	}
}
