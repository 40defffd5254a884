# Nothing here is needed to build or to test: go build and go test ./... do.

BINARY   ?= aliyun_iot_ota_exporter
VERSION  ?= $(patsubst v%,%,$(shell git describe --tags --always --dirty 2>/dev/null || echo unknown))
REVISION ?= $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
BRANCH   ?= $(shell git rev-parse --abbrev-ref HEAD 2>/dev/null || echo unknown)
# The time of the commit, not of the build, so that builds of one commit are identical.
BUILD_DATE ?= $(shell TZ=UTC git log -1 --format=%cd --date=format-local:%Y%m%d-%H:%M:%S 2>/dev/null)

pkg     := github.com/prometheus/common/version
ldflags := -s -w -X $(pkg).Version=$(VERSION) -X $(pkg).Revision=$(REVISION) -X $(pkg).Branch=$(BRANCH) -X $(pkg).BuildDate=$(BUILD_DATE)

.PHONY: build test lint demo update check bench bench-rules fuzz hostile dist version

# The version comes from the variables above, which also work where go cannot ask git.
build:
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '$(ldflags)' -o $(BINARY) .

test:
	go test ./...

lint: # .ci/run installs the version that counts
	golangci-lint run

demo:
	go run . --demo

copies = cd .ci/manifests/kubernetes && go test -count=1 -run '^TestCopies$$' . -update

update: # rewrites the golden files, the tables of the documents, the Chinese texts and the copies in deploy/
	go test ./config ./collector/e2e/documents ./collector/expose ./collector/pages ./collector/api -update
	$(copies) # the chart's README, which is translated
	-go test -run '^TestChineseFilesAreUpToDate$$' ./deploy/translation -update
	go test ./deploy/translation # names the texts without a translation
	$(copies) # Chinese files

check: # all that CI does
	.ci/run

bench: # prints the tables of deploy/docs/performance.md; with UPDATE=-update it writes them there
	go test -count=1 -v -run '^Test(Detection)?Speed$$' ./collector/e2e/load ./collector/schedule -speed $(UPDATE)

bench-rules: # measures what the rules cost the prometheus in PATH, with 10,000 batches
	go test -count=1 -v -run '^TestRules$$' ./collector/e2e/rules -rules

FUZZTIME ?= 5m

fuzz: # each target for that long; go test alone runs their seeds
	@for package in ./aliyun ./aliyun/rawjson ./config ./config/flags ./collector/expose ./collector/pages ./collector/reason ./collector/statefile; do for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz'); do \
		go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$package || exit 1; \
	done; done

HOSTILE ?= 10m

hostile: # the program against all servers that misbehave, for that long
	go test -race -count=1 -v -timeout 0 -run '^TestHostile$$' ./collector/e2e/load -hostile $(HOSTILE)

dist: # what a release offers for download
	VERSION='$(VERSION)' REVISION='$(REVISION)' .ci/dist

version: # writes the version of the next release into every file that names it: make version VERSION=1.2.3
	@git diff --quiet HEAD || { echo 'commit or stash your changes first: the commit of a version contains nothing else' >&2; exit 1; }
	.ci/version set '$(if $(filter default file,$(origin VERSION)),,$(VERSION))'
