/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines of records, and a package that is made of them. */
#include "linux/packages/packages-private.h"

#define BLOCK	  (256 << 10)
#define MOST	  (64 << 20)
#define MOST_LINE 1023

/* The line that is being read: what does not fit is passed over. */
struct reader {
	char line[MOST_LINE + 1];
	size_t length;
	void (*call)(char *line, void *opaque);
	void *opaque;
};

static void take(struct reader *reader, const char *data, size_t size)
{
	const size_t room = MOST_LINE - reader->length;

	memcpy(reader->line + reader->length, data, size < room ? size : room);
	reader->length += size < room ? size : room;
}

static void end_line(struct reader *reader)
{
	reader->line[reader->length] = '\0';
	reader->call(reader->line, reader->opaque);
	reader->length = 0;
}

static void read_block(struct reader *reader, const char *data, size_t size)
{
	while (size) {
		const char *end = memchr(data, '\n', size);
		size_t n = end ? (size_t)(end - data) : size;

		take(reader, data, n);
		if (!end)
			return;
		end_line(reader);
		data += n + 1;
		size -= n + 1;
	}
}

int v2v_packages_lines(const struct v2v_tree *tree, const char *path,
	void (*call)(char *line, void *opaque), void *opaque,
	struct v2v_error *err)
{
	CLEANUP_FREE char *block = v2v_alloc(1, BLOCK);
	CLEANUP_FREE struct reader *reader = v2v_alloc(1, sizeof *reader);
	int64_t size = v2v_tree_size(tree, path);
	uint64_t at = 0;
	size_t n;

	if (!v2v_tree_is_file(tree, path))
		return v2v_fail(
			err, "guest-packages", "file '%s' not found", path);
	reader->call = call;
	reader->opaque = opaque;
	for (; at < MOST; at += n) {
		n = v2v_tree_read_at(tree, path, at, block, BLOCK);
		if (n == 0 || n > BLOCK)
			break;
		read_block(reader, block, n);
		if (v2v_tree_check(tree, err) < 0)
			return -1;
	}
	if (reader->length)
		end_line(reader);
	if (size > 0 && at < (uint64_t)size)
		return v2v_fail(err, "guest-packages",
			"only a part of '%s' was read", path);
	return 0;
}

void v2v_package_clear(struct v2v_package *package)
{
	free(package->name);
	free(package->version);
	free(package->release);
	free(package->arch);
	*package = (struct v2v_package){ 0 };
}

/* As strtol() with its whole text in range of a positive int. */
static int64_t parse_epoch(const char *text)
{
	uint64_t epoch;

	return v2v_parse_u64(text, &epoch) && epoch <= INT32_MAX
		       ? (int64_t)epoch
		       : -1;
}

void v2v_package_version(struct v2v_package *package, char *text)
{
	char *version = strchr(text, ':'), *release;

	package->epoch = 0;
	if (version) {
		*version++ = '\0';
		package->epoch = parse_epoch(text);
	} else {
		version = text;
	}
	release = strchr(version, '-');
	if (release)
		*release++ = '\0';
	v2v_string_set(&package->version, version);
	v2v_string_set(&package->release, release);
}

/* What libguestfs calls so is not known in the document, either. */
static char *known(char **text)
{
	if (*text && (!**text || strcmp(*text, "unknown") == 0)) {
		free(*text);
		*text = NULL;
	}
	return v2v_take(*text);
}

void v2v_package_add(struct v2v_package *package, struct v2v_list *applications)
{
	struct v2v_application *app;

	if (applications->count >= V2V_PACKAGES_MOST)
		return;
	app = v2v_list_add(applications, sizeof *app);
	app->name = v2v_take(package->name);
	app->epoch = package->epoch;
	app->version = known(&package->version);
	app->release = known(&package->release);
	app->arch = known(&package->arch);
}
