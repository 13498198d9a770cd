/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names that the targets accept; never empty.  The caller warns where one had
 * to be changed. */
#ifndef V2V_META_NAMES_H
#define V2V_META_NAMES_H

#include "meta/meta.h"

#define V2V_DNS_LABEL 63 /* bytes of a label: RFC 1123 §2.1 */

/* 0, or the error "bad-option" where the user's name of the machine, the
 * storage or the namespace is invalid. */
int v2v_names_check(const struct v2v_meta_options *opt, struct v2v_error *err);

/* @name as a label of the DNS, of at most @most bytes: lower case letters,
 * digits, and dashes inside; the caller's. */
char *v2v_names_label(const char *name, size_t most);

/* @name with '_' for what is neither a letter, a digit, nor in @others, of at
 * most @most bytes; the caller's. */
char *v2v_names_plain(const char *name, const char *others, size_t most);

/* The warning "name-changed", where @to differs: @what is "the machine". */
void v2v_names_tell(
	struct v2v *v, const char *what, const char *from, const char *to);
#endif
