/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One disk image, or one OVA, in an archive. */
#include "unpack/loose.h"

#include "core/file.h"
#include "core/open.h"
#include "core/workdir.h"
#include "image/image.h"
#include "unpack/images.h"
#include "unpack/invent.h"
#include "unpack/names.h"
#include "unpack/ova-private.h"
#include "unpack/place-private.h"
#include "unpack/told.h"
#include "unpack/unwrap.h"

#include <fcntl.h>
#include <sys/stat.h>

static uint64_t max_of(const struct v2v_ova *ova)
{
	struct stat st;

	return stat(ova->file, &st) < 0 ? 0
					: v2v_unwrap_max((uint64_t)st.st_size);
}

void v2v_loose_see(struct v2v_ova *ova, struct v2v_ova_member *member)
{
	uint64_t max, sum = 0;
	size_t count;

	if (v2v_ova_find_suffix(ova, ".ovf", &count) ||
		!v2v_name_is_image(member->name))
		return;
	/* All that were unpacked on suspicion count together. */
	max = max_of(ova);
	v2v_ova_foreach (other, ova)
		if (other->spooled)
			sum += other->size;
	if (sum > max || member->size > max - sum)
		return;
	member->wanted = true;
	member->max = max;
}

/* Another program's description of the machine does not belong to an image; and
 * an OVA that lacks its descriptor is damaged. */
static bool is_described(const struct v2v_ova *ova)
{
	static const char *const suffixes[] = { ".vmcx", ".pvs" };
	CLEANUP_FREE char *name = v2v_name_unpacked(ova->file);
	CLEANUP_FREE char *rest = v2v_unpack_base_name(name, ".ova");
	size_t count;

	if (strcmp(name, rest) != 0)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (v2v_ova_find_suffix(ova, suffixes[i], &count))
			return true;
	return v2v_ova_is_described(ova);
}

struct v2v_ova_member *v2v_loose_find(struct v2v_ova *ova)
{
	struct v2v_ova_member *found = NULL;

	if (ova->folder || is_described(ova))
		return NULL;
	v2v_ova_foreach (member, ova) {
		if (!v2v_name_is_image(member->name) && ova->members.count > 1)
			continue;
		if (found)
			return NULL;
		found = member;
	}
	if (!found)
		return NULL;
	found->wanted = true;
	found->max = max_of(ova);
	return found;
}

/* What the member is, by its first bytes: as containers, so NONE for an image.
 */
static int kind_of(const struct v2v_ova *ova,
	const struct v2v_ova_member *member, enum v2v_container *ret_kind,
	struct v2v_error *err)
{
	unsigned char block[V2V_CONTAINER_START + 1] = { 0 };
	CLEANUP_CLOSE int fd = v2v_open_regular(member->file, NULL, err);
	size_t n = member->size < V2V_CONTAINER_START ? (size_t)member->size
						      : V2V_CONTAINER_START;

	if (fd < 0 || v2v_pread_all(fd, member->file, block, n, member->offset,
			      err) < 0)
		return -1;
	*ret_kind = v2v_container_of_start(block);
	if (*ret_kind == V2V_CONTAINER_NONE || *ret_kind == V2V_CONTAINER_TAR)
		return 0;
	if (*ret_kind == V2V_CONTAINER_OVF &&
		v2v_told_html(member->name, block, n, err) < 0)
		return v2v_fail_prefix(err, "'%s'", ova->file);
	return v2v_fail(err, "ova-broken",
		"'%s': '%s' in it is neither a disk image nor a tar, or is "
		"compressed once more",
		ova->file, member->name);
}

static int copy_member(struct v2v *v, const struct v2v_ova_member *member,
	const char *to, struct v2v_error *err)
{
	CLEANUP_CLOSE int in = v2v_open_regular(member->file, NULL, err);
	CLEANUP_CLOSE int out = -1;

	if (in < 0)
		return -1;
	out = v2v_open(to, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (out < 0 || ftruncate(out, (off_t)member->size) < 0)
		return v2v_fail_errno(err, "cannot create '%s'", to);
	return v2v_place_copy(v, in, member->file, member->offset, member->size,
		out, to, 0, err);
}

/* A file of its own in the spool folder, of the member's name. */
static int spool_ova(struct v2v *v, struct v2v_ova *ova,
	const struct v2v_ova_member *member, char **ret_file,
	struct v2v_error *err)
{
	CLEANUP_FREE char *base = v2v_unpack_base_name(member->name, "");
	CLEANUP_FREE char *safe = v2v_safe_name(base), *dir = NULL, *to = NULL;

	if (v2v_ova_make_spool(v, ova, err) < 0)
		return -1;
	dir = v2v_make_dir(ova->spool, "in-", err);
	if (!dir)
		return -1;
	to = v2v_format("%s/%s", dir, safe);
	if ((!member->spooled || link(member->file, to) < 0) &&
		copy_member(v, member, to, err) < 0)
		return -1;
	*ret_file = v2v_take(to);
	return 0;
}

static int read_disk(struct v2v *v, const struct v2v_ova_member *member,
	const struct v2v_unpack_options *opt, struct v2v_disk *disk,
	struct v2v_workdir *workdir, struct v2v_error *err)
{
	CLEANUP_FREE char *base = v2v_unpack_base_name(member->name, "");

	disk->offset = disk->size = disk->unit = -1;
	if (v2v_place_member(v, member, disk, workdir, err) < 0 ||
		v2v_unpack_read_image(opt, disk, err) < 0)
		return v2v_fail_prefix(err, "'%s'", member->name);
	return strcmp(disk->format, "raw") == 0
		       ? v2v_told_raw_file(member->name, base, disk->file,
				 disk->offset, err)
		       : 0;
}

static int add_image(struct v2v *v, const struct v2v_ova *ova,
	const struct v2v_ova_member *member,
	const struct v2v_unpack_options *opt, json_t *docs,
	struct v2v_error *err)
{
	struct v2v_unpack_options alone = *opt;
	struct v2v_source source CLEANUP_SOURCE = { 0 };
	struct v2v_workdir workdir CLEANUP_WORKDIR = { NULL, NULL, false };
	struct v2v_disk *disk;

	alone.backing_chain = false;
	v2v_unpack_invent(member->name, &source);
	disk = v2v_list_add(&source.disks, sizeof *disk);
	if (read_disk(v, member, &alone, disk, &workdir, err) < 0 ||
		v2v_unpack_check_files(&source, err) < 0) {
		v2v_workdir_undo(&workdir);
		return v2v_fail_prefix(err, "'%s'", ova->file);
	}
	json_array_append_new(
		docs, v2v_unpack_document(v, &alone, &source, &workdir));
	return 0;
}

int v2v_loose_add(struct v2v *v, struct v2v_ova *ova,
	struct v2v_ova_member *member, const struct v2v_unpack_options *opt,
	json_t *docs, char **ret_ova, struct v2v_error *err)
{
	enum v2v_container kind;

	if (kind_of(ova, member, &kind, err) < 0)
		return -1;
	if (kind == V2V_CONTAINER_NONE)
		return add_image(v, ova, member, opt, docs, err);
	return spool_ova(v, ova, member, ret_ova, err) < 0 ? -1 : 1;
}
