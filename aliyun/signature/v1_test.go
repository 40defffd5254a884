package signature

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"testing"
)

// The parameters and signatures are from Alibaba's pages on request signatures of IoT
// Platform and ECS.
func TestPublishedVectorsV1(t *testing.T) {
	for name, vector := range map[string]struct{ query, signature string }{
		"IoT Platform, Pub": {
			"MessageContent=aGVsbG93b3JsZA%3D&Action=Pub&Timestamp=2017-10-02T09%3A39%3A41Z&SignatureVersion=1.0" +
				"&ServiceCode=iot&Format=XML&Qos=0&SignatureNonce=0715a395-aedf-4a41-bab7-746b43d38d88&Version=2017-04-20" +
				"&AccessKeyId=testid&SignatureMethod=HMAC-SHA1&RegionId=cn-shanghai&ProductKey=12345abcdeZ" +
				"&TopicFullName=%2FproductKey%2Ftestdevice%2Fget",
			"Y9eWn4nF8QPh3c4zAFkM/k/u7eA=",
		},
		"ECS, DescribeRegions": {
			"Timestamp=2016-02-23T12:46:24Z&Format=XML&AccessKeyId=testid&Action=DescribeRegions" +
				"&SignatureMethod=HMAC-SHA1&SignatureNonce=3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf" +
				"&Version=2014-05-26&SignatureVersion=1.0",
			"OLeaidS1JvxuMvnyHOwuJ+uX5qY=",
		},
	} {
		t.Run(name, func(t *testing.T) {
			params, err := url.ParseQuery(vector.query)
			if err != nil {
				t.Fatal(err)
			}
			if got := signatureV1(http.MethodGet, params, "testsecret"); got != vector.signature {
				t.Errorf("got %s, want %s", got, vector.signature)
			}
		})
	}
}

// Alibaba's own client makes the same signatures for any parameters. testdata/pop-core.js
// created the vectors with it.
func TestV1AgreesWithAlibabasClient(t *testing.T) {
	text, err := os.ReadFile("testdata/pop-core.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Name, Secret            string
		Params                  map[string]string
		StringToSign, Signature string
	}
	if err := json.Unmarshal(text, &vectors); err != nil || len(vectors) < 20 {
		t.Fatalf("%d vectors, error %v", len(vectors), err)
	}
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			params := url.Values{}
			for name, value := range v.Params {
				params.Set(name, value)
			}
			if got := stringToSignV1(http.MethodGet, params); got != v.StringToSign {
				t.Errorf("string to sign\n%s, want\n%s", got, v.StringToSign)
			}
			if got := signatureV1(http.MethodGet, params, v.Secret); got != v.Signature {
				t.Errorf("signature %s, want %s", got, v.Signature)
			}
		})
	}
}
