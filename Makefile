# v2v-tools: the only build file.
#
# Targets
#   make              the library and the seven programs, into build/
#   make demo         README's first command: set up, make a real guest, pack it
#                     as an OVA, convert it, boot it on virtio, show the login
#   make check        README's second command: set up, all tests
#   make check-quick  the tests that need no guest
#   make check-guests every guest of tests/guests/matrix: at home, unconverted on
#                     virtio, converted; an hour without KVM (one alone:
#                     tests/guests/check-guest.sh NAME)
#   make check-documents  every member of the document made wrong, for each
#                     step, as root and as nobody; minutes (SANITIZE=1 as well)
#   make install      below PREFIX; make uninstall removes exactly that
#   make bench        speed and memory against virt-v2v and qemu-img, as ratios
#   make check-images MUTATIONS=10000 changes to headers and tables of each image
#                     format: an error, or what qemu-img reads; half an hour
#                     (SEED=1: others; FORMATS="qcow2 vmdk": those only)
#   make fuzz         fuzzers, SECONDS=60 each; make fuzz-gcc without clang
#   make lint         cppcheck and shellcheck
#   make setup        install missing packages (root), or print the apt-get line
#   make clean
#
# Variables (also from the environment)
#   PREFIX BINDIR LIBDIR INCLUDEDIR MANDIR DATADIR BASHCOMPDIR DESTDIR
#   CC CFLAGS LDFLAGS PKG_CONFIG; yours come last and win
#   V=1               show the commands
#   SANITIZE=1        ASan and UBSan, in a build directory of its own
#   WERROR=1          warnings are errors
#   O                 the build directory
#   GUESTS            where the test guests are kept (build/guests)

VERSION := 0.1.0
SOVERSION := 0

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR ?= $(PREFIX)/share/man
DATADIR ?= $(PREFIX)/share/v2v-tools
BASHCOMPDIR ?= $(PREFIX)/share/bash-completion/completions
PKG_CONFIG ?= pkg-config
O ?= build$(if $(SANITIZE),-asan)
GUESTS ?= $(CURDIR)/build/guests

WARN := -Wall -Wextra -Wshadow -Wundef -Wvla -Wwrite-strings \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wformat=2 -Wpointer-arith $(if $(WERROR),-Werror)
comma := ,
SAN := $(if $(SANITIZE),-fsanitize=address$(comma)undefined \
	-fno-sanitize-recover=undefined -fno-omit-frame-pointer)

CFLAGS ?= -O2 -g
USED := libguestfs libarchive libxml-2.0 jansson libcrypto yaml-0.1 libdeflate zlib libzstd libnbd libselinux
PKG_CFLAGS = $(shell $(PKG_CONFIG) --cflags $(USED))
PKG_LIBS = $(shell $(PKG_CONFIG) --libs $(USED))
override CFLAGS := -std=gnu11 $(WARN) $(SAN) $(CFLAGS)
CPPFLAGS += -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -Ilib -Itools \
	-DV2V_VERSION='"$(VERSION)"'

ifeq ($(V),)
say = @printf '  %-7s %s\n' $(1) $(@:$(CURDIR)/%=%);
else
say =
endif

