/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest in one text, made below a directory of the host, and the tree of
 * such a directory:
 *
 *	==== /etc/hostname		a file, whose text follows
 *	==== /bin dir
 *	==== /etc/os-release link ../usr/lib/os-release
 *	==== /bin/sh elf 64 1 62	the head of a program: bits, byte order
 *					(1: little), machine
 *	==== /x.exe pe 8664 20b		machine, magic
 *	==== /f hive			as make-hive.h has it
 *	==== /f lines N			its text N times
 */
#ifndef V2V_TEST_DIR_TREE_H
#define V2V_TEST_DIR_TREE_H

#include "cases.h"

#include "core/lines.h"
#include "guest/tree.h"
#include "make-hive.h"
#include "open-in-root.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/mman.h>
#include <sys/stat.h>

static inline int dir_tree_open(
	const struct v2v_tree *tree, const char *path, int flags)
{
	return open_in_root(*(const int *)tree->opaque, path, flags);
}

static inline bool dir_tree_stat(const struct v2v_tree *tree, const char *path,
	struct v2v_tree_stat *ret_stat)
{
	CLEANUP_CLOSE int fd = dir_tree_open(tree, path, O_PATH);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return false;
	*ret_stat = (struct v2v_tree_stat){ V2V_KIND_OTHER, st.st_size,
		st.st_dev, st.st_ino };
	if (S_ISREG(st.st_mode))
		ret_stat->kind = V2V_KIND_FILE;
	if (S_ISDIR(st.st_mode))
		ret_stat->kind = V2V_KIND_DIRECTORY;
	return true;
}

static inline bool dir_tree_is_link(
	const struct v2v_tree *tree, const char *path)
{
	CLEANUP_CLOSE int fd = dir_tree_open(tree, path, O_PATH | O_NOFOLLOW);
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISLNK(st.st_mode);
}

