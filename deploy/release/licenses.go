package main

import (
	"context"
	"debug/buildinfo"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// licenseFile matches the names of files with conditions that a copy of a program must carry.
var licenseFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)(\.|-|$)`)

// thirdParty returns the licenses of all modules in a program, and of Go, whose library is in
// it too. The modules must be in the module cache, where the build put them.
func thirdParty(ctx context.Context, built *buildinfo.BuildInfo) (string, error) {
	list := exec.CommandContext(ctx, "go", "list", "-deps",
		"-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}\t{{$.Dir}}{{end}}{{end}}", built.Path)
	list.Env = os.Environ()
	for _, setting := range built.Settings {
		if strings.HasPrefix(setting.Key, "GO") || setting.Key == "CGO_ENABLED" {
			list.Env = append(list.Env, setting.Key+"="+setting.Value)
		}
	}
	packages, err := list.Output()
	if err != nil {
		return "", fmt.Errorf("list the packages of %s: %w", built.Path, err)
	}
	found := make(map[string][]string) // files by module and version
	for line := range strings.Lines(string(packages)) {
		module, rest, isModule := strings.Cut(strings.TrimSpace(line), "\t")
		if !isModule {
			continue
		}
		root, folder, _ := strings.Cut(rest, "\t")
		files, err := licensesAbove(root, folder)
		if err != nil {
			return "", fmt.Errorf("licenses of %s: %w", module, err)
		}
		found[module] = append(found[module], files...)
	}
	root, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOROOT: %w", err)
	}
	goroot := strings.TrimSpace(string(root))
	if found["Go "+built.GoVersion], err = licensesAbove(goroot, goroot); err != nil {
		return "", fmt.Errorf("licenses of Go: %w", err)
	}
	return joined(found)
}

// licensesAbove returns the license files of a folder of a module and of those above it.
func licensesAbove(root, folder string) (files []string, err error) {
	for {
		entries, err := os.ReadDir(folder)
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			if entry.Type().IsRegular() && licenseFile.MatchString(entry.Name()) {
				files = append(files, filepath.Join(folder, entry.Name()))
			}
		}
		if folder == root {
			return files, nil
		}
		folder = filepath.Dir(folder)
	}
}

// joined joins the license files of all modules.
func joined(found map[string][]string) (string, error) {
	var all strings.Builder
	all.WriteString("The program contains the modules below. Each is followed by its license.\n")
	for _, module := range slices.Sorted(maps.Keys(found)) {
		files := found[module]
		if len(files) == 0 {
			return "", fmt.Errorf("%s has no license file", module)
		}
		slices.Sort(files)
		fmt.Fprintf(&all, "\n%s\n%s\n", strings.Repeat("=", 80), module)
		for _, name := range slices.Compact(files) {
			content, err := os.ReadFile(name)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(&all, "%s\n%s\n", strings.Repeat("-", 80), strings.TrimSpace(strings.ReplaceAll(string(content), "\r\n", "\n")))
		}
	}
	return all.String(), nil
}
