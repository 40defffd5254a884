package config

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// validateInstances checks the instances of the account and what is watched in them.
func (a *Account) validateInstances(r *report, path string) {
	if !slices.ContainsFunc(a.Instances, Instance.watches) {
		r.wrong(path+".instances", "nothing to watch; write jobs or discover under an instance")
	}
	instances, jobs := map[string]string{}, map[string]string{}
	for i, inst := range a.Instances {
		at := fmt.Sprintf("%s.instances[%d]", path, i)
		inst.validate(r, at)
		what, where := "the instance", at+".id"
		if inst.ID == "" {
			what, where = "the public instance", at
		}
		// Each region has its own public instance.
		r.unique(instances, inst.ID+" "+a.RegionOf(inst), where, what+" is listed twice, first at %s; merge the two")
		for j, job := range inst.Jobs {
			checkID(r, jobs, job, fmt.Sprintf("%s.jobs[%d]", at, j), "JobId")
		}
	}
}

func (i *Instance) validate(r *report, path string) {
	switch at := path + ".id"; {
	case i.ID == "" && r.given(at):
		r.wrong(at, "empty; write the IotInstanceId, or remove the key to use the public instance")
	case masked(i.ID):
		r.wrong(at, "part of the ID is masked; copy the whole IotInstanceId from the console")
	case unfit(i.ID) != "":
		r.wrong(at, "contains %s; copy the IotInstanceId again", unfit(i.ID))
	}
	if !i.watches() {
		r.warn(path, "nothing to watch; write jobs or discover, or remove the instance")
	}
	products, firmwares := map[string]string{}, map[string]string{}
	if all := slices.Index(i.Discover.Products, allProducts); all >= 0 && len(i.Discover.Products) > 1 {
		r.wrong(fmt.Sprintf("%s.discover.products[%d]", path, all), `"*" already selects every product of the instance; remove it or the rest of the list`)
	}
	for j, id := range i.Discover.Products {
		if id != allProducts {
			checkID(r, products, id, fmt.Sprintf("%s.discover.products[%d]", path, j), "ProductKey")
		}
	}
	for j, id := range i.Discover.Firmwares {
		checkID(r, firmwares, id, fmt.Sprintf("%s.discover.firmwares[%d]", path, j), "FirmwareId")
	}
}

// allProducts in discover.products selects every product of the instance.
const allProducts = "*"

// checkID checks one ID of a list. seen holds the paths of the previous IDs by ID. kind is
// the name of the ID in the API.
func checkID(r *report, seen map[string]string, id, path, kind string) {
	switch {
	case id == "":
		r.wrong(path, "an empty %s; write one or remove the line", kind)
	case id == allProducts:
		r.wrong(path, `not a %s; only discover.products accepts "*", which selects every product of the instance`, kind)
	case wideMark(id) != "":
		r.wrong(path, "contains %s", wideMark(id))
	case masked(id):
		r.wrong(path, "part of the ID is masked; copy the whole %s from the console", kind)
	case unfit(id) != "":
		r.wrong(path, "contains %s; copy the %s again", unfit(id), kind)
	default:
		r.unique(seen, id, path, "the same "+kind+" as at %s; remove one")
	}
}

// unfit describes the first character that IDs never contain, "" if there is none. These are
// white space, characters outside ASCII, some of which are invisible, and the characters of
// placeholders such as ${JOB}.
func unfit(id string) string {
	for _, c := range id {
		switch {
		case unicode.IsSpace(c), unicode.IsControl(c):
			return "a space or a control character"
		case c > unicode.MaxASCII, strings.ContainsRune(`<>{}$#"`, c):
			return fmt.Sprintf("a character that is never part of an ID, %#U", c)
		}
	}
	return ""
}
