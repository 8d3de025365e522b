# The front door for people who develop. `make help` lists the targets.
.DEFAULT_GOAL := help
.PHONY: help run build test check conformance bench fuzz format install clean
PRESET ?= release
PREFIX ?= /usr/local
SECONDS_EACH ?= 60
ARGS ?=

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 14

run:  ## build what is missing and start the server (ARGS="--listen 127.0.0.1:4005" to add options)
	@tools/install-deps build
	@tools/build $(PRESET) lakeside
	@tools/default-model build/$(PRESET)/lakeside $(ARGS)
	@exec build/$(PRESET)/lakeside serve $(ARGS)

build:  ## build everything, tests too (PRESET=dev, release, asan or tsan)
	@tools/install-deps build test
	@tools/build $(PRESET)

test:  ## build and run every test; this is what CI runs
	@tools/install-deps build test
	@tools/run-tests

check:  ## all but the real clients and fuzzers: format, unit tests, sanitizers, clang-tidy
	@tools/install-deps build test
	@tools/run-tests format build ctest tidy asan tsan

conformance:  ## the tests with real clients alone (ARGS="-k multipart" for some of them)
	@tools/install-deps build test
	@tools/install-clients
	@tools/build release lakeside
	@PATH="$(CURDIR)/build/venv/bin:$$PATH" LAKESIDE_BIN=$(CURDIR)/build/release/lakeside \
	  build/venv/bin/python -m pytest conformance $(ARGS)

bench:  ## measure against the peers (docs/performance.md has the last figures)
	@tools/install-deps build test bench
	@tools/build release
	@bench/run $(ARGS)

fuzz:  ## run every fuzzer for a while (SECONDS_EACH=600 for longer)
	@tools/install-deps build test
	@tools/build fuzz fuzzers
	@tools/fuzz $(SECONDS_EACH)

format:  ## format the C++ files
	@tools/install-deps test
	@tools/format

install:  ## install the binary, the systemd unit and the docs (PREFIX=/usr/local, DESTDIR=)
	@tools/install-deps build
	@tools/build release lakeside
	@cmake --install build/release --prefix $(PREFIX)

clean:  ## remove everything that was built
	rm -rf build conformance/node_modules console/node_modules
