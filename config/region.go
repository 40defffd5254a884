package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Alibaba's page of endpoints for IoT Platform.
var (
	regions = []string{"cn-shanghai", "ap-southeast-1", "ap-northeast-1", "us-west-1", "us-east-1", "eu-central-1", "cn-beijing", "cn-shenzhen"}
	// enterpriseRegions are those of them without a public instance.
	enterpriseRegions = []string{"cn-beijing", "cn-shenzhen"}
)

// A region becomes a part of a host name.
var regionPattern = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// RegionOf is the region of one of the account's instances, "" where an endpoint makes
// a region needless.
func (a Account) RegionOf(i Instance) string {
	if i.Region != "" {
		return i.Region
	}
	return a.Region
}

const noRegionID = "missing, so calls with signature v1 have no RegionId; write one such as cn-shanghai, unless your gateway knows no regions"

// validateRegions checks the regions of the account and its instances, and that there
// are enough of them.
func (a *Account) validateRegions(r *report, path string) {
	a.checkRegion(r, path+".region", a.Region)
	hasRegion := func(i Instance) bool { return a.RegionOf(i) != "" }
	// One remark for the account says it all where no instance has a region of its own.
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
			r.wrong(at+".region", "missing, here and at the account; write one such as cn-shanghai")
		case inst.ID == "" && slices.Contains(enterpriseRegions, region):
			r.warn(at, "%s has no public instance; write the id of yours", region)
		}
	}
}

// checkRegion checks one region. An unknown name is only a warning, since Alibaba opens
// regions.
func (a *Account) checkRegion(r *report, path, region string) {
	switch {
	case region == "":
	case !regionPattern.MatchString(region):
		if near := nearRegions(region); near != "" {
			r.wrong(path, "not a region; did you mean %s?", near)
			return
		}
		r.wrong(path, "not a region; write small letters, digits and dashes, such as cn-shanghai")
	case a.Endpoint == "" && !slices.Contains(regions, region):
		if near := nearRegions(region); near != "" {
			r.warn(path, "unknown region, did you mean %s? Calls go to iot.<region>.aliyuncs.com as it is written", near)
			return
		}
		r.warn(path, "unknown region, calls go to its iot.<region>.aliyuncs.com all the same; known are %s", strings.Join(regions, ", "))
	}
}

// nearRegions are the known regions that a text is one slip of the keyboard away from,
// "" if there is none. Small and capital letters, dashes and underscores, and spaces
// around the text count for nothing.
func nearRegions(text string) string {
	text = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(text), "_", "-"))
	var near []string
	for _, region := range regions {
		if text == region {
			return region
		}
		if distance(text, region) == 1 || transposed(text, region) {
			near = append(near, region)
		}
	}
	return strings.Join(near, " or ")
}

// transposed says whether two letters side by side that change places make b of a.
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