LIB_SRC := $(sort $(wildcard lib/*/*.c lib/*/*/*.c))
COMMON_SRC := $(sort $(wildcard tools/common/*.c))
TOOLS := $(basename $(notdir $(sort $(wildcard tools/v2v-*/v2v-*.c))))
UNIT := $(patsubst tests/unit/%.c,%,$(sort $(wildcard tests/unit/test-*.c)))
LIB_OBJ := $(LIB_SRC:%.c=$(O)/obj/%.o)
COMMON_OBJ := $(COMMON_SRC:%.c=$(O)/obj/%.o)
TOOL_OBJ := $(foreach t,$(TOOLS),$(O)/obj/tools/$(t)/$(t).o)
UNIT_OBJ := $(UNIT:%=$(O)/obj/tests/unit/%.o)
ALL_OBJ := $(LIB_OBJ) $(COMMON_OBJ) $(TOOL_OBJ) $(UNIT_OBJ)
SO := libv2v.so.$(SOVERSION)
MAN := $(wildcard tools/v2v-*/*.1) $(wildcard lib/*.3) $(wildcard tools/common/*.7)

.PHONY: all FORCE setup guests demo check check-quick check-documents check-guests check-images bench lint install \
	uninstall clean units
.DELETE_ON_ERROR:

all: $(TOOLS:%=$(O)/bin/%) $(O)/lib/libv2v.a $(O)/lib/libv2v.so

units: $(UNIT:%=$(O)/unit/%)

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
		-Wl,-rpath,'$$ORIGIN/../lib'

$(UNIT:%=$(O)/unit/%): $(O)/unit/%: $(O)/obj/tests/unit/%.o $(O)/lib/libv2v.a
	@mkdir -p $(@D)
	$(call say,LINK)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) \
		-pthread

setup:
	@sh tests/setup.sh

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

BATS_QUICK := $(wildcard tests/*.bats)
# Sanitizers watch our programs, not the guests that boot: those of boots.bats
# are converted and booted once.
BATS_GUEST := $(filter-out $(if $(SANITIZE),%/boots.bats),\
	$(wildcard tests/guest/*.bats))
TEST_ENV = O=$(CURDIR)/$(O) GUESTS=$(GUESTS) SANITIZE=$(SANITIZE) \
	ASAN_OPTIONS=$(ASAN_OPTIONS)

check-quick: setup
	@$(MAKE) --no-print-directory all units
	$(TEST_ENV) bats $(BATS_QUICK)

check: guests
	@$(MAKE) --no-print-directory all units
	$(TEST_ENV) bats $(BATS_QUICK) $(BATS_GUEST)

check-guests: setup
	@$(MAKE) --no-print-directory all
	@$(TEST_ENV) tests/guests/check-guest.sh all

check-images: setup
	@$(MAKE) --no-print-directory all
	@SANITIZE=$(SANITIZE) tests/copy/mutate.sh $(O) $(or $(MUTATIONS),10000) \
		$(or $(SEED),1) $(FORMATS)

check-documents: setup
	@$(MAKE) --no-print-directory all
	/usr/bin/python3 -B tests/hostile/documents.py --bin $(O)/bin
	/usr/bin/python3 -B tests/hostile/documents.py --bin $(O)/bin --user nobody

bench:
	@sh tests/setup.sh --bench
	@$(MAKE) --no-print-directory all guests
	@PATH=$(CURDIR)/$(O)/bin:$$PATH /usr/bin/python3 -B tests/bench/bench.py $(GUESTS)
	@PATH=$(CURDIR)/$(O)/bin:$$PATH /usr/bin/python3 -B tests/bench/copy.py

lint:
	cppcheck --quiet --enable=warning,performance,portability \
		--inline-suppr --error-exitcode=1 --std=c11 -Ilib -Itools \
		--suppressions-list=tests/cppcheck.txt \
		-DV2V_VERSION='"x"' lib tools
	shellcheck -x -P SCRIPTDIR tests/*.sh tests/guests/*.sh tests/guests/matrix/*.sh \
		tests/fuzz/*.sh tests/copy/*.sh \
		.ci/run

install: all
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(LIBDIR)/pkgconfig \
		$(DESTDIR)$(INCLUDEDIR) $(DESTDIR)$(DATADIR) \
		$(DESTDIR)$(BASHCOMPDIR) $(DESTDIR)$(MANDIR)/man1 \
		$(DESTDIR)$(MANDIR)/man3 $(DESTDIR)$(MANDIR)/man7
	install $(TOOLS:%=$(O)/bin/%) $(DESTDIR)$(BINDIR)
	install -m 755 $(O)/lib/$(SO) $(DESTDIR)$(LIBDIR)
	ln -sf $(SO) $(DESTDIR)$(LIBDIR)/libv2v.so
	install -m 644 $(O)/lib/libv2v.a $(DESTDIR)$(LIBDIR)
	install -m 644 lib/v2v.h $(DESTDIR)$(INCLUDEDIR)
	install -m 644 lib/v2v-document.schema.json $(DESTDIR)$(DATADIR)
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' \
		-e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' \
		-e 's|@VERSION@|$(VERSION)|' lib/libv2v.pc.in \
		>$(DESTDIR)$(LIBDIR)/pkgconfig/libv2v.pc
	for page in $(MAN); do install -m 644 $$page \
		$(DESTDIR)$(MANDIR)/man$${page##*.} || exit 1; done
	for tool in $(TOOLS); do echo "complete -F _longopt $$tool" \
		>$(DESTDIR)$(BASHCOMPDIR)/$$tool || exit 1; done

# The mirror image of install; folders that were there before stay.
uninstall:
	rm -f $(TOOLS:%=$(DESTDIR)$(BINDIR)/%)
	rm -f $(DESTDIR)$(LIBDIR)/$(SO) $(DESTDIR)$(LIBDIR)/libv2v.so
	rm -f $(DESTDIR)$(LIBDIR)/libv2v.a
	rm -f $(DESTDIR)$(LIBDIR)/pkgconfig/libv2v.pc
	rm -f $(DESTDIR)$(INCLUDEDIR)/v2v.h
	rm -f $(DESTDIR)$(DATADIR)/v2v-document.schema.json
	for page in $(MAN); do rm -f \
		$(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}; done
	rm -f $(TOOLS:%=$(DESTDIR)$(BASHCOMPDIR)/%)
	-rmdir $(DESTDIR)$(DATADIR) 2>/dev/null

clean:
	rm -rf $(O) build-fuzz build-fuzz-gcc

FORCE:

-include $(ALL_OBJ:.o=.d)

include tests/fuzz/fuzz.mk
