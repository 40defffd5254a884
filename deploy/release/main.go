// Command release packs the archive of a release: the program, the documents and
// configurations of the repository, and the licenses of everything in the program.
//
// It reads the repository in the working directory and the module cache, and writes one file.
// It never builds the program and never asks the network. The same program and commit make
// the same bytes.
package main

import (
	"context"
	"debug/buildinfo"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	program := flag.String("program", "", "the program to pack, built in this repository")
	version := flag.String("version", "", "its version, such as 1.2.3, whose tag links lead to")
	modified := flag.Int64("time", 0, "the time of all files, in Unix time")
	output := flag.String("output", "", "the archive to write: FOLDER.tar.gz or FOLDER.zip; without it, print the licenses")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt) //nolint:forbidigo // nobody calls main
	defer stop()
	if err := run(ctx, *program, *version, *output, time.Unix(*modified, 0).UTC()); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1) //nolint:gocritic // stop has nothing to undo
	}
}

func run(ctx context.Context, program, version, output string, modified time.Time) error {
	built, err := buildinfo.ReadFile(program)
	if err != nil {
		return fmt.Errorf("read what %s is built from: %w", program, err)
	}
	licenses, err := thirdParty(ctx, built)
	if err != nil {
		return err
	}
	if output == "" {
		_, err := os.Stdout.WriteString(licenses)
		return err
	}
	files, err := documents(ctx, version)
	if err != nil {
		return err
	}
	binary, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	files[filepath.Base(program)] = file{binary, true}
	files["THIRD_PARTY_LICENSES.txt"] = file{content: []byte(licenses)}
	folder := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(output), ".zip"), ".tar.gz")
	return write(output, folder, files, modified)
}
