/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was read of a guest is kept: an initrd is looked at when the guest is
 * inspected, and once more when its conversion is planned. */
#include "core/file.h"
#include "core/open.h"
#include "guest/files.h"
#include "guest/private.h"

/* A copy on the host. */
struct v2v_kept {
	uint64_t device, inode;
	int fd;
	uint64_t size;
};

/* Bytes of all together, in the guest's private directory. */
#define MAX_KEPT (512 << 20)

void v2v_guest_forget_facts(struct v2v_guest *guest)
{
	json_object_clear(guest->facts);
	v2v_list_foreach (struct v2v_kept, kept, &guest->kept)
		close(kept->fd);
	free(guest->kept.items);
	guest->kept = (struct v2v_list){ 0 };
}

void v2v_guest_forget(struct v2v_guest *guest)
{
	json_object_clear(guest->texts);
	free(v2v_take(guest->texts_of));
	v2v_guest_forget_facts(guest);
}

/* The caller may write to its own. */
static int copy_of(struct v2v_guest *guest, int from, struct v2v_error *err)
{
	CLEANUP_CLOSE int fd = v2v_guest_scratch(guest, err);
	CLEANUP_FREE char *buffer = v2v_alloc(1, 256 << 10);
	off_t at = 0;
	ssize_t n;

	while (fd >= 0 && (n = pread(from, buffer, 256 << 10, at)) > 0) {
		if (v2v_write_all(
			    fd, "a temporary file", buffer, (size_t)n, err) < 0)
			return -1;
		at += n;
	}
	return v2v_take_fd(&fd);
}

/* A copy where /proc is not there. */
static int view_of(struct v2v_guest *guest, int from, struct v2v_error *err)
{
	int fd = v2v_reopen(from);

	return fd < 0 ? copy_of(guest, from, err) : fd;
}

static const struct v2v_kept *find(
	const struct v2v_guest *guest, const struct v2v_tree_stat *st)
{
	v2v_list_foreach (const struct v2v_kept, kept, &guest->kept)
		if (kept->device == st->device && kept->inode == st->inode)
			return kept;
	return NULL;
}

static bool has_room(const struct v2v_guest *guest, uint64_t size)
{
	uint64_t sum = size;

	v2v_list_foreach (const struct v2v_kept, kept, &guest->kept)
		sum += kept->size;
	return sum <= MAX_KEPT;
}

int v2v_guest_fetch_kept(struct v2v_guest *guest, const char *path,
	const struct v2v_tree_stat *st, bool is_view, uint64_t *ret_size,
	struct v2v_error *err)
{
	int (*give)(struct v2v_guest *, int, struct v2v_error *) =
		is_view ? view_of : copy_of;
	const struct v2v_kept *kept = st ? find(guest, st) : NULL;
	struct v2v_kept new = { .fd = -1 };

	if (kept) {
		if (ret_size)
			*ret_size = kept->size;
		return give(guest, kept->fd, err);
	}
	new.fd = v2v_guest_fetch_sized(guest, path,
		st && st->kind == V2V_KIND_FILE ? st->size : V2V_SIZE_UNKNOWN,
		&new.size, err);
	if (new.fd < 0)
		return -1;
	if (ret_size)
		*ret_size = new.size;
	if (!guest->facts || !st || !st->inode || !has_room(guest, new.size))
		return new.fd;
	new.device = st->device;
	new.inode = st->inode;
	*(struct v2v_kept *)v2v_list_add(&guest->kept, sizeof new) = new;
	return give(guest, new.fd, err);
}
