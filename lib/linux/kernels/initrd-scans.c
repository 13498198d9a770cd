/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What initrds have in them, from one reading to the next: the inspection reads
 * each, and the plan of the conversion once more. */
#include "linux/kernels/initrd-files.h"

#include <sys/stat.h>

/* A guest with more has them unpacked twice. */
#define MAX_SCANS 32

struct kept {
	int fd; /* a copy of the initrd, owned: no other file has its inode */
	dev_t device;
	ino_t inode;
	uint64_t unpacked;
	size_t releases;
	char *versions[V2V_INITRD_RELEASES];
	struct v2v_initrd scans[V2V_INITRD_RELEASES];
};

static void clear(struct kept *kept)
{
	v2v_cleanup_close(&kept->fd);
	for (size_t i = 0; i < kept->releases; i++) {
		free(kept->versions[i]);
		v2v_initrd_clear(&kept->scans[i]);
	}
}

static void scans_free(void *opaque)
{
	struct v2v_list *all = opaque;

	v2v_list_foreach (struct kept, kept, all)
		clear(kept);
	free(all->items);
	free(all);
}

static struct v2v_list *all_of(struct v2v *v)
{
	if (!v->scans) {
		v->scans = v2v_alloc(1, sizeof(struct v2v_list));
		v->scans_free = scans_free;
	}
	return v->scans;
}

void v2v_initrd_file_keep(struct v2v *v, struct v2v_initrd_file *file)
{
	struct v2v_list *all = all_of(v);
	struct kept *kept;
	struct stat st;

	if (file->fd < 0 || fstat(file->fd, &st) < 0 || all->count == MAX_SCANS)
		return;
	kept = v2v_list_add(all, sizeof *kept);
	kept->fd = v2v_take_fd(&file->fd);
	kept->device = st.st_dev;
	kept->inode = st.st_ino;
	kept->unpacked = file->unpacked;
	kept->releases = file->releases;
	for (size_t i = 0; i < file->releases; i++) {
		kept->versions[i] = v2v_strdup(file->scans[i].version);
		kept->scans[i] = file->scans[i];
		kept->scans[i].version = kept->versions[i];
	}
	file->releases = 0;
}

static bool fits(const struct kept *kept, const struct stat *st,
	const struct v2v_initrd_file *file)
{
	bool is_same = kept->device == st->st_dev &&
		       kept->inode == st->st_ino &&
		       kept->releases == file->releases;

	for (size_t i = 0; is_same && i < kept->releases; i++)
		is_same = v2v_streq(kept->versions[i], file->scans[i].version);
	return is_same;
}

static struct kept *find(
	const struct v2v *v, const struct v2v_initrd_file *file)
{
	struct v2v_list *all = v->scans;
	struct stat st;

	if (!all || fstat(file->fd, &st) < 0)
		return NULL;
	v2v_list_foreach (struct kept, kept, all)
		if (fits(kept, &st, file))
			return kept;
	return NULL;
}

bool v2v_initrd_file_was_kept(struct v2v *v, struct v2v_initrd_budget *budget,
	struct v2v_initrd_file *file)
{
	struct kept *kept = find(v, file);
	struct v2v_list *all = v->scans;

	if (!kept || (budget && budget->unpacked < kept->unpacked))
		return false;
	if (budget)
		budget->unpacked -= kept->unpacked;
	for (size_t i = 0; i < kept->releases; i++) {
		const char *version = file->scans[i].version;

		file->scans[i] = kept->scans[i];
		file->scans[i].version = version;
		kept->scans[i] = (struct v2v_initrd){ 0 };
	}
	clear(kept);
	*kept = v2v_items(struct kept, all)[--all->count];
	return true;
}
