package poll

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-kit/log"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/aliyun/credentials"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/store"
	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/collector/target"
)

// Slots of removed accounts do not accumulate, however often the configuration changes.
func TestBudgetsOfRemovedAccounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		poller := New(store.New(), Options{Logger: log.NewNopLogger()})
		defer poller.Stop()
		most := 0
		for i := range 2000 {
			a := target.Account{
				Name: fmt.Sprint("account-", i), RequestsPerSecond: 5,
				Credentials: credentials.Config{AccessKeyID: fmt.Sprint("key-", i), AccessKeySecret: "secret"},
			}
			poller.Apply(t.Context(), target.Setup{Accounts: []target.Account{a}, Rules: target.Rules{DiscoveryInterval: time.Minute}})
			// One slot is out as after a call, so that nothing can be forgotten at once.
			slot, err := poller.budgets.slotsOf(a, aliyun.OpQueryOTAJob).Take(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			slot.End(nil)
			synctest.Wait() // for the end of the account before
			most = max(most, len(poller.budgets.slots)+len(poller.budgets.shared)+len(poller.stopping))
			time.Sleep(100 * time.Millisecond)
		}
		// Four operations of the account that is there, and one of each account of the last second.
		if want := 2*4 + 2*11 + 1; most > want {
			t.Errorf("%d sets of slots and budgets, want %d at most", most, want)
		}
	})
}
