/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of a guest of one text (family.h), made beneath a folder. */
#ifndef V2V_TEST_FAMILY_FILES_H
#define V2V_TEST_FAMILY_FILES_H

#include "fake-os.h"

#include "core/lines.h"
#include "initrd/cpio.h"

static void make_parents(const char *path)
{
	CLEANUP_FREE char *dir = v2v_strdup(path);

	for (char *s = dir + 1; *s; s++)
		if (*s == '/') {
			*s = '\0';
			assert(mkdir(dir, 0755) == 0 || errno == EEXIST);
			*s = '/';
		}
}

static void make_file(const char *path, const void *data, size_t size)
{
	CLEANUP_CLOSE int fd = -1;

	make_parents(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
	assert(v2v_write_all(fd, path, data, size, NULL) == 0);
}

/* A setup header as the kernel's boot protocol has it. */
static void make_kernel(const char *path, const char *release)
{
	unsigned char image[0x800] = { 0 };

	memcpy(image + 0x202, "HdrS", 4);
	image[0x206] = 0x0f;
	image[0x207] = 2;
	image[0x20f] = 2; /* the release is at 0x200 + 0x200 */
	snprintf((char *)image + 0x400, 0x200, "%s (fake) #1", release);
	make_file(path, image, sizeof image);
}

/* GRUB's environment block: 1024 bytes. */
static void make_grubenv(const char *path, const char *text)
{
	char block[1025];
	int n = snprintf(
		block, sizeof block, "# GRUB Environment Block\n%s", text);

	assert(n > 0 && n < 1024);
	memset(block + n, '#', (size_t)(1024 - n));
	make_file(path, block, 1024);
}

static bool is_word_of(const char *text, const char *word)
{
	const char *s = text;
	size_t n = strlen(word);

	while ((s = strstr(s, word))) {
		if ((s == text || strchr(" \n", s[-1])) && strchr(" \n", s[n]))
			return true;
		s += n;
	}
	return false;
}

/* A virtio driver needs the two that all of them share. */
static void add_needs(struct v2v_text *dep, const char *all, const char *name)
{
	static const char *const shared[] = { "virtio_ring", "virtio" };

	for (size_t i = 0; i < 2 && v2v_starts_with(name, "virtio_"); i++)
		if (strcmp(name, shared[i]) != 0 && is_word_of(all, shared[i]))
			v2v_text_addf(dep, " kernel/drivers/%s.ko", shared[i]);
}

static void make_modules(const char *dir, const char *text)
{
	static const char aliases[] =
		"alias pci:v00001AF4d*sv*sd*bc*sc*i* virtio_pci\n"
		"alias virtio:d00000002v* virtio_blk\n"
		"alias virtio:d00000001v* virtio_net\n";
	CLEANUP_FREE char *words = v2v_strdup(text);
	CLEANUP_FREE char *dep_path = v2v_format("%s/modules.dep", dir);
	CLEANUP_FREE char *built_path = v2v_format("%s/modules.builtin", dir);
	CLEANUP_FREE char *alias_path = v2v_format("%s/modules.alias", dir);
	struct v2v_text dep CLEANUP_TEXT = { 0 }, built CLEANUP_TEXT = { 0 };

	for (char *word = v2v_line_trim(words), *rest; *word; word = rest) {
		CLEANUP_FREE char *path = NULL;

		rest = v2v_line_split(word);
		path = v2v_format("%s/kernel/drivers/%s.ko", dir, word);
		if (*word == '=') {
			v2v_text_addf(
				&built, "kernel/drivers/%s.ko\n", word + 1);
			continue;
		}
		v2v_text_addf(&dep, "kernel/drivers/%s.ko:", word);
		add_needs(&dep, text, word);
		v2v_text_addf(&dep, "\n");
		make_file(path, "\177ELF module", 11);
	}
	make_file(dep_path, dep.data, dep.length);
	make_file(built_path, built.data, built.length);
	make_file(alias_path, aliases, strlen(aliases));
}

/* "modules 6.1.0 ext4 sd_mod", or a member's name and its text. */
static void add_members(struct v2v_cpio *cpio, char *line)
{
	char *rest = v2v_line_split(line);
	char *release, *name;

	if (strcmp(line, "modules") != 0) {
		CLEANUP_FREE char *text =
			*rest ? v2v_format("%s\n", rest) : v2v_strdup("");

		assert(v2v_cpio_add_data(cpio, line, S_IFREG | 0644, text,
			       strlen(text), NULL) == 0);
		return;
	}
	release = rest;
	rest = v2v_line_split(release);
	for (name = rest; *name; name = rest) {
		CLEANUP_FREE char *path = NULL;

		rest = v2v_line_split(name);
		path = v2v_format(
			"lib/modules/%s/kernel/drivers/%s.ko", release, name);
		assert(v2v_cpio_add_data(cpio, path, S_IFREG | 0644, "module",
			       6, NULL) == 0);
	}
}

static void make_initrd(const char *path, const char *text)
{
	struct v2v_cpio cpio CLEANUP_CPIO = { 0 };
	CLEANUP_CLOSE int fd = -1;

	make_parents(path);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	assert(fd >= 0);
	cpio.fd = fd;
	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);

		if (*v2v_line_trim(line))
			add_members(&cpio, v2v_line_trim(line));
	}
	assert(v2v_cpio_finish(&cpio, NULL) == 0);
}

