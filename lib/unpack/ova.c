/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The index of an OVA. */
#include "unpack/ova.h"

#include "core/file.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#define BLOCK	  512
#define MAX_OCTAL 077777777777ULL /* of a size field */

void v2v_ova_clear(struct v2v_ova *ova)
{
	v2v_list_foreach (struct v2v_ova_member, member, &ova->members)
		free(member->name);
	free(ova->members.items);
	free(ova->file);
	if (ova->fd > 0)
		close(ova->fd);
	*ova = (struct v2v_ova){ .fd = -1 };
}

/* POSIX ustar: the sum of the header's bytes, its own field as blanks. */
static bool has_tar_sum(const unsigned char *block)
{
	unsigned sum = 0, stated = 0;

	if (sscanf((const char *)block + 148, "%7o", &stated) != 1)
		return false;
	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= 148 && i < 156 ? ' ' : block[i];
	return sum == stated;
}

static const struct {
	const char *what;
	size_t length;
	unsigned char magic[6];
} others[] = {
	{ "a gzip archive", 2, { 0x1f, 0x8b } },
	{ "a bzip2 archive", 3, { 'B', 'Z', 'h' } },
	{ "an xz archive", 6, { 0xfd, '7', 'z', 'X', 'Z', 0 } },
	{ "a zstd archive", 4, { 0x28, 0xb5, 0x2f, 0xfd } },
	{ "a zip archive", 4, { 'P', 'K', 3, 4 } },
	{ "an empty zip archive", 4, { 'P', 'K', 5, 6 } },
	{ "an OVF outside of an OVA", 5, { '<', '?', 'x', 'm', 'l' } },
	{ "an OVF outside of an OVA", 5, { '<', 'E', 'n', 'v', 'e' } },
	{ "an OVF outside of an OVA", 5, { 0xef, 0xbb, 0xbf, '<', '?' } },
};

int v2v_ova_container(const char *path, enum v2v_container *ret_kind,
	const char **ret_what, struct v2v_error *err)
{
	unsigned char block[BLOCK + 1] = { 0 };
	CLEANUP_CLOSE int fd = -1;
	struct stat st;

	*ret_kind = V2V_CONTAINER_OTHER;
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		*ret_what = "a directory";
		return 0;
	}
	fd = v2v_open_regular(path, NULL, err);
	if (fd < 0)
		return -1;
	if (pread(fd, block, BLOCK, 0) < 0)
		return v2v_fail_errno(err, "cannot read '%s'", path);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (memcmp(block, others[i].magic, others[i].length) == 0) {
			*ret_what = others[i].what;
			return 0;
		}
	*ret_what = "a tar archive";
	*ret_kind = *block && has_tar_sum(block) ? V2V_CONTAINER_TAR
						 : V2V_CONTAINER_NONE;
	return 0;
}

/* The size field of a header (tar.h, and GNU's binary form for large files);
 * false where it is neither. */
static bool header_size(const unsigned char *block, uint64_t *ret_size)
{
	const unsigned char *field = block + 124;
	uint64_t size = 0;
	int i = 0;

	if (*field == 0x80) {
		for (i = 1; i < 12; i++) {
			if (size >> 55)
				return false;
			size = size << 8 | field[i];
		}
		*ret_size = size;
		return true;
	}
	while (i < 11 && field[i] == ' ')
		i++;
	for (; i < 12 && field[i] >= '0' && field[i] <= '7'; i++)
		size = size << 3 | (field[i] - (unsigned)'0');
	*ret_size = size;
	return i == 12 || field[i] == '\0' || field[i] == ' ';
}

static int fail_headers(const struct v2v_ova *ova, struct v2v_error *err)
{
	return v2v_fail(err, "ova-broken",
		"'%s': the headers cannot be followed, or it is sparse",
		ova->file);
}

/*
 * Where a member's @size bytes begin.  libarchive says where its first header
 * is; the headers that only extend the next one (pax x and g, GNU L and K) are
 * walked.  The last one must be a plain file's and state the same size: a
 * sparse member has a map before its bytes even without holes.  Writers of pax
 * leave the field 0 where it cannot hold the size.
 */
static int find_data(const struct v2v_ova *ova, uint64_t header, uint64_t size,
	uint64_t *ret_offset, struct v2v_error *err)
{
	for (unsigned i = 0; i < 64; i++) {
		unsigned char block[BLOCK];
		uint64_t stated;

		if (v2v_pread_all(ova->fd, ova->file, block, sizeof block,
			    header, err) < 0)
			return -1;
		if (!header_size(block, &stated))
			return fail_headers(ova, err);
		header += BLOCK;
		if (!memchr("xgLK", block[156], 4)) {
			*ret_offset = header;
			if (!memchr("0\0007", block[156], 3) ||
				(stated != size &&
					(stated || size <= MAX_OCTAL)))
				return fail_headers(ova, err);
			return 0;
		}
		if (stated > ova->size)
			return fail_headers(ova, err);
		header += (stated + BLOCK - 1) / BLOCK * BLOCK;
	}
	return fail_headers(ova, err);
}

/* "./a/b" is "a/b"; whatever could lead out of the OVA is refused. */
static int clean_name(const struct v2v_ova *ova, const char *name,
	char **ret_name, struct v2v_error *err)
{
	const char *s = name;

	while (v2v_starts_with(s, "./"))
		s += 2;
	if (*s == '/' || strchr(s, '\n') || strcmp(s, "..") == 0 ||
		v2v_starts_with(s, "../") || v2v_ends_with(s, "/..") ||
		strstr(s, "/../"))
		return v2v_fail(err, "ova-name",
			"'%s': the member name '%s' leads out of the OVA",
			ova->file, name);
	*ret_name = v2v_strdup(s);
	return 0;
}

