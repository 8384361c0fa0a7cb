# Everything that is done with this package. On a fresh machine with Swift, `make demo` and `make test` do all the set-up.

SWIFT ?= swift
PREFIX ?= /usr/local
# Material made by others, for more tests than the repository holds; used where it is.
TESTDATA := $(or $(ORIOLE_TESTDATA),$(realpath ../shared/testdata))
export ORIOLE_TESTDATA := $(TESTDATA)

# On Linux the command carries its Swift libraries, so that it starts in milliseconds and runs where Swift is not.
# It has a folder of its own: objects for the two ways of linking do not mix.
RELEASE := -c release --product oriole --scratch-path .build/command \
    $(if $(filter Linux,$(shell uname)),--static-swift-stdlib)
ARROWS := --explicit-target-dependency-import-check error

.PHONY: help deps demo-deps bench-deps build test test-clients demo bench fuzz soak check docs install filter clean

help:
	@echo "make demo     read a letter aloud into a film and give it subtitles, offline"
	@echo "make test     run the tests"
	@echo "make check    all that must hold before a change lands"
	@echo "make build    the command, optimized"
	@echo "make bench    measure beside the peers        make fuzz   a minute for every parser"
	@echo "make soak     the long tests                  make docs   the documentation as pages"
	@echo "make test-clients  other programs read what the command writes"
	@echo "make install  the command to PREFIX ($(PREFIX))"
	@echo "make filter   compute the prototype filter anew"

deps:
	@Scripts/install-packages build

demo-deps: deps
	@Scripts/install-packages run

bench-deps: deps
	@Scripts/install-packages bench

build: deps
	$(SWIFT) build $(RELEASE)

test: deps
	$(SWIFT) test $(ARROWS)

test-clients: demo-deps build
	@Scripts/test-clients "$$($(SWIFT) build $(RELEASE) --show-bin-path)/oriole"

demo: demo-deps build
	@Scripts/demo "$$($(SWIFT) build $(RELEASE) --show-bin-path)/oriole"

check: demo-deps bench-deps
	@Scripts/check

bench: bench-deps build
	cd Benchmarks && $(SWIFT) build -c release && ORIOLE_COMMAND="$$($(SWIFT) build --package-path .. $(subst .build,../.build,$(RELEASE)) --show-bin-path)/oriole" \
	    $(SWIFT) run -c release --skip-build oriole-benchmarks $(ARGS)

filter:
	cd Benchmarks && $(SWIFT) run -c release filter-design

fuzz: deps
	Scripts/fuzz 60

soak: demo-deps
	ORIOLE_SOAK=1 $(SWIFT) test -c release -Xswiftc -enable-testing --filter Soak

docs: deps
	Scripts/docs

install: build
	install -d "$(PREFIX)/bin"
	install -s -m 755 "$$($(SWIFT) build $(RELEASE) --show-bin-path)/oriole" "$(PREFIX)/bin/oriole"
	install -d "$(PREFIX)/share/man/man1" "$(PREFIX)/share/bash-completion/completions"
	"$(PREFIX)/bin/oriole" help --man > "$(PREFIX)/share/man/man1/oriole.1"
	for verb in $$("$(PREFIX)/bin/oriole" help | awk '/^  / { print $$1 }'); do \
	    "$(PREFIX)/bin/oriole" help $$verb --man > "$(PREFIX)/share/man/man1/oriole-$$verb.1"; done
	install -d "$(PREFIX)/share/zsh/site-functions" "$(PREFIX)/share/fish/vendor_completions.d"
	"$(PREFIX)/bin/oriole" completions bash > "$(PREFIX)/share/bash-completion/completions/oriole"
	"$(PREFIX)/bin/oriole" completions zsh > "$(PREFIX)/share/zsh/site-functions/_oriole"
	"$(PREFIX)/bin/oriole" completions fish > "$(PREFIX)/share/fish/vendor_completions.d/oriole.fish"
	@echo "installed $(PREFIX)/bin/oriole, which runs on the libraries that make deps installed"

clean:
	rm -rf .build Benchmarks/.build Fuzz/.build demo-output docs-output
