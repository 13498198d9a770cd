/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Kernel modules by their metadata. */
#include "initrd/modules.h"

#include "initrd/kconfig.h"

/* A kernel's module needs some ten others. */
#define MAX_NEEDS 256

/* A line of modules.dep: a file and the files it needs, blanks between. */
struct module {
	char *name, *path, *needs;
};

struct v2v_modules {
	struct module *list; /* sorted by name */
	size_t count;
	char **builtin; /* names, sorted */
	size_t builtins;
	struct v2v_kconfig config;
};

char *v2v_module_name(const char *path)
{
	static const char *const suffixes[] = { ".ko", ".ko.gz", ".ko.xz",
		".ko.zst", ".ko.bz2", ".ko.lz4", ".o" };
	const char *base = strrchr(path, '/');
	char *name;

	base = base ? base + 1 : path;
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		if (!v2v_ends_with(base, suffixes[i]))
			continue;
		name = v2v_strndup(base, strlen(base) - strlen(suffixes[i]));
		for (char *s = name; *s; s++)
			if (*s == '-')
				*s = '_';
		return name;
	}
	return NULL;
}

/* Old tools wrote absolute names: what follows /lib/modules/VERSION/ counts. */
static const char *relative(const char *path)
{
	const char *s = strstr(path, "lib/modules/");

	if (*path != '/' || !s)
		return path;
	s = strchr(s + strlen("lib/modules/"), '/');
	return s ? s + 1 : path;
}

static int by_name(const void *a, const void *b)
{
	const struct module *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int by_string(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_line(struct v2v_modules *m, char *line)
{
	char *colon = strchr(line, ':'), *name;
	struct module *module;

	if (!colon)
		return;
	*colon = '\0';
	name = v2v_module_name(line);
	if (!name)
		return;
	module = v2v_append(m->list, m->count);
	module->name = name;
	module->path = v2v_strdup(relative(line));
	module->needs = v2v_strdup(colon + 1);
}

static void read_dep(struct v2v_modules *m, const char *text)
{
	while (text && *text) {
		size_t n = strcspn(text, "\n");
		CLEANUP_FREE char *line = NULL;

		/* Very old tools broke long lines with a backslash. */
		while (n && text[n] == '\n' && text[n - 1] == '\\')
			n += 1 + strcspn(text + n + 1, "\n");
		line = v2v_strndup(text, n);
		for (char *s = line; *s; s++)
			if (*s == '\n' || *s == '\\')
				*s = ' ';
		add_line(m, line);
		text += n + (text[n] == '\n');
	}
	if (m->count)
		qsort(m->list, m->count, sizeof *m->list, by_name);
}

static void read_builtin(struct v2v_modules *m, const char *text)
{
	while (text && *text) {
		size_t n = strcspn(text, "\n");
		CLEANUP_FREE char *line = v2v_strndup(text, n);
		char *name = v2v_module_name(line);

		if (name)
			*v2v_append(m->builtin, m->builtins) = name;
		text += n + (text[n] == '\n');
	}
	if (m->builtins)
		qsort(m->builtin, m->builtins, sizeof *m->builtin, by_string);
}

struct v2v_modules *v2v_modules_new(
	const char *dep, const char *builtin, const char *config)
{
	struct v2v_modules *m = v2v_alloc(1, sizeof *m);

	read_dep(m, dep);
	read_builtin(m, builtin);
	v2v_kconfig_read(&m->config, config);
	return m;
}

void v2v_modules_free(struct v2v_modules *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->count; i++) {
		free(m->list[i].name);
		free(m->list[i].path);
		free(m->list[i].needs);
	}
	for (size_t i = 0; i < m->builtins; i++)
		free(m->builtin[i]);
	free(m->list);
	free(m->builtin);
	v2v_kconfig_clear(&m->config);
	free(m);
}

size_t v2v_modules_count(const struct v2v_modules *m)
{
	return m->count;
}

/* modprobe's spelling of a name, the caller's. */
static char *normalised(const char *name)
{
	char *key = v2v_strdup(name);

	for (char *s = key; *s; s++)
		if (*s == '-')
			*s = '_';
	return key;
}

static const struct module *find(const struct v2v_modules *m, const char *name)
{
	CLEANUP_FREE char *key = normalised(name);
	const struct module wanted = { key, NULL, NULL };

	if (!m->count)
		return NULL;
	return bsearch(&wanted, m->list, m->count, sizeof *m->list, by_name);
}

const char *v2v_modules_path(const struct v2v_modules *m, const char *name)
{
	const struct module *module = find(m, name);

	return module ? module->path : NULL;
}

bool v2v_modules_is_builtin(const struct v2v_modules *m, const char *name)
{
	CLEANUP_FREE char *key = normalised(name);

	if (m->builtins && bsearch(&key, m->builtin, m->builtins,
				   sizeof *m->builtin, by_string))
		return true;
	return v2v_kconfig_value(&m->config, key) == 'y';
}

bool v2v_modules_has(const struct v2v_modules *m, const char *name)
{
	CLEANUP_FREE char *key = NULL;

	if (find(m, name) || v2v_modules_is_builtin(m, name))
		return true;
	if (m->count)
		return false;
	key = normalised(name);
	return v2v_kconfig_value(&m->config, key) == 'm';
}

static bool is_path_builtin(const struct v2v_modules *m, const char *path)
{
	CLEANUP_FREE char *name = v2v_module_name(path);

	return name && v2v_modules_is_builtin(m, name);
}

static bool is_listed(const struct v2v_list *paths, const char *path)
{
	v2v_list_foreach (char *, have, paths)
		if (strcmp(*have, path) == 0)
			return true;
	return false;
}

/* modules.dep lists all that is needed, what is needed last first: the first
 * to load is at the end. */
void v2v_modules_closure(
	const struct v2v_modules *m, const char *name, struct v2v_list *paths)
{
	const struct module *module = find(m, name);
	CLEANUP_FREE char *needs = NULL;
	size_t end, count = 0;

	if (!module)
		return;
	needs = v2v_strdup(module->needs);
	for (end = strlen(needs); end; end--) {
		const char *word = needs + end - 1;

		if (*word == ' ' || *word == '\t') {
			needs[end - 1] = '\0';
			continue;
		}
		if (end > 1 && word[-1] != ' ' && word[-1] != '\t')
			continue;
		if (++count > MAX_NEEDS)
			break;
		word = relative(word);
		if (!is_listed(paths, word) && !is_path_builtin(m, word))
			v2v_list_add_string(paths, word);
	}
	if (!is_listed(paths, module->path) &&
		!is_path_builtin(m, module->path))
		v2v_list_add_string(paths, module->path);
}

void v2v_modules_needs(
	const struct v2v_modules *m, const char *name, struct v2v_list *names)
{
	const struct module *module = find(m, name);
	const char *s = module ? module->needs : "";
	size_t count = 0;

	while (*(s += strspn(s, " \t")) && count++ < MAX_NEEDS) {
		size_t n = strcspn(s, " \t");
		CLEANUP_FREE char *path = v2v_strndup(s, n);
		CLEANUP_FREE char *needed = v2v_module_name(path);

		if (needed && !v2v_modules_is_builtin(m, needed))
			v2v_list_add_string(names, needed);
		s += n;
	}
}
