/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which backends there are, and which one is taken. */
#ifndef V2V_GUEST_BACKENDS_H
#define V2V_GUEST_BACKENDS_H

#include "guest/appliance.h"

/*
 * Start, by a copy of @config with its ops, what config->v asks for
 * (v2v_set_backend()), or with "auto" the first of its list that starts; which
 * one is reported, and why another one did not.  Of the list those before @from
 * are left out, and all up to @after; NULL, or none of the list: that leaves
 * out nothing.
 */
int v2v_backend_start(const struct v2v_appliance_config *config,
	const char *from, const char *after,
	struct v2v_appliance **ret_appliance, struct v2v_error *err);

/* May another one be taken, by "auto", for what @name does not know: a
 * filesystem that it cannot mount, as blkid(8) names it; NULL: anything? */
bool v2v_backend_has_next(struct v2v *v, const char *name, const char *type);

/* The parts of it. */

/* Index of the first of @list that is not left out; @count: all are. */
size_t v2v_backends_first(const struct v2v_appliance_ops *const *list,
	size_t count, const char *from, const char *after);

/* May @next mount a filesystem that @before did not: does it have a driver for
 * it, and the other none, or an older one? */
bool v2v_backend_knows_more(struct v2v *v,
	const struct v2v_appliance_ops *before,
	const struct v2v_appliance_ops *next, const char *type);

/* Start the first of @list that starts. */
int v2v_backends_start(const struct v2v_appliance_ops *const *list,
	size_t count, const struct v2v_appliance_config *config,
	struct v2v_appliance **ret_appliance, struct v2v_error *err);
#endif
