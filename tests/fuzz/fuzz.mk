# Fuzzers: everything that reads untrusted bytes.
#
#   make fuzz         with clang's libFuzzer, into build-fuzz/; what is found is
#                     kept in build-fuzz/found/NAME
#   make fuzz-gcc     with CC and tests/fuzz/main.c, into build-asan/, which
#                     SANITIZE=1 makes: seeds and tests/fuzz/found/NAME, then
#                     mutations, everywhere the same
#
#   SECONDS=60        how long for each of them
#   RUNS=10000        fuzz-gcc: how many mutations for each of them
#   FUZZERS="ova ovf" which; all
#   JOBS=2            how many at a time (nproc)
#   FUZZ_GCC=         another compiler for fuzz-gcc, such as afl-gcc-fast; it has
#                     build-fuzz-gcc/ to itself, and then
#                     afl-fuzz -i build-fuzz-gcc/seeds/ovf -o build-fuzz-gcc/afl \
#                         -- build-fuzz-gcc/fuzz/fuzz-ovf @@

FUZZ_ALL := $(patsubst tests/fuzz/fuzz-%.c,%,$(sort $(wildcard tests/fuzz/fuzz-*.c)))
FUZZERS ?= $(FUZZ_ALL)
FUZZ_GCC ?=
FUZZ_GCC_O := $(if $(FUZZ_GCC),build-fuzz-gcc,build-asan)
FUZZ_SAN := address$(comma)undefined -fno-sanitize-recover=undefined \
	-fno-omit-frame-pointer
FUZZ_OBJ := $(patsubst %.c,$(O)/obj/%.o,$(sort $(wildcard tests/fuzz/*.c)))
# What links a fuzzer; fuzz-gcc: nothing, and a main of our own.
FUZZ_LINK ?=
FUZZ_MAIN := $(if $(FUZZ_LINK),,$(O)/obj/tests/fuzz/main.o)

.PHONY: fuzz fuzz-gcc fuzzers

fuzz:
	@echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' | \
		clang -fsanitize=fuzzer -o /dev/null -x c - 2>/dev/null || \
		{ echo 'make fuzz needs the packages clang and' \
		'libclang-rt-14-dev (or make fuzz-gcc)' >&2; exit 1; }
	@$(MAKE) --no-print-directory O=build-fuzz CC=clang SANITIZE= \
		FUZZ_LINK=-fsanitize=fuzzer \
		CFLAGS='-O1 -g -fsanitize=fuzzer-no-link,$(FUZZ_SAN)' fuzzers
	@printf '%s\n' $(FUZZERS) | xargs -P $(JOBS) -n 1 \
		tests/fuzz/run.sh libfuzzer build-fuzz $(or $(SECONDS),60)

fuzz-gcc:
	@$(MAKE) --no-print-directory O=$(FUZZ_GCC_O) $(if $(FUZZ_GCC),CC=$(FUZZ_GCC) SANITIZE= \
		CFLAGS='-O1 -g -fsanitize=$(FUZZ_SAN)',SANITIZE=1) fuzzers
	@printf '%s\n' $(FUZZERS) | xargs -P $(JOBS) -n 1 \
		tests/fuzz/run.sh main $(FUZZ_GCC_O) $(or $(RUNS),10000)

# What the two build, each with its compiler.
fuzzers: $(FUZZERS:%=$(O)/fuzz/fuzz-%) $(O)/seeds/made

$(O)/seeds/made: tests/fuzz/make-seeds.py tests/fuzz/formats.py tests/guests/make-virtio-win.py tests/guests/make-windows.py \
		$(subst :,\:,$(wildcard tests/data/*/* tests/data/*/*/* tests/data/*/*/*/* tests/data/*/*/*/*/*))
	@rm -rf $(@D) && mkdir -p $(@D)
	@/usr/bin/python3 tests/fuzz/make-seeds.py $(@D)
	@touch $@

$(FUZZ_OBJ): $(O)/obj/%.o: %.c $(O)/flags
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(CPPFLAGS) $(PKG_CFLAGS) \
		$(CFLAGS) -Wno-write-strings -MMD -MP -c $< -o $@

$(FUZZ_ALL:%=$(O)/fuzz/fuzz-%): $(O)/fuzz/%: $(O)/obj/tests/fuzz/%.o \
		$(O)/obj/tests/fuzz/scratch.o $(FUZZ_MAIN) $(O)/lib/libv2v.a
	@mkdir -p $(@D)
	$(call say,LINK)$(CC) $(CFLAGS) $(LDFLAGS) $(FUZZ_LINK) -o $@ $^ \
		$(PKG_LIBS) -pthread

-include $(FUZZ_OBJ:.o=.d)
