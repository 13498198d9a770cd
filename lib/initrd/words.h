/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lists of modules in texts, an initramfs's own and the distributions'
 * configuration.  Each takes a whole text and the names (of char *) that are
 * to be in it, and gives the new text, the caller's, or NULL where nothing
 * is to be changed or it cannot be done; all else stays as it is.
 */
#ifndef V2V_INITRD_WORDS_H
#define V2V_INITRD_WORDS_H

#include "core/fields.h"

/* A name a line, what follows the name counts for nothing. */
char *v2v_words_add_lines(const char *text, const struct v2v_list *names);

/* A script that loads modules: "modprobe NAME" a line, at its end. */
char *v2v_words_add_modprobes(const char *text, const struct v2v_list *names);

/*
 * Words of a shell variable: MODULES="a b", MODULES=(a b), MODULES=a, each
 * assignment of that name that is not a comment.  Where there is none: NULL, or
 * KEY="…" as a new last line, if @append.
 */
char *v2v_words_add_to(const char *text, const char *key, bool append,
	const struct v2v_list *names);

/* nash's script of RHEL 5 and before: insmod lines.  @names are the files' in
 * /lib, "virtio.ko", those that others need first. */
char *v2v_words_add_insmods(const char *text, const struct v2v_list *names);

/* booster's list in YAML of what is loaded by all means, as its generator
 * writes it: "modulesforceload:" and a line for each. */
char *v2v_words_add_forced(const char *text, const struct v2v_list *names);

/* booster's map in YAML of what each module needs. */
char *v2v_words_add_needs(
	const char *text, const char *name, const struct v2v_list *needs);

/* A comma-separated value: "modules: a,b" of booster.yaml. */
char *v2v_words_add_yaml(
	const char *text, const char *key, const struct v2v_list *names);
#endif