static inline size_t dir_tree_read_at(const struct v2v_tree *tree,
	const char *path, uint64_t offset, void *data, size_t size)
{
	CLEANUP_CLOSE int fd = dir_tree_open(tree, path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : pread(fd, data, size, (off_t)offset);

	return n < 0 ? 0 : (size_t)n;
}

static inline int dir_tree_read(const struct v2v_tree *tree, const char *path,
	char **ret_text, struct v2v_error *err)
{
	int64_t size = v2v_tree_size(tree, path);
	char *text;

	(void)err;
	*ret_text = NULL;
	if (size < 0 || size > V2V_TREE_MAX_TEXT)
		return 0;
	text = v2v_alloc(1, (size_t)size + 1);
	dir_tree_read_at(tree, path, 0, text, (size_t)size);
	if (strlen(text) == (size_t)size)
		*ret_text = v2v_take(text);
	free(text);
	return 0;
}

static inline int dir_tree_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static inline void dir_tree_list(const struct v2v_tree *tree,
	const char *directory, struct v2v_list *names)
{
	int fd = dir_tree_open(tree, directory, O_RDONLY | O_DIRECTORY);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	while (d && (entry = readdir(d)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			v2v_list_add_string(names, entry->d_name);
	if (d)
		closedir(d);
	if (names->count)
		qsort(names->items, names->count, sizeof(char *),
			dir_tree_order);
}

static inline char *dir_tree_resolve(
	const struct v2v_tree *tree, const char *path)
{
	CLEANUP_CLOSE int fd = dir_tree_open(tree, path, O_PATH);
	CLEANUP_FREE char *name = v2v_format("/proc/self/fd/%d", fd);
	CLEANUP_FREE char *top =
		v2v_format("/proc/self/fd/%d", *(const int *)tree->opaque);
	CLEANUP_FREE char *real = fd < 0 ? NULL : realpath(name, NULL);
	CLEANUP_FREE char *root = realpath(top, NULL);

	return real ? v2v_strdup(real + strlen(root)) : NULL;
}

static inline int dir_tree_fetch(const struct v2v_tree *tree, const char *path,
	uint64_t *ret_size, struct v2v_error *err)
{
	CLEANUP_CLOSE int from = dir_tree_open(tree, path, O_RDONLY);
	int to = memfd_create("fetched", MFD_CLOEXEC);
	char data[65536];
	ssize_t n;

	if (from < 0)
		return v2v_fail(err, "io", "cannot read '%s'", path);
	while ((n = read(from, data, sizeof data)) > 0)
		assert(write(to, data, (size_t)n) == n);
	if (ret_size)
		*ret_size = (uint64_t)lseek(to, 0, SEEK_CUR);
	return to;
}

/* The tree of the directory that *@fd is. */
static inline struct v2v_tree dir_tree(const int *fd)
{
	static const struct v2v_tree_ops ops = {
		.read = dir_tree_read,
		.stat = dir_tree_stat,
		.list = dir_tree_list,
		.resolve = dir_tree_resolve,
		.is_link = dir_tree_is_link,
		.read_at = dir_tree_read_at,
		.fetch = dir_tree_fetch,
	};

	return (struct v2v_tree){ &ops, (void *)fd };
}

static inline void make_file(const char *path, const void *data, size_t size)
{
	FILE *f = fopen(path, "w");

	assert(f && fwrite(data, 1, size, f) == size);
	assert(fclose(f) == 0);
}

static inline void make_parents(const char *path)
{
	CLEANUP_FREE char *copy = v2v_strdup(path);

	for (char *s = copy + 1; (s = strchr(s, '/')); s++) {
		*s = '\0';
		assert(mkdir(copy, 0755) == 0 || errno == EEXIST);
		*s = '/';
	}
}

static inline void make_elf(const char *path, char *words)
{
	unsigned bits = 0, data = 0, machine = 0, high;
	unsigned char head[4096] = { 0x7f, 'E', 'L', 'F' };

	assert(sscanf(words, "%u %u %u", &bits, &data, &machine) == 3);
	high = data == 1; /* where the high byte lies */
	head[4] = (unsigned char)(bits / 32);
	head[5] = (unsigned char)data;
	head[6] = 1;
	head[16 + !high] = 2;
	head[18 + high] = (unsigned char)(machine >> 8);
	head[18 + !high] = (unsigned char)machine;
	make_file(path, head, sizeof head);
}

static inline void make_pe(const char *path, char *words)
{
	unsigned machine = 0, magic = 0;
	unsigned char head[4096] = { 'M', 'Z', [0x3c] = 0x80, [0x80] = 'P',
		[0x81] = 'E', [0x94] = 0xe0, [0x96] = 2 };

	assert(sscanf(words, "%x %x", &machine, &magic) == 2);
	head[0x84] = (unsigned char)machine;
	head[0x85] = (unsigned char)(machine >> 8);
	head[0x98] = (unsigned char)magic;
	head[0x99] = (unsigned char)(magic >> 8);
	make_file(path, head, sizeof head);
}

static inline void make_lines(const char *path, const char *text, int count)
{
	FILE *f = fopen(path, "w");

	assert(f && count > 0);
	while (count--)
		fputs(text, f);
	assert(fclose(f) == 0);
}

/* @words: "/path kind argument…". */
static inline void make_entry(
	const char *top, const char *words, const char *text)
{
	static const char *const kinds[] = { "dir", "link ", "elf ", "pe ",
		"hive", "lines " };
	CLEANUP_FREE char *path = v2v_format("%s%s", top, words), *kind = NULL;
	char *space = path, *rest;
	size_t i = ARRAY_SIZE(kinds);

	/* Names may have blanks in them; kinds are at the end. */
	while (i == ARRAY_SIZE(kinds) && (space = strchr(space, ' '))) {
		space++;
		for (i = 0; i < ARRAY_SIZE(kinds); i++)
			if (v2v_starts_with(space, kinds[i]))
				break;
	}
	if (space) {
		space[-1] = '\0';
		kind = v2v_strdup(space);
	}
	make_parents(path);
	if (!kind) {
		make_file(path, text, strlen(text));
		return;
	}
	rest = v2v_line_split(kind);
	if (strcmp(kind, "dir") == 0)
		assert(mkdir(path, 0755) == 0 || errno == EEXIST);
	else if (strcmp(kind, "link") == 0)
		assert(symlink(rest, path) == 0);
	else if (strcmp(kind, "elf") == 0)
		make_elf(path, rest);
	else if (strcmp(kind, "pe") == 0)
		make_pe(path, rest);
	else if (strcmp(kind, "hive") == 0)
		make_hive(path, text);
	else
		make_lines(path, text, (int)strtol(rest, NULL, 10));
}

static inline void make_tree(const char *top, const char *text)
{
	static const char mark[] = "==== ";
	CLEANUP_FREE char *entry = NULL;
	struct v2v_text body CLEANUP_TEXT = { 0 };

	while (true) {
		CLEANUP_FREE char *line = v2v_line_next(&text);

		if (line && !v2v_starts_with(line, mark)) {
			v2v_text_addf(&body, "%s\n", line);
			continue;
		}
		if (entry)
			make_entry(top, entry, body.data ? body.data : "");
		v2v_text_clear(&body);
		if (!line)
			return;
		v2v_string_set(&entry, line + strlen(mark));
	}
}

static inline int dir_tree_remove_one(
	const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

static inline void remove_tree(const char *top)
{
	nftw(top, dir_tree_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Run @test, to which @opaque is handed, in the tree of @text. */
static inline void in_tree_with(const char *text,
	void (*test)(const struct v2v_tree *tree, void *opaque), void *opaque)
{
	char top[] = "/tmp/v2v-test-tree-XXXXXX";
	struct v2v_tree tree;
	int fd;

	assert(mkdtemp(top));
	make_tree(top, text);
	fd = open(top, O_PATH | O_CLOEXEC);
	assert(fd >= 0);
	tree = dir_tree(&fd);
	test(&tree, opaque);
	close(fd);
	remove_tree(top);
}

static inline void dir_tree_call(const struct v2v_tree *tree, void *test)
{
	(*(void (**)(const struct v2v_tree *tree))test)(tree);
}

/* The same without @opaque. */
static inline void in_tree(
	const char *text, void (*test)(const struct v2v_tree *tree))
{
	in_tree_with(text, dir_tree_call, &test);
}
#endif
