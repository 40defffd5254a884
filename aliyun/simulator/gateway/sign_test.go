package gateway

import (
	"net/http"
	"net/url"
	"testing"
)

// The vectors are from Alibaba's pages on signatures.

func TestACS3Vector(t *testing.T) {
	t.Parallel()
	r, err := http.NewRequest(http.MethodPost, "https://ecs.cn-shanghai.aliyuncs.com/?"+
		"ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai", nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"x-acs-action":          "RunInstances",
		"x-acs-version":         "2014-05-26",
		"x-acs-date":            "2023-10-26T10:22:32Z",
		"x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
		"x-acs-content-sha256":  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	} {
		r.Header.Set(name, value)
	}
	signed := []string{
		"host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version",
	}
	toSign := acs3StringToSign(acs3CanonicalRequest(r, r.URL.Query(), signed, nil))
	if want := "ACS3-HMAC-SHA256\n7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259"; toSign != want {
		t.Errorf("string to sign %q, want %q", toSign, want)
	}
	const want = "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
	if got := acs3Signature("YourAccessKeySecret", toSign); got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
}

func TestRPCVectors(t *testing.T) {
	t.Parallel()
	for name, vector := range map[string]struct{ query, toSign, signature string }{
		"IoT Pub": {
			"MessageContent=aGVsbG93b3JsZA%3D&Action=Pub&Timestamp=2017-10-02T09%3A39%3A41Z&SignatureVersion=1.0" +
				"&ServiceCode=iot&Format=XML&Qos=0&SignatureNonce=0715a395-aedf-4a41-bab7-746b43d38d88&Version=2017-04-20" +
				"&AccessKeyId=testid&SignatureMethod=HMAC-SHA1&RegionId=cn-shanghai&ProductKey=12345abcdeZ" +
				"&TopicFullName=%2FproductKey%2Ftestdevice%2Fget",
			"GET&%2F&AccessKeyId%3Dtestid%26Action%3DPub%26Format%3DXML%26MessageContent%3DaGVsbG93b3JsZA%253D" +
				"%26ProductKey%3D12345abcdeZ%26Qos%3D0%26RegionId%3Dcn-shanghai%26ServiceCode%3Diot" +
				"%26SignatureMethod%3DHMAC-SHA1%26SignatureNonce%3D0715a395-aedf-4a41-bab7-746b43d38d88" +
				"%26SignatureVersion%3D1.0%26Timestamp%3D2017-10-02T09%253A39%253A41Z" +
				"%26TopicFullName%3D%252FproductKey%252Ftestdevice%252Fget%26Version%3D2017-04-20",
			"Y9eWn4nF8QPh3c4zAFkM/k/u7eA=",
		},
		"ECS DescribeRegions": {
			"Timestamp=2016-02-23T12:46:24Z&Format=XML&AccessKeyId=testid&Action=DescribeRegions" +
				"&SignatureMethod=HMAC-SHA1&SignatureNonce=3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf" +
				"&Version=2014-05-26&SignatureVersion=1.0",
			"GET&%2F&AccessKeyId%3Dtestid%26Action%3DDescribeRegions%26Format%3DXML%26SignatureMethod%3DHMAC-SHA1" +
				"%26SignatureNonce%3D3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf%26SignatureVersion%3D1.0" +
				"%26Timestamp%3D2016-02-23T12%253A46%253A24Z%26Version%3D2014-05-26",
			"OLeaidS1JvxuMvnyHOwuJ+uX5qY=",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			query, err := url.ParseQuery(vector.query)
			if err != nil {
				t.Fatal(err)
			}
			toSign := rpcStringToSign(http.MethodGet, query)
			if toSign != vector.toSign {
				t.Errorf("string to sign\n%s, want\n%s", toSign, vector.toSign)
			}
			if got := rpcSignature("HMAC-SHA1", "testsecret", toSign); got != vector.signature {
				t.Errorf("signature %s, want %s", got, vector.signature)
			}
		})
	}
}

func TestEscapeLeavesOnlyTheUnreserved(t *testing.T) {
	t.Parallel()
	if got, want := escape("aZ9-_.~ +*/:=中"), "aZ9-_.~%20%2B%2A%2F%3A%3D%E4%B8%AD"; got != want {
		t.Errorf("escape: %s, want %s", got, want)
	}
}
