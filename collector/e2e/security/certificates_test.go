package security_test

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/simulator/network"
)

// authority is a certificate authority that one test makes.
type authority struct{ *network.Authority }

func newAuthority(t *testing.T) authority {
	t.Helper()
	a, err := network.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	return authority{a}
}

// pem returns the certificate of the authority as the content of a file.
func (a authority) pem() string { return string(a.PEM()) }

// pair is a certificate and its private key, each as the content of a file.
type pair struct{ certificate, key string }

// issue returns a signed certificate for the loopback address and a name. The changes are
// applied before it is signed.
func (a authority) issue(t *testing.T, name string, usage x509.ExtKeyUsage, changes ...func(*x509.Certificate)) pair {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2),
		Subject:      pkix.Name{CommonName: name},
		DNSNames:     []string{name},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		NotAfter:     time.Now().Add(time.Hour),
		ExtKeyUsage:  []x509.ExtKeyUsage{usage},
	}
	for _, change := range changes {
		change(template)
	}
	signed, err := a.Sign(template)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(signed.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return pair{inPEM("CERTIFICATE", signed.Certificate[0]), inPEM("PRIVATE KEY", key)}
}

// loaded returns the pair as crypto/tls uses it.
func (p pair) loaded(t *testing.T) tls.Certificate {
	t.Helper()
	loaded, err := tls.X509KeyPair([]byte(p.certificate), []byte(p.key))
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

func inPEM(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}
