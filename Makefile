# v2v-tools: the only build file.
#
# Targets
#   make              the library and the programs, into build/
#   make demo         README's first command: set up, make a real guest, pack it
#                     as an OVA, convert it, boot it on virtio, show the login
#   make check        README's second command: set up, all tests but the long
#   make check-quick  the tests that need no guest; of one file, or of the tests
#                     whose names match: T=tests/unpack.bats F='no OVA'; it
#                     installs nothing, but says which packages are missing
#   make unit         the unit programs that changed since they last passed,
#                     in seconds; U="core ovf": those only
#   make test T=test-network
#                     one unit program, with what it says
#   make check-long   the tests that make check leaves out for their time: more
#                     guests that boot, and what a hostile one costs
#   make check-guests every guest of tests/guests/matrix: at home, unconverted on
#                     virtio, converted, and the same by each backend; two
#                     hours without KVM (one alone:
#                     tests/guests/check-guest.sh NAME); a .vmx with two
#                     snapshots converted (tests/guests/check-chain.sh)
#   make check-documents  every member of the document made wrong, for each
#                     step, as root and as nobody; minutes (SANITIZE=1 as well)
#   make install      below PREFIX; make uninstall removes exactly that
#   make completions  for bash, zsh and fish, from --help; a part of install
#   make deb          Debian packages, below build/deb; lintian where it is there
#   make check-packages  those packages in a fresh Debian: installed, an OVA
#                     converted by a user who is not root, removed without a
#                     trace; as root, some minutes
#   make check-reproducible  those of make deb and make rpm built twice, in other
#                     surroundings: the same bytes
#   make rpm          RPM packages and their source, below build/rpm; rpmlint too
#   make image        a container image "v2v-tools", by podman or buildah
#                     (BASE=IMAGE: on another Debian 12 than docker.io's)
#   make abi          does libv2v.so still serve programs of the last release?
#   make bench        speed and memory against virt-v2v, guestfish and qemu-img, as
#                     ratios; of every guest of the matrix: hours without KVM
#   make check-images MUTATIONS=10000 changes to headers and tables of each image
#                     format: an error, or what qemu-img reads; half an hour
#                     (SEED=1: others; FORMATS="qcow2 vmdk": those only)
#   make check-filesystems MUTATIONS=2000 changes to the metadata of filesystems
#                     and volumes, read by the small kernel; half an hour
#                     (SEED=1: others; KINDS="ext4 xfs": those only)
#   make check-kills KILLS=50 ends of that kernel in each v2v-inspect and
#                     v2v-convert, at random moments (SEED=1: others)
#   make check-targets  what v2v-meta wrote against our own tables of the targets
#                     (ORACLES=DIR: and against their machine-readable
#                     definitions, which are there), and what Nova itself reads
#                     of it (python3-nova, which it installs as root); then
#                     what it writes for the guests that are in $(GUESTS)
#   make check-boot   what v2v-boot says of guests that start, and of some that
#                     cannot; and scripts of v2v-meta -t qemu, to their login:
#                     an hour without KVM (one alone:
#                     tests/guests/check-boot.sh NAME)
#   make check-slurm  v2v-fleet on four nodes of Slurm, which it installs and starts,
#                     of which one loses its power; some two minutes
#   make check-ssh    v2v-fleet by GNU parallel over ssh, to an sshd of the test's
#                     own on the loopback; killed and resumed; a minute
#   make check-firstboot  the program of a Windows' first start, under wine,
#                     which it installs; some three minutes
#   make fuzz         fuzzers, SECONDS=60 each; make fuzz-gcc without clang
#   make warnings CC=clang  what another compiler says of every source, without
#                     a build; WERROR=1 makes it fail
#   make lint         arrows between folders, cppcheck, shellcheck
#   make compile_commands.json
#                     how each file is compiled, for clangd and its like
#   make setup        install missing packages (root), or print the apt-get line
#   make clean
#   make help         this list
#
# Variables (also from the environment)
#   PREFIX BINDIR LIBDIR LIBEXECDIR INCLUDEDIR MANDIR DATADIR
#   PYTHONDIR DESTDIR
#   BASHCOMPDIR ZSHCOMPDIR FISHCOMPDIR
#   CC CFLAGS LDFLAGS PKG_CONFIG; yours come last and win
#   RPATH             where programs look for the library; empty: where the
#                     system does
#   V=1               show the commands
#   SANITIZE=1        ASan and UBSan, in a build directory of its own
#   WERROR=1          warnings are errors
#   O                 the build directory
#   JOBS              how many files of tests, or fuzzers, at a time (nproc)
#   NOLINT=1          make deb and make rpm without lintian and rpmlint
#   GUESTS            where the test guests are kept (build/guests)