static int check_entry(const struct v2v_ova *ova, struct archive_entry *entry,
	const char *name, struct v2v_error *err)
{
	if (archive_entry_filetype(entry) != AE_IFREG ||
		archive_entry_hardlink(entry) || archive_entry_symlink(entry))
		return v2v_fail(err, "ova-member",
			"'%s': the member '%s' is no regular file", ova->file,
			name);
	if (archive_entry_sparse_count(entry) > 0)
		return v2v_fail(err, "ova-member",
			"'%s': the member '%s' is stored with holes, which is "
			"not supported",
			ova->file, name);
	if (v2v_ova_find(ova, name))
		return v2v_fail(err, "ova-member",
			"'%s': two members are called '%s'", ova->file, name);
	if (ova->members.count >= V2V_OVA_MAX_MEMBERS)
		return v2v_fail(err, "ova-member", "'%s': more than %d members",
			ova->file, V2V_OVA_MAX_MEMBERS);
	return 0;
}

static int add_entry(struct v2v_ova *ova, struct archive *archive,
	struct archive_entry *entry, struct v2v_error *err)
{
	const char *stored = archive_entry_pathname(entry);
	const char *base = stored ? strrchr(stored, '/') : NULL;
	CLEANUP_FREE char *name = NULL;
	struct v2v_ova_member *member;
	uint64_t offset, size = (uint64_t)archive_entry_size(entry);

	if (!stored)
		return v2v_fail(err, "ova-name",
			"'%s': a member without a name", ova->file);
	/* Folders, and what macOS puts beside each file, are of no interest. */
	base = base ? base + 1 : stored;
	if (archive_entry_filetype(entry) == AE_IFDIR ||
		v2v_starts_with(base, "._"))
		return 0;
	if (clean_name(ova, stored, &name, err) < 0 ||
		check_entry(ova, entry, name, err) < 0)
		return -1;
	if (find_data(ova, (uint64_t)archive_read_header_position(archive),
		    size, &offset, err) < 0)
		return v2v_fail_prefix(err, "member '%s'", name);
	if (offset > ova->size || size > ova->size - offset)
		return v2v_fail(err, "ova-truncated",
			"'%s' is cut off: the member '%s' is not all there",
			ova->file, name);
	member = v2v_list_add(&ova->members, sizeof *member);
	member->name = v2v_take(name);
	member->offset = offset;
	member->size = size;
	return 0;
}

static int read_index(struct v2v *v, struct v2v_ova *ova,
	struct archive *archive, struct v2v_error *err)
{
	struct archive_entry *entry;
	int status;

	archive_read_support_format_tar(archive);
	if (archive_read_open_fd(archive, ova->fd, 1 << 16) != ARCHIVE_OK)
		return v2v_fail(err, "ova-broken", "'%s': %s", ova->file,
			archive_error_string(archive));
	while ((status = archive_read_next_header(archive, &entry)) !=
		ARCHIVE_EOF) {
		if (status < ARCHIVE_WARN)
			return v2v_fail(err, "ova-broken",
				"'%s' is damaged or cut off: %s", ova->file,
				archive_error_string(archive));
		if (v2v_check_cancel(v, err) < 0 ||
			add_entry(ova, archive, entry, err) < 0)
			return -1;
	}
	return 0;
}

int v2v_ova_open(struct v2v *v, const char *path, struct v2v_ova *ret_ova,
	struct v2v_error *err)
{
	struct v2v_ova ova CLEANUP_OVA = { .fd = -1 };
	struct archive *archive;
	int status;

	ova.file = v2v_realpath(path, err);
	if (!ova.file)
		return -1;
	ova.fd = v2v_open_regular(ova.file, &ova.size, err);
	if (ova.fd < 0)
		return -1;
	archive = archive_read_new();
	status = read_index(v, &ova, archive, err);
	archive_read_free(archive);
	if (status < 0)
		return -1;
	*ret_ova = ova;
	ova = (struct v2v_ova){ .fd = -1 };
	return 0;
}

const struct v2v_ova_member *v2v_ova_find(
	const struct v2v_ova *ova, const char *name)
{
	v2v_list_foreach (const struct v2v_ova_member, member, &ova->members)
		if (strcmp(member->name, name) == 0)
			return member;
	return NULL;
}

const struct v2v_ova_member *v2v_ova_find_suffix(
	const struct v2v_ova *ova, const char *suffix, size_t *ret_count)
{
	const struct v2v_ova_member *found = NULL;
	size_t n = strlen(suffix);

	*ret_count = 0;
	v2v_list_foreach (const struct v2v_ova_member, member, &ova->members) {
		size_t length = strlen(member->name);

		if (length < n ||
			strcasecmp(member->name + length - n, suffix) != 0)
			continue;
		found = found ? found : member;
		(*ret_count)++;
	}
	return found;
}

int v2v_ova_read(const struct v2v_ova *ova, const struct v2v_ova_member *member,
	size_t max, char **ret_text, struct v2v_error *err)
{
	CLEANUP_FREE char *text = NULL;

	if (member->size > max)
		return v2v_fail(err, "ova-member",
			"'%s': the member '%s' is larger than %zu bytes",
			ova->file, member->name, max);
	text = v2v_alloc(1, member->size + 1);
	if (v2v_pread_all(ova->fd, ova->file, text, member->size,
		    member->offset, err) < 0)
		return -1;
	*ret_text = v2v_take(text);
	return 0;
}
