/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which backends there are, and which one is taken. */
#include "guest/backends.h"

#include "guest/kernel/kernel.h"
#include "guest/libguestfs/libguestfs.h"

/* All that can be asked for. */
static const struct v2v_appliance_ops *const backends[] = {
	&v2v_libguestfs_ops,
	&v2v_uml_ops,
	&v2v_qemu_ops,
};

/* What "auto" tries, the fastest first. */
static const struct v2v_appliance_ops *const automatic[] = {
	&v2v_uml_ops,
	&v2v_qemu_ops,
	&v2v_libguestfs_ops,
};

static bool is_auto(const char *name)
{
	return !name || strcmp(name, "auto") == 0;
}

static const struct v2v_appliance_ops *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(backends); i++)
		if (strcmp(backends[i]->name, name) == 0)
			return backends[i];
	return NULL;
}

static int fail_unknown(const char *name, struct v2v_error *err)
{
	struct v2v_text known CLEANUP_TEXT = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(backends); i++)
		v2v_text_addf(&known, ", %s", backends[i]->name);
	return v2v_fail(err, "backend-unknown",
		"unknown backend '%s' (supported: auto%s)", name, known.data);
}

int v2v_set_backend(struct v2v *v, const char *name, struct v2v_error *err)
{
	if (!is_auto(name) && !find(name))
		return fail_unknown(name, err);
	v2v_string_set(&v->backend, is_auto(name) ? NULL : name);
	return 0;
}

static int start_one(const struct v2v_appliance_config *config,
	const struct v2v_appliance_ops *ops,
	struct v2v_appliance **ret_appliance, struct v2v_error *err)
{
	struct v2v_appliance_config with = *config;

	with.ops = ops;
	if (ops->life->start(&with, ret_appliance, err) < 0)
		return -1;
	v2v_info(config->v, "backend", "the guest is read by the backend '%s'",
		ops->name);
	return 0;
}

size_t v2v_backends_first(const struct v2v_appliance_ops *const *list,
	size_t count, const char *from, const char *after)
{
	for (size_t i = 0; i < count; i++) {
		if (v2v_streq(list[i]->name, after))
			return i + 1;
		if (!after && v2v_streq(list[i]->name, from))
			return i;
	}
	return 0;
}

/* What the last one says, and why it came to that one. */
static int fail_all(const struct v2v_error *last, const struct v2v_text *before,
	struct v2v_error *err)
{
	return v2v_fail(err, last->code, "%s%s%s%s", last->text,
		before->length ? " (before it, " : "",
		before->length ? before->data : "", before->length ? ")" : "");
}

int v2v_backends_start(const struct v2v_appliance_ops *const *list,
	size_t count, const struct v2v_appliance_config *config,
	struct v2v_appliance **ret_appliance, struct v2v_error *err)
{
	struct v2v_text before CLEANUP_TEXT = { 0 };

	for (size_t i = 0; i < count; i++) {
		struct v2v_error why = { 0 };

		if (start_one(config, list[i], ret_appliance, &why) == 0)
			return 0;
		if (v2v_is_cancelled(config->v))
			return v2v_fail(err, why.code, "%s", why.text);
		if (i + 1 == count)
			return fail_all(&why, &before, err);
		v2v_text_addf(&before, "%s%s: %s", before.length ? "; " : "",
			list[i]->name, why.text);
		v2v_info(config->v, "backend-next",
			"the backend '%s' does not start, '%s' is next: %s",
			list[i]->name, list[i + 1]->name, why.text);
	}
	return v2v_fail(err, "backend-cannot", "no backend is left");
}

static int ask(struct v2v *v, const struct v2v_appliance_ops *ops,
	const char *type, unsigned *ret_linux)
{
	const struct v2v_appliance_life *life = ops->life;

	return (life->knows ? life : v2v_qemu_ops.life)
		->knows(v, type, ret_linux);
}

bool v2v_backend_knows_more(struct v2v *v,
	const struct v2v_appliance_ops *before,
	const struct v2v_appliance_ops *next, const char *type)
{
	unsigned old, new;
	int known = ask(v, next, type, &new);
	int before_known;

	if (known <= 0)
		return known < 0;
	before_known = ask(v, before, type, &old);
	return before_known <= 0 || new > old;
}

bool v2v_backend_has_next(struct v2v *v, const char *name, const char *type)
{
	size_t first = v2v_backends_first(
		automatic, ARRAY_SIZE(automatic), NULL, name);

	if (!is_auto(v->backend) || first == 0)
		return false;
	for (size_t i = first; i < ARRAY_SIZE(automatic); i++)
		if (!type || v2v_backend_knows_more(v, automatic[first - 1],
				     automatic[i], type))
			return true;
	return false;
}

int v2v_backend_start(const struct v2v_appliance_config *config,
	const char *from, const char *after,
	struct v2v_appliance **ret_appliance, struct v2v_error *err)
{
	const char *wanted = config->v->backend;
	size_t first = v2v_backends_first(
		automatic, ARRAY_SIZE(automatic), from, after);

	if (!is_auto(wanted))
		return start_one(config, find(wanted), ret_appliance, err);
	return v2v_backends_start(automatic + first,
		ARRAY_SIZE(automatic) - first, config, ret_appliance, err);
}