VERSION := 0.1.0
SOVERSION := 0

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
LIBEXECDIR ?= $(PREFIX)/libexec
INCLUDEDIR ?= $(PREFIX)/include
MANDIR ?= $(PREFIX)/share/man
PYTHONDIR ?= $(PREFIX)/lib/python3/dist-packages
DATADIR ?= $(PREFIX)/share/v2v-tools
PKG_CONFIG ?= pkg-config
O ?= build$(if $(SANITIZE),-asan)
GUESTS ?= $(CURDIR)/build/guests

WARN := -Wall -Wextra -Wshadow -Wundef -Wvla -Wwrite-strings \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wformat=2 -Wpointer-arith $(if $(WERROR),-Werror)
comma := ,
RPATH ?= $$ORIGIN/../lib
SAN := $(if $(SANITIZE),-fsanitize=address$(comma)undefined \
	-fno-sanitize-recover=undefined -fno-omit-frame-pointer)

CFLAGS ?= -O2 -g
USED := libguestfs libarchive libxml-2.0 jansson libcrypto yaml-0.1 libdeflate zlib libzstd libnbd libselinux hivex
# Asked once, and not before something is compiled: make setup comes first.
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell $(PKG_CONFIG) --cflags $(USED)))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $$(shell $(PKG_CONFIG) --libs $(USED)))$(PKG_LIBS)
override CFLAGS := -std=gnu11 $(WARN) $(SAN) $(CFLAGS)
CPPFLAGS += -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Ilib -Itools \
	-DV2V_VERSION='"$(VERSION)"'

ifeq ($(V),)
say = @printf '  %-7s %s\n' $(1) $(@:$(CURDIR)/%=%);
else
say =
endif

# The file server of the small kernel is a program of its own.
SERVER_SRC := $(sort $(wildcard lib/kernel/server/*.c))
LIB_SRC := $(filter-out $(SERVER_SRC) lib/kernel/preload/%, \
	$(sort $(wildcard lib/*/*.c lib/*/*/*.c)))
