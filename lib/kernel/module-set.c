/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Modules of the small kernel. */
#include "kernel/module-set.h"

#include "core/file.h"
#include "core/lines.h"
#include "core/open.h"
#include "initrd/stream.h"
#include "kernel/kept.h"

#include <sys/stat.h>

#define MAX_MODULE (64 << 20) /* unpacked, bytes */

/* To reach the tools' disk. */
static const char *const first[] = { "virtio_pci", "virtio_mmio", "virtio_blk",
	"ext4", "crc32c_generic" };

/* What disks of guests need; a kernel has some built in, and lacks some. */
static const char *const wanted[] = {
	/* filesystems, and the character sets of their names */
	"ext4", "xfs", "btrfs", "vfat", "exfat", "ntfs3", "f2fs", "jfs",
	"reiserfs", "isofs", "udf", "squashfs", "erofs", "ufs", "hfsplus",
	"fuse", "nls_cp437", "nls_ascii", "nls_iso8859_1", "nls_utf8",
	/* images of these */
	"loop",
	/* volumes */
	"dm_mod", "dm_crypt", "dm_snapshot", "dm_mirror", "dm_thin_pool",
	"dm_raid", "dm_cache", "dm_cache_smq", "dm_writecache", "dm_integrity",
	"md_mod", "linear", "raid0", "raid1", "raid10", "raid456", "bcache",
	/* ciphers and sums */
	"aes_generic", "aesni_intel", "aes_arm64", "aes_ce_blk", "cbc", "ecb",
	"xts", "lrw", "ctr", "essiv", "hmac", "sha1_generic", "sha256_generic",
	"sha512_generic", "rmd160", "wp512", "serpent_generic",
	"twofish_generic", "camellia_generic", "adiantum", "algif_skcipher",
	"algif_hash", "crc32c_generic", "crc32c_intel", "crc32_generic",
	"xxhash_generic", "blake2b_generic"
};

static char *text_of(const struct v2v_module_set *set, const char *name)
{
	CLEANUP_FREE char *path = NULL;

	if (!set->directory)
		return NULL;
	path = v2v_format("%s/%s", set->directory, name);
	return v2v_kept_text(path);
}

void v2v_module_set_find(struct v2v_module_set *set, const char *directory)
{
	CLEANUP_FREE char *dep = NULL, *builtin = NULL;

	set->directory = directory;
	dep = text_of(set, "modules.dep");
	builtin = text_of(set, "modules.builtin");
	set->modules = v2v_modules_new(dep, builtin, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(first); i++) {
		v2v_modules_closure(set->modules, first[i], &set->first);
		v2v_modules_closure(set->modules, first[i], &set->all);
	}
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		v2v_modules_closure(set->modules, wanted[i], &set->all);
}

void v2v_module_set_clear(struct v2v_module_set *set)
{
	v2v_modules_free(set->modules);
	v2v_strings_clear(&set->first);
	v2v_strings_clear(&set->all);
	*set = (struct v2v_module_set){ 0 };
}

int v2v_module_set_digest(const struct v2v_module_set *set,
	const struct v2v_list *paths, struct v2v_digest *digest,
	struct v2v_error *err)
{
	v2v_list_foreach (char *, path, paths) {
		CLEANUP_FREE char *file =
			v2v_format("%s/%s", set->directory, *path);

		if (v2v_kept_add(digest, file, err) < 0)
			return -1;
	}
	return 0;
}

/* All of a stream as a file without a name. */
static int unpack(struct v2v *v, int in, uint64_t size, const char *compression,
	struct v2v_error *err)
{
	CLEANUP_FREE char *block = v2v_alloc(1, 64 << 10);
	CLEANUP_CLOSE int out = v2v_memory_file("module");
	struct v2v_stream *stream;
	uint64_t total = 0;
	ssize_t n;

	if (out < 0)
		return v2v_fail_errno(err, "cannot unpack a module");
	stream = v2v_stream_open(v, in, 0, size, compression, err);
	if (!stream)
		return -1;
	while ((n = v2v_stream_read(stream, block, 64 << 10, err)) > 0) {
		total += (uint64_t)n;
		if (total > MAX_MODULE ||
			v2v_write_all(out, "module", block, (size_t)n, err) < 0)
			break;
	}
	v2v_stream_close(stream);
	if (n == 0)
		return v2v_take_fd(&out);
	return v2v_fail(err, "module-unreadable", "it is too large");
}

int v2v_module_set_open(struct v2v *v, const struct v2v_module_set *set,
	const char *path, uint64_t *ret_size, struct v2v_error *err)
{
	CLEANUP_FREE char *file = v2v_format("%s/%s", set->directory, path);
	unsigned char magic[6] = { 0 };
	CLEANUP_CLOSE int out = -1;
	const char *compression;
	uint64_t size;
	CLEANUP_CLOSE int fd = v2v_open_regular(file, &size, err);
	struct stat st;

	if (fd < 0)
		return -1;
	if (size >= sizeof magic &&
		v2v_pread_all(fd, file, magic, sizeof magic, 0, err) < 0)
		return -1;
	*ret_size = size;
	compression = v2v_stream_compression(magic);
	if (!compression)
		return v2v_take_fd(&fd);
	out = unpack(v, fd, size, compression, err);
	if (out < 0)
		return v2v_fail_prefix(err, "cannot unpack '%s'", file);
	if (fstat(out, &st) < 0)
		return v2v_fail_errno(err, "cannot unpack '%s'", file);
	*ret_size = (uint64_t)st.st_size;
	return v2v_take_fd(&out);
}

char *v2v_module_set_list(const struct v2v_module_set *set)
{
	struct v2v_text text CLEANUP_TEXT = { 0 };

	v2v_list_foreach (char *, path, &set->all) {
		CLEANUP_FREE char *name = v2v_module_name(*path);
		struct v2v_list files CLEANUP_STRINGS = { 0 };

		v2v_modules_closure(set->modules, name, &files);
		v2v_text_addf(&text, "%s", name);
		v2v_list_foreach (char *, file, &files) {
			CLEANUP_FREE char *other = v2v_module_name(*file);

			v2v_text_addf(&text, " %s", other);
		}
		v2v_text_addf(&text, "\n");
	}
	return v2v_text_take(&text);
}

static bool has_module(const struct v2v_module_set *set, const char *name)
{
	v2v_list_foreach (char *, path, &set->all) {
		CLEANUP_FREE char *other = v2v_module_name(*path);

		if (strcmp(other, name) == 0)
			return true;
	}
	return false;
}

/* Of "alias PATTERN NAME" those of modules that are there; no hardware's. */
char *v2v_module_set_aliases(const struct v2v_module_set *set)
{
	CLEANUP_FREE char *all = text_of(set, "modules.alias");
	struct v2v_text text CLEANUP_TEXT = { 0 };
	const char *rest = all ? all : "";
	char *line;

	for (; (line = v2v_line_next(&rest)); free(line)) {
		char *pattern = v2v_line_split(line);
		char *name = v2v_line_split(pattern);

		if (strcmp(line, "alias") == 0 && !strchr(pattern, ':') &&
			has_module(set, name))
			v2v_text_addf(&text, "%s %s\n", pattern, name);
	}
	return v2v_text_take(&text);
}
