package config

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// validateInstances checks what the account watches.
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
		// The public instance of another region is another instance.
		r.unique(instances, inst.ID+" "+a.RegionOf(inst), where, what+" is listed twice, first at %s; merge the two")
		for j, job := range inst.Jobs {
			checkID(r, jobs, job, fmt.Sprintf("%s.jobs[%d]", at, j), "JobId")
		}
	}
}

func (i *Instance) validate(r *report, path string) {
	switch at := path + ".id"; {
	case i.ID == "" && r.given(at):
		r.wrong(at, "empty; write the IotInstanceId, or remove the key for the public instance")
	case masked(i.ID):
		r.wrong(at, "a part of it is masked; copy the whole IotInstanceId from the console")
	case unfit(i.ID) != "":
		r.wrong(at, "has %s; copy the IotInstanceId again", unfit(i.ID))
	}
	if !i.watches() {
		r.warn(path, "nothing to watch; write jobs or discover, or remove the instance")
	}
	products, firmwares := map[string]string{}, map[string]string{}
	if all := slices.Index(i.Discover.Products, allProducts); all >= 0 && len(i.Discover.Products) > 1 {
		r.wrong(fmt.Sprintf("%s.discover.products[%d]", path, all), `"*" is every product of the instance; remove it or the rest of the list`)
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

// allProducts in discover.products is every product of the instance.
const allProducts = "*"

// checkID checks one ID of a list; seen holds the path of each ID that came before.
func checkID(r *report, seen map[string]string, id, path, kind string) {
	switch {
	case id == "":
		r.wrong(path, "an empty %s; write one or remove the line", kind)
	case id == allProducts:
		r.wrong(path, `not a %s; only discover.products knows "*", for every product of the instance`, kind)
	case masked(id):
		r.wrong(path, "a part of it is masked; copy the whole %s from the console", kind)
	case unfit(id) != "":
		r.wrong(path, "has %s; copy the %s again", unfit(id), kind)
	default:
		r.unique(seen, id, path, "the same "+kind+" as at %s; remove one")
	}
}

// unfit names what an ID cannot have: white space, other characters that are not ASCII,
// some of which cannot be seen, and what belongs to placeholders such as ${JOB}.
func unfit(id string) string {
	for _, c := range id {
		switch {
		case unicode.IsSpace(c), unicode.IsControl(c):
			return "a space or a control character"
		case c > unicode.MaxASCII, strings.ContainsRune(`<>{}$#"`, c):
			return fmt.Sprintf("a character that no ID has, %#U", c)
		}
	}
	return ""
}
