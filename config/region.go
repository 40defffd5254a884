package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/aliyun-iot-ota/aliyun_iot_ota_exporter/config/spelling"
)

var (
	// regions are those on Alibaba's page of IoT Platform endpoints.
	regions = []string{"cn-shanghai", "ap-southeast-1", "ap-northeast-1", "us-west-1", "us-east-1", "eu-central-1", "cn-beijing", "cn-shenzhen"}
	// enterpriseRegions are the regions without a public instance.
	enterpriseRegions = []string{"cn-beijing", "cn-shenzhen"}
)

// regionPattern matches what can be a part of a host name.
var regionPattern = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// RegionOf returns the region of an instance of the account. It is "" if neither has a
// region, which is valid only with an endpoint.
func (a Account) RegionOf(i Instance) string {
	if i.Region != "" {
		return i.Region
	}
	return a.Region
}

const noRegionID = "missing, so calls with signature v1 have no RegionId; write one such as cn-shanghai, unless your gateway has no regions"

// validateRegions checks the regions of the account and its instances, and that every
// instance has a region if it needs one.
func (a *Account) validateRegions(r *report, path string) {
	a.checkRegion(r, path+".region", a.Region)
	hasRegion := func(i Instance) bool { return a.RegionOf(i) != "" }
	// If no instance has a region, one message for the account is enough.
	none := a.Region == "" && !slices.ContainsFunc(a.Instances, hasRegion)
	switch {
	case none && a.Endpoint == "":
		r.wrong(path+".region", "missing; write one such as cn-shanghai")
	case none && a.Signature == "v1":
		r.warn(path+".region", noRegionID)
	}
	for i, inst := range a.Instances {
		at := fmt.Sprintf("%s.instances[%d]", path, i)
		a.checkRegion(r, at+".region", inst.Region)
		switch region := a.RegionOf(inst); {
		case none:
		case a.Endpoint != "" && a.Signature == "v1" && region == "":
			r.warn(at+".region", noRegionID)
		case a.Endpoint != "":
		case region == "":
			r.wrong(at+".region", "missing, here and in the account; write one such as cn-shanghai")
		case inst.ID == "" && slices.Contains(enterpriseRegions, region):
			r.warn(at, "%s has no public instance; write the id of your instance", region)
		}
	}
}

// checkRegion checks one region. An unknown region is only a warning, because Alibaba Cloud
// opens new ones.
func (a *Account) checkRegion(r *report, path, region string) {
	switch {
	case region == "":
	case !regionPattern.MatchString(region):
		if near := nearRegions(region); near != "" {
			r.wrong(path, "not a region; did you mean %s?", near)
			return
		}
		r.wrong(path, "not a region; write lower-case letters, digits and dashes, such as cn-shanghai")
	case a.Endpoint == "" && !slices.Contains(regions, region):
		if near := nearRegions(region); near != "" {
			r.warn(path, "unknown region; did you mean %s? Calls go to iot.<region>.aliyuncs.com with the region as written", near)
			return
		}
		r.warn(path, "unknown region; calls go to iot.<region>.aliyuncs.com anyway. Known regions are %s", strings.Join(regions, ", "))
	}
}

// nearRegions returns the known regions that differ from a text by one typing error, "" if
// there is none. It ignores case, surrounding white space, and underscores instead of dashes.
func nearRegions(text string) string {
	text = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(text), "_", "-"))
	var near []string
	for _, region := range regions {
		if text == region {
			return region
		}
		if spelling.Distance(text, region) == 1 || transposed(text, region) {
			near = append(near, region)
		}
	}
	return strings.Join(near, " or ")
}

// transposed reports whether swapping two adjacent letters turns a into b.
func transposed(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) - 1 {
		if a[i] != b[i] {
			return a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		}
	}
	return false
}
