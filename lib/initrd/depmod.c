/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* modules.dep and modules.alias, as texts and as kmod's tries. */
#include "initrd/depmod.h"

#include "initrd/index.h"

/* A file and its place in the list, sorted by name. */
struct item {
	const struct v2v_initrd_module *module;
	size_t number;
};

struct sorted {
	struct item *items;
	size_t count;
};

static int by_name(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order = strcmp(x->module->name, y->module->name);

	/* The last of a name first. */
	return order ? order : x->number < y->number ? 1 : -1;
}

static int by_number(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	return x->number < y->number ? -1 : 1;
}

static struct sorted sort(const struct v2v_list *files)
{
	const struct v2v_initrd_module *modules = files->items;
	struct sorted s = { v2v_alloc(files->count, sizeof *s.items), 0 };
	size_t all = files->count;

	for (size_t i = 0; i < all; i++)
		s.items[i] = (struct item){ &modules[i], i };
	if (all)
		qsort(s.items, all, sizeof *s.items, by_name);
	for (size_t i = 0; i < all; i++)
		if (i == 0 || strcmp(s.items[i].module->name,
				      s.items[s.count - 1].module->name) != 0)
			s.items[s.count++] = s.items[i];
	return s;
}

static int compare_name(const void *key, const void *item)
{
	return strcmp(key, ((const struct item *)item)->module->name);
}

static const struct item *find(const struct sorted *s, const char *name)
{
	if (!s->count)
		return NULL;
	return bsearch(
		name, s->items, s->count, sizeof *s->items, compare_name);
}

/* "kernel/x.ko: kernel/y.ko kernel/z.ko"; what is not there is left out: the
 * initramfs did without it before. */
static char *dep_line(const struct sorted *s, const struct item *item,
	const struct v2v_modules *modules)
{
	struct v2v_list needs CLEANUP_STRINGS = { 0 };
	struct v2v_text line CLEANUP_TEXT = { 0 };

	v2v_modules_needs(modules, item->module->name, &needs);
	v2v_text_addf(&line, "%s:", item->module->path);
	v2v_list_foreach (char *, name, &needs) {
		const struct item *needed = find(s, *name);

		if (needed)
			v2v_text_addf(&line, " %s", needed->module->path);
	}
	return v2v_text_take(&line);
}

static void make_dep(const struct sorted *s, const struct v2v_modules *modules,
	struct v2v_depmod *index)
{
	struct v2v_index trie CLEANUP_INDEX = { 0 };
	struct sorted order = { v2v_alloc(s->count, sizeof *order.items),
		s->count };

	if (s->count) {
		memcpy(order.items, s->items, s->count * sizeof *s->items);
		qsort(order.items, order.count, sizeof *order.items, by_number);
	}
	for (size_t i = 0; i < order.count; i++) {
		CLEANUP_FREE char *line = dep_line(s, &order.items[i], modules);

		v2v_text_addf(&index->dep, "%s\n", line);
		v2v_index_add(
			&trie, order.items[i].module->name, line, (uint32_t)i);
	}
	free(order.items);
	v2v_index_write(&trie, &index->dep_bin);
}

/* Outside of brackets '-' is '_' (depmod(8) normalises aliases so). */
static void normalise(char *alias)
{
	bool inside = false;

	for (; *alias; alias++) {
		if (*alias == '[' || *alias == ']')
			inside = *alias == '[';
		else if (*alias == '-' && !inside)
			*alias = '_';
	}
}

/* "alias PATTERN MODULE" */
static void add_alias(const struct sorted *s, const char *line, size_t n,
	struct v2v_index *trie, struct v2v_text *text)
{
	CLEANUP_FREE char *copy = v2v_strndup(line, n);
	char *pattern = copy + strlen("alias "), *name;
	const struct item *item;

	if (!v2v_starts_with(copy, "alias "))
		return;
	name = strrchr(pattern, ' ');
	if (!name)
		return;
	item = find(s, name + 1);
	if (!item)
		return;
	v2v_text_addf(text, "%s\n", copy);
	*name = '\0';
	normalise(pattern);
	v2v_index_add(trie, pattern, name + 1, (uint32_t)item->number);
}

static void make_alias(
	const struct sorted *s, const char *aliases, struct v2v_depmod *index)
{
	struct v2v_index trie CLEANUP_INDEX = { 0 };

	while (aliases && *aliases) {
		size_t n = strcspn(aliases, "\n");

		add_alias(s, aliases, n, &trie, &index->alias);
		aliases += n + (aliases[n] == '\n');
	}
	v2v_index_write(&trie, &index->alias_bin);
}

void v2v_depmod_make(const struct v2v_list *files,
	const struct v2v_modules *modules, const char *aliases,
	struct v2v_depmod *index)
{
	struct sorted s = sort(files);

	make_dep(&s, modules, index);
	make_alias(&s, aliases, index);
	free(s.items);
}

void v2v_depmod_clear(struct v2v_depmod *index)
{
	v2v_text_clear(&index->dep);
	v2v_text_clear(&index->dep_bin);
	v2v_text_clear(&index->alias);
	v2v_text_clear(&index->alias_bin);
}