COMMON_SRC := $(sort $(wildcard tools/common/*.c))
TOOLS := $(basename $(notdir $(sort $(wildcard tools/v2v-*/v2v-*.c))))
# In Python: v2v-fleet, whose modules lie together.
FLEET := $(sort $(wildcard tools/v2v-fleet/fleet/*.py))
PROGRAMS := $(sort $(TOOLS) v2v-fleet)
UNIT := $(patsubst tests/unit/%.c,%,$(sort $(wildcard tests/unit/test-*.c)))
LIB_OBJ := $(LIB_SRC:%.c=$(O)/obj/%.o)
COMMON_OBJ := $(COMMON_SRC:%.c=$(O)/obj/%.o)
TOOL_OBJ := $(foreach t,$(TOOLS),$(O)/obj/tools/$(t)/$(t).o)
UNIT_OBJ := $(UNIT:%=$(O)/obj/tests/unit/%.o)
SERVER_OBJ := $(SERVER_SRC:%.c=$(O)/obj/%.o)
SERVER := $(O)/libexec/v2v-tools/v2v-kernel-init
# What runs in a converted Windows: where there is a compiler for that.
FIRSTBOOT_SRC := lib/windows/firstboot/steps.c \
	$(sort $(wildcard lib/windows/firstboot/service/*.c))
FIRSTBOOT_ALL := x86_64 i686
FIRSTBOOT := $(foreach a,$(FIRSTBOOT_ALL),$(if \
	$(shell command -v $(a)-w64-mingw32-gcc),$(O)/libexec/v2v-tools/v2v-firstboot-$(a).exe))
ALL_OBJ := $(LIB_OBJ) $(COMMON_OBJ) $(TOOL_OBJ) $(UNIT_OBJ)
SO := libv2v.so.$(SOVERSION)
MAN := $(wildcard tools/v2v-*/*.1) $(wildcard lib/*.3) $(wildcard tools/common/*.7)

.PHONY: all FORCE help setup setup-check guests demo check check-quick test check-documents check-guests check-images \
	check-filesystems check-kills check-boot check-targets check-firstboot check-slurm check-ssh check-long bench lint warnings install \
	uninstall clean unit units compile_commands.json abi deb rpm image \
	check-packages check-reproducible
.DELETE_ON_ERROR:

all: $(PROGRAMS:%=$(O)/bin/%) $(O)/lib/libv2v.a $(O)/lib/libv2v.so $(SERVER) \
	$(FIRSTBOOT)

units: $(UNIT:%=$(O)/unit/%) $(SERVER) $(FIRSTBOOT)

# Rewritten only when a flag changed, so that changing one rebuilds.
$(O)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(CC) $(CFLAGS) $(CPPFLAGS) $(LDFLAGS))' >$@.new
	@if cmp -s $@ $@.new; then rm $@.new; else mv $@.new $@; fi

$(LIB_OBJ): private HIDDEN := -fPIC -fvisibility=hidden
# Tables of tests put literals where the library has its own strings.
$(UNIT_OBJ): private HIDDEN := -Wno-write-strings
$(ALL_OBJ): $(O)/obj/%.o: %.c $(O)/flags
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) $(HIDDEN) \
		-MMD -MP -c $< -o $@

# What another program loads is not part of ours; its bytes are.  It defines
# functions of libc itself, so _FORTIFY_SOURCE's variants of them must be off.
PRELOAD := $(O)/obj/lib/kernel/preload/ptrace.so
$(PRELOAD): lib/kernel/preload/ptrace.c $(O)/flags
	@mkdir -p $(@D)
	$(call say,LD)$(CC) -std=gnu11 $(WARN) $(CPPFLAGS) -U_FORTIFY_SOURCE -O2 -fPIC -shared \
		-nostartfiles -s -o $@ $< -ldl
$(O)/obj/lib/kernel/preload.o: $(PRELOAD)
# Where the file server and the like are when they are installed.
$(O)/obj/lib/core/libexec.o: private CPPFLAGS += -DV2V_LIBEXECDIR='"$(LIBEXECDIR)"'
$(O)/obj/lib/kernel/preload.o: private CPPFLAGS += -DV2V_PRELOAD='"$(PRELOAD)"'

$(O)/lib/libv2v.a: $(LIB_OBJ)
	@mkdir -p $(@D)
	$(call say,AR)rm -f $@; $(AR) rcs $@ $^

$(O)/lib/$(SO): $(LIB_OBJ) lib/libv2v.sym
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(SO) \
		-Wl,--version-script=lib/libv2v.sym -o $@ $(LIB_OBJ) \
		$(PKG_LIBS) -pthread

$(O)/lib/libv2v.so: $(O)/lib/$(SO)
	@ln -sf $(SO) $@

# Where one tool's object lies: tools/v2v-x/v2v-x.c.
$(foreach t,$(TOOLS),$(eval $(O)/bin/$(t): $(O)/obj/tools/$(t)/$(t).o))
$(TOOLS:%=$(O)/bin/%): $(O)/bin/%: $(COMMON_OBJ) $(O)/lib/libv2v.so
	@mkdir -p $(@D)
	$(call say,LINK)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ \
		$(O)/obj/tools/$*/$*.o $(COMMON_OBJ) -L$(O)/lib -lv2v \
		$(shell $(PKG_CONFIG) --libs jansson) \
		$(if $(RPATH),'-Wl$(comma)-rpath$(comma)$(RPATH)')

# Run from the tree with the modules in the tree.
fleet_from = sed -e 's|@FLEETDIR@|$(1)|' -e 's|@VERSION@|$(VERSION)|' tools/v2v-fleet/v2v-fleet.in
$(O)/bin/v2v-fleet: tools/v2v-fleet/v2v-fleet.in $(FLEET) $(O)/flags
	@mkdir -p $(@D)
	$(call say,GEN)$(call fleet_from,$(CURDIR)/tools/v2v-fleet) >$@
	@chmod 755 $@

$(UNIT:%=$(O)/unit/%): $(O)/unit/%: $(O)/obj/tests/unit/%.o $(O)/lib/libv2v.a
	@mkdir -p $(@D)
	$(call say,LINK)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) \
		-pthread

# Static, as nothing else is there where it runs; so never with sanitizers.
SERVER_CFLAGS = $(filter-out $(SAN),$(CFLAGS))
$(SERVER_OBJ): $(O)/obj/%.o: %.c $(O)/flags
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(CPPFLAGS) $(SERVER_CFLAGS) -MMD -MP -c $< -o $@

$(SERVER): $(SERVER_OBJ)
	@mkdir -p $(@D)
	$(call say,LINK)$(CC) $(SERVER_CFLAGS) $(LDFLAGS) -static -o $@ $^ \
		$(shell $(PKG_CONFIG) --static --libs blkid) -lcrypto

# Windows' own libraries alone; --no-insert-timestamp: the same bytes each time.
$(FIRSTBOOT): $(O)/libexec/v2v-tools/v2v-firstboot-%.exe: $(FIRSTBOOT_SRC) \
		$(wildcard lib/windows/firstboot/*.h lib/windows/firstboot/service/*.h) $(O)/flags
	@mkdir -p $(@D)
	$(call say,CC)$*-w64-mingw32-gcc -std=gnu11 $(WARN) -D_WIN32_WINNT=0x0601 \
		-Ilib -Os -s -static -Wl,--no-insert-timestamp -o $@ \
		$(FIRSTBOOT_SRC) -liphlpapi

# The first program of a small kernel: where nothing but it is.
$(O)/unit/test-vehicle: | $(O)/unit/vehicle-init
$(O)/unit/vehicle-init: tests/unit/vehicle-init.c $(O)/flags
	@mkdir -p $(@D)
	$(call say,LINK)$(CC) -std=gnu11 $(WARN) $(CPPFLAGS) -O2 -static -o $@ $<

# What a compiler says of every source, without a build: make warnings CC=clang.  Several files a call, as most of its time is in starting.
ALL_SRC = $(LIB_SRC) $(SERVER_SRC) $(COMMON_SRC) $(TOOL_OBJ:$(O)/obj/%.o=%.c) \
	$(sort $(wildcard lib/kernel/preload/*.c tests/unit/*.c tests/fuzz/*.c))
warnings:
	@printf '%s\n' $(ALL_SRC) | xargs -P $(JOBS) -n 20 \
		$(CC) -fsyntax-only $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) -Wno-write-strings

unit: $(if $(U),$(U:%=$(O)/unit/test-%) $(SERVER) $(FIRSTBOOT),units)
	@tests/unit/run.sh $(O) $(U)

# One line of flags for all: what -fPIC and -Wno-write-strings change does not make it harder to read.
compile_commands.json:
	@printf '%s\n' $(LIB_SRC) $(COMMON_SRC) $(TOOL_OBJ:$(O)/obj/%.o=%.c) \
		$(UNIT:%=tests/unit/%.c) | jq -Rn --arg dir '$(CURDIR)' --arg flags \
		"$$(echo '$(subst ','\'',$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS))')" \
		'[inputs | {directory: $$dir, file: ., command: "\($$flags) -c \(.)"}]' >$@.new
	@mv $@.new $@

# T: test-network, network, tests/unit/test-network.c.
TEST = $(O)/unit/$(addprefix test-,$(patsubst test-%,%,$(basename $(notdir $(T)))))
test: $(if $(T),$(TEST) $(SERVER) $(FIRSTBOOT))
	@$(if $(T),$(TEST),echo 'which unit program? make test T=test-network' >&2; exit 1)

# The comment with which this file begins.
help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' $(firstword $(MAKEFILE_LIST))

setup:
	@sh tests/setup.sh

setup-check:
	@sh tests/setup.sh --check

# The guests that make check converts, or only inspects.
GUESTS_OF_CHECK := debian lvm luks two-disks netplan uefi

# Guests are made once and shared; the makers return at once when they are there.
guests: setup
	@for guest in $(GUESTS_OF_CHECK); do \
		tests/guests/make-guest.sh $$guest $(GUESTS) || exit 1; done
	@tests/guests/make-layouts.sh $(GUESTS)

demo: setup
	@$(MAKE) --no-print-directory all
	@O=$(CURDIR)/$(O) GUESTS=$(GUESTS) tests/demo.sh

# Files run side by side, as many as there are processors; the tests of one file
# share what it made, and follow each other.  What takes longest begins.
JOBS ?= $(shell nproc)
BATS_FIRST := $(patsubst %,tests/%.bats,guest/boots guest/files guest/killed \
	guest/pipeline guest/uses guest/costly kernel-images kernel-in-place \
	hostile copy documents copy-damage kernel guest/storage kernel-hostile)
BATS_ALL := $(BATS_FIRST) $(filter-out $(BATS_FIRST),\
	$(wildcard tests/guest/*.bats tests/*.bats))
BATS_QUICK := $(filter-out tests/guest/%,$(BATS_ALL))
# Sanitizers watch our programs: what is tagged plain boots guests, does once
# more what others do, or looks at sources, texts and the tests' own checkers.
# What is tagged long waits for emulated machines, and is like what is not.
BATS = bats --timing $(if $(filter-out 1,$(JOBS)),--jobs $(JOBS) \
	--no-parallelize-within-files) \
	--filter-tags '!long$(if $(SANITIZE),$(comma)!plain)'
TEST_ENV = O=$(CURDIR)/$(O) GUESTS=$(GUESTS) SANITIZE=$(SANITIZE) \
	ASAN_OPTIONS=$(ASAN_OPTIONS)

check-quick: setup-check
	@$(MAKE) --no-print-directory all units completions
	$(TEST_ENV) $(BATS) $(if $(F),--filter '$(F)') $(or $(T),$(BATS_QUICK))

check: guests
	@$(MAKE) --no-print-directory all units completions
	$(TEST_ENV) $(BATS) $(BATS_ALL)

check-long: guests
	@$(MAKE) --no-print-directory all units
	$(TEST_ENV) bats --timing --filter-tags long $(BATS_ALL)

check-guests: setup
	@$(MAKE) --no-print-directory all
	@$(TEST_ENV) tests/guests/check-guest.sh all
	@$(TEST_ENV) tests/guests/check-chain.sh

check-boot: guests
	@$(MAKE) --no-print-directory all
	@$(TEST_ENV) tests/guests/check-boot.sh

check-images: setup
	@$(MAKE) --no-print-directory all
	@SANITIZE=$(SANITIZE) tests/copy/mutate.sh $(O) $(or $(MUTATIONS),10000) \
		$(or $(SEED),1) $(FORMATS)

check-filesystems: setup
	@$(MAKE) --no-print-directory all
	@/usr/bin/python3 -B tests/hostile/filesystems.py --bin $(O)/bin --guests $(GUESTS) --texts --jobs $(JOBS) \
		--mutations $(or $(MUTATIONS),2000) --seed $(or $(SEED),1) $(if $(KINDS),--kinds $(KINDS)) \
		--keep $(O)/filesystems

# A folder with kubevirt/, proxmox/ and openstack/, of what targets.py says.
ORACLES ?=
check-targets:
	@[ "$$(id -u)" != 0 ] || tests/setup.sh --nova || true
	@for t in kubevirt:yaml proxmox:conf openstack:json opennebula:template; do \
		tests/targets/targets.py --nova $(if $(ORACLES),--oracles '$(ORACLES)') \
			$${t%:*} tests/data/meta/$${t%:*}/*.$${t#*:} || exit 1; done
	@[ ! -e $(GUESTS)/debian.raw ] || { $(MAKE) --no-print-directory all && \
		$(TEST_ENV) tests/targets/check-guests.sh $(if $(ORACLES),--oracles '$(ORACLES)'); }

check-firstboot:
	@tests/setup.sh --wine
	@$(MAKE) --no-print-directory all
	$(TEST_ENV) bats tests/firstboot/firstboot.bats

check-slurm: setup
	@tests/setup.sh --slurm
	@$(MAKE) --no-print-directory all
	@$(TEST_ENV) tests/fleet/check-slurm.sh

check-ssh: setup
	@tests/setup.sh --ssh
	@$(MAKE) --no-print-directory all
	@$(TEST_ENV) tests/fleet/check-ssh.sh

check-kills: guests
	@$(MAKE) --no-print-directory all
	@/usr/bin/python3 -B tests/hostile/kills.py --bin $(O)/bin --disk $(GUESTS)/debian.raw \
		--kills $(or $(KILLS),50) --seed $(or $(SEED),1)

check-documents: setup
	@$(MAKE) --no-print-directory all
	/usr/bin/python3 -B tests/hostile/documents.py --bin $(O)/bin
	/usr/bin/python3 -B tests/hostile/documents.py --bin $(O)/bin --user nobody

bench:
	@sh tests/setup.sh --bench
	@$(MAKE) --no-print-directory all guests
	@tests/guests/make-guest.sh all $(GUESTS)
	@PATH=$(CURDIR)/$(O)/bin:$$PATH /usr/bin/python3 -B tests/bench/bench.py $(GUESTS)
	@PATH=$(CURDIR)/$(O)/bin:$$PATH /usr/bin/python3 -B tests/bench/kernel.py $(GUESTS)
	@PATH=$(CURDIR)/$(O)/bin:$$PATH /usr/bin/python3 -B tests/bench/copy.py
	@PATH=$(CURDIR)/$(O)/bin:$$PATH /usr/bin/python3 -B tests/bench/windows.py

lint:
	tests/arrows.py
	find lib tools tests -name '*.[ch]' -exec clang-format --dry-run -Werror {} +
	cppcheck --quiet -j $(JOBS) --enable=warning,performance,portability \
		--inline-suppr --error-exitcode=1 --std=c11 -Ilib -Itools \
		--suppressions-list=tests/cppcheck.txt \
		-DV2V_VERSION='"x"' lib tools
	shellcheck -x -P SCRIPTDIR tests/*.sh tests/unit/*.sh tests/guests/*.sh tests/guests/matrix/*.sh tests/container/*.sh tests/windows/*.sh \
		tests/packages/*.sh rpm/*.sh debian/tests/convert tests/fleet/*.sh tests/fuzz/*.sh tests/copy/*.sh tests/targets/*.sh \
		.ci/run

abi: all
	@tests/abi.sh $(O)

# Two builds of one commit are equal: what they take the time from is that of
# the commit.
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null)

# The files that git knows, as they are now, built as whoever calls.
DEB := $(O)/deb/v2v-tools-$(VERSION)
deb:
	rm -rf $(O)/deb
	mkdir -p $(DEB)
	git ls-files -z | tar --null -c -T - | tar -x -C $(DEB)
	cd $(DEB) && env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL dpkg-buildpackage -us -uc
	@if [ -n '$(NOLINT)' ]; then :; elif command -v lintian >/dev/null; then lintian --fail-on error,warning --allow-root $(O)/deb/*.changes; \
	else echo 'lintian is not installed: the packages are not checked'; fi

check-packages: deb guests
	tests/packages/check-packages.sh $(O)/deb $(GUESTS)/debian.ova

check-reproducible:
	tests/packages/check-reproducible.sh

# On Debian nothing knows the names of the packages that it needs there.
RPM := $(CURDIR)/$(O)/rpm
rpm:
	rm -rf $(RPM)
	mkdir -p $(RPM)/SOURCES
	git ls-files -z | tar --null -T - --sort=name --owner=0 --group=0 \
		--numeric-owner --mode=u+rw,go=rX --mtime=@$(SOURCE_DATE_EPOCH) \
		--transform 's|^|v2v-tools-$(VERSION)/|' \
		-c | gzip -n >$(RPM)/SOURCES/v2v-tools-$(VERSION).tar.gz
	install -m 644 rpm/v2v-tools.spec $(RPM)
	touch -d @$(SOURCE_DATE_EPOCH) $(RPM)/SOURCES/* $(RPM)/v2v-tools.spec
	chmod 644 $(RPM)/SOURCES/*
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL \
		SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) rpm/build.sh $(RPM) -ba \
		$(if $(wildcard /etc/debian_version),--nodeps) \
		--define 'v2v_version $(VERSION)' \
		--define 'use_source_date_epoch_as_buildtime 1' \
		--define 'clamp_mtime_to_source_date_epoch 1' \
		--define '_buildhost localhost' v2v-tools.spec
	@if [ -n '$(NOLINT)' ]; then :; elif command -v rpmlint >/dev/null; then rpmlint -c rpm/rpmlint.toml $(RPM)/RPMS/*/*.rpm; \
	else echo 'rpmlint is not installed: the packages are not checked'; fi

# By podman, or by buildah, which needs no daemon and no privilege either.
image:
	$(if $(shell command -v podman),podman build,buildah bud) \
		$(if $(BASE),--build-arg BASE=$(BASE)) $(IMAGE_FLAGS) -t v2v-tools .

install: all install-completions
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(LIBDIR)/pkgconfig \
		$(DESTDIR)$(INCLUDEDIR) $(DESTDIR)$(DATADIR) \
		$(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man3 \
		$(DESTDIR)$(MANDIR)/man7
	install $(TOOLS:%=$(O)/bin/%) $(DESTDIR)$(BINDIR)
	install -d $(DESTDIR)$(DATADIR)/fleet
	install -m 644 $(FLEET) $(DESTDIR)$(DATADIR)/fleet
	install -m 644 tools/v2v-fleet/kubernetes-job.yaml $(DESTDIR)$(DATADIR)
	$(call fleet_from,$(DATADIR)) >$(DESTDIR)$(BINDIR)/v2v-fleet
	chmod 755 $(DESTDIR)$(BINDIR)/v2v-fleet
	install -d $(DESTDIR)$(LIBEXECDIR)/v2v-tools
	install $(SERVER) $(DESTDIR)$(LIBEXECDIR)/v2v-tools
	$(if $(FIRSTBOOT),install -m 644 $(FIRSTBOOT) $(DESTDIR)$(LIBEXECDIR)/v2v-tools)
	install -m 755 $(O)/lib/$(SO) $(DESTDIR)$(LIBDIR)
	ln -sf $(SO) $(DESTDIR)$(LIBDIR)/libv2v.so
	install -m 644 $(O)/lib/libv2v.a $(DESTDIR)$(LIBDIR)
	install -m 644 lib/v2v.h $(DESTDIR)$(INCLUDEDIR)
	install -d $(DESTDIR)$(PYTHONDIR)
	install -m 644 lib/python/v2v.py $(DESTDIR)$(PYTHONDIR)
	install -m 644 lib/v2v-document.schema.json lib/v2v-messages.schema.json \
		$(DESTDIR)$(DATADIR)
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' \
		-e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' \
		-e 's|@VERSION@|$(VERSION)|' lib/libv2v.pc.in \
		>$(DESTDIR)$(LIBDIR)/pkgconfig/libv2v.pc
	for page in $(MAN); do install -m 644 $$page \
		$(DESTDIR)$(MANDIR)/man$${page##*.} || exit 1; done

# The mirror image of install; folders that were there before stay.
uninstall: uninstall-completions
	rm -f $(PROGRAMS:%=$(DESTDIR)$(BINDIR)/%)
	rm -f $(FLEET:tools/v2v-fleet/%=$(DESTDIR)$(DATADIR)/%)
	-rmdir $(DESTDIR)$(DATADIR)/fleet 2>/dev/null
	rm -f $(DESTDIR)$(LIBEXECDIR)/v2v-tools/v2v-kernel-init
	rm -f $(FIRSTBOOT_ALL:%=$(DESTDIR)$(LIBEXECDIR)/v2v-tools/v2v-firstboot-%.exe)
	-rmdir $(DESTDIR)$(LIBEXECDIR)/v2v-tools 2>/dev/null
	rm -f $(DESTDIR)$(LIBDIR)/$(SO) $(DESTDIR)$(LIBDIR)/libv2v.so
	rm -f $(DESTDIR)$(LIBDIR)/libv2v.a
	rm -f $(DESTDIR)$(LIBDIR)/pkgconfig/libv2v.pc
	rm -f $(DESTDIR)$(INCLUDEDIR)/v2v.h $(DESTDIR)$(PYTHONDIR)/v2v.py
	-rmdir -p $(DESTDIR)$(PYTHONDIR) 2>/dev/null
	rm -f $(DESTDIR)$(DATADIR)/kubernetes-job.yaml $(DESTDIR)$(DATADIR)/v2v-document.schema.json \
		$(DESTDIR)$(DATADIR)/v2v-messages.schema.json
	for page in $(MAN); do rm -f \
		$(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}; done
	-rmdir $(DESTDIR)$(DATADIR) 2>/dev/null

clean:
	rm -rf $(O) build-asan build-fuzz build-fuzz-gcc

FORCE:

-include $(ALL_OBJ:.o=.d) $(SERVER_OBJ:.o=.d)

include tests/fuzz/fuzz.mk
include tools/completions/completions.mk
