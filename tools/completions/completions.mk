# SPDX-License-Identifier: LGPL-2.1-or-later
# Completions for bash, zsh and fish, made from what --help of each program says: they cannot be out of date.

BASHCOMPDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHCOMPDIR ?= $(PREFIX)/share/zsh/site-functions
FISHCOMPDIR ?= $(PREFIX)/share/fish/vendor_completions.d

COMPLETIONS := $(PROGRAMS:%=$(O)/completions/bash/%) $(PROGRAMS:%=$(O)/completions/zsh/_%) \
	$(PROGRAMS:%=$(O)/completions/fish/%.fish)

.PHONY: completions install-completions uninstall-completions

completions: $(COMPLETIONS)

# An option on one line, its description far to the right of it.
complete = $(call say,GEN)mkdir -p $(@D); LD_LIBRARY_PATH=$(O)/lib$${LD_LIBRARY_PATH:+:$$LD_LIBRARY_PATH} \
	ARGP_HELP_FMT=rmargin=4000,opt-doc-col=150 $(O)/bin/$* --help | \
	awk -v shell=$(1) -v tool=$* -f tools/completions/completion.awk >$@

$(PROGRAMS:%=$(O)/completions/bash/%): $(O)/completions/bash/%: $(O)/bin/% tools/completions/completion.awk
	$(call complete,bash)

$(PROGRAMS:%=$(O)/completions/zsh/_%): $(O)/completions/zsh/_%: $(O)/bin/% tools/completions/completion.awk
	$(call complete,zsh)

$(PROGRAMS:%=$(O)/completions/fish/%.fish): $(O)/completions/fish/%.fish: $(O)/bin/% tools/completions/completion.awk
	$(call complete,fish)

install-completions: completions
	install -d $(DESTDIR)$(BASHCOMPDIR) $(DESTDIR)$(ZSHCOMPDIR) $(DESTDIR)$(FISHCOMPDIR)
	install -m 644 $(PROGRAMS:%=$(O)/completions/bash/%) $(DESTDIR)$(BASHCOMPDIR)
	install -m 644 $(PROGRAMS:%=$(O)/completions/zsh/_%) $(DESTDIR)$(ZSHCOMPDIR)
	install -m 644 $(PROGRAMS:%=$(O)/completions/fish/%.fish) $(DESTDIR)$(FISHCOMPDIR)

uninstall-completions:
	rm -f $(PROGRAMS:%=$(DESTDIR)$(BASHCOMPDIR)/%) $(PROGRAMS:%=$(DESTDIR)$(ZSHCOMPDIR)/_%) \
		$(PROGRAMS:%=$(DESTDIR)$(FISHCOMPDIR)/%.fish)