static void put_u32(unsigned char *at, size_t value)
{
	for (size_t i = 0; i < 4; i++)
		at[i] = (unsigned char)(value >> (8 * i));
}

/* A section of the image, its data behind the others'. */
static void add_section(unsigned char *image, size_t *end, unsigned number,
	const char *name, const void *data, size_t size)
{
	unsigned char *section = image + 0x58 + (size_t)number * 40;

	memcpy(section, name, strlen(name));
	put_u32(section + 8, size);
	put_u32(section + 16, size);
	put_u32(section + 20, *end);
	memcpy(image + *end, data, size);
	*end += size;
}

/* A unified kernel image (UAPI.5): the first line of @text is the kernel's
 * arguments, the others are members of its initrd. */
static void make_uki(const char *path, const char *release, const char *text)
{
	static unsigned char image[1 << 16], archive[1 << 15];
	CLEANUP_FREE char *options = v2v_line_next(&text);
	CLEANUP_FREE char *initrd = v2v_format("%s.initrd", path);
	CLEANUP_CLOSE int fd = -1;
	size_t end = 0x200;
	ssize_t size;

	make_initrd(initrd, text);
	fd = open(initrd, O_RDONLY | O_CLOEXEC);
	size = read(fd, archive, sizeof archive);
	assert(size > 0 && (size_t)size < sizeof archive);
	assert(unlink(initrd) == 0);
	memset(image, 0, sizeof image);
	memcpy(image, "MZ", 2);
	put_u32(image + 0x3c, 0x40);
	memcpy(image + 0x40, "PE\0\0", 4);
	image[0x46] = 3;
	add_section(image, &end, 0, ".uname", release, strlen(release));
	add_section(image, &end, 1, ".cmdline", options, strlen(options));
	add_section(image, &end, 2, ".initrd", archive, (size_t)size);
	make_file(path, image, end);
}

/* One "==== PATH KIND ARGUMENT" with what follows it. */
static void make_entry(const char *top, char *path, const char *text)
{
	char *kind = v2v_line_split(path), *argument = v2v_line_split(kind);
	CLEANUP_FREE char *real = v2v_format("%s%s", top, path);

	if (!*kind) {
		make_file(real, text, strlen(text));
	} else if (strcmp(kind, "link") == 0) {
		make_parents(real);
		assert(symlink(argument, real) == 0);
	} else if (strcmp(kind, "dir") == 0) {
		make_parents(real);
		assert(mkdir(real, 0755) == 0 || errno == EEXIST);
	} else if (strcmp(kind, "kernel") == 0) {
		make_kernel(real, argument);
	} else if (strcmp(kind, "grubenv") == 0) {
		make_grubenv(real, text);
	} else if (strcmp(kind, "modules") == 0) {
		make_modules(real, text);
	} else if (strcmp(kind, "initrd") == 0) {
		make_initrd(real, text);
	} else if (strcmp(kind, "uki") == 0) {
		make_uki(real, argument, text);
	} else {
		fprintf(stderr, "unknown kind '%s' of %s\n", kind, path);
		abort();
	}
}

#endif
