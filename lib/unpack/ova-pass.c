/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A pass over a packed OVA: what is wanted goes into the spool folder. */
#include "core/file.h"
#include "core/open.h"
#include "unpack/ova-private.h"
#include "unpack/pass-input.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <locale.h>
#include <sys/statvfs.h>

#define BLOCK (1 << 16)
/* What nobody wants is decompressed nevertheless; an archive of zeros is some
 * thousand times smaller than what comes out. */
#define MAX_SKIPPED	  (1ULL << 30)
#define MAX_SKIPPED_RATIO 64

struct pass {
	struct v2v *v;
	struct v2v_ova *ova;
	struct v2v_pass_input input;
	struct v2v_ova_member *member; /* the one that passes by */
	uint64_t skipped, max_skipped; /* bytes */
	uint64_t texts;		       /* bytes kept in memory */
	bool add, no_data;	       /* no_data: only texts are read */
	bool is_sparse;		       /* the member has holes */
};

/* Where the bytes of a member go; any of them may be missing. */
struct sink {
	int fd;
	char *text;
	struct v2v_hasher *hasher;
	uint64_t at; /* bytes so far, holes too */
};

static int hash_zeros(struct pass *p, struct v2v_hasher *hasher, uint64_t size,
	struct v2v_error *err)
{
	static const char zeros[BLOCK];

	for (; size; size -= size < BLOCK ? size : BLOCK) {
		if (v2v_check_cancel(p->v, err) < 0)
			return -1;
		v2v_hasher_add(hasher, zeros, size < BLOCK ? size : BLOCK);
	}
	return 0;
}

static int put(struct pass *p, struct sink *sink, const void *data, size_t size,
	uint64_t at, struct v2v_error *err)
{
	if (at < sink->at || size > p->member->size ||
		at > p->member->size - size)
		return v2v_fail(err, "ova-broken",
			"'%s': the member '%s' is not as long as stated",
			p->ova->file, p->member->name);
	if (sink->text && size)
		memcpy(sink->text + at, data, size);
	if (sink->hasher) {
		if (hash_zeros(p, sink->hasher, at - sink->at, err) < 0)
			return -1;
		v2v_hasher_add(sink->hasher, data, size);
	}
	if (sink->fd >= 0 && v2v_pwrite_sparse(sink->fd, p->member->file, data,
				     size, at, err) < 0)
		return -1;
	sink->at = at + size;
	return 0;
}

static int drain(struct pass *p, struct sink *sink, struct v2v_error *err)
{
	const void *data;
	size_t size;
	int64_t at;
	int status;

	while ((status = archive_read_data_block(
			p->input.archive, &data, &size, &at)) == ARCHIVE_OK) {
		if (v2v_check_cancel(p->v, err) < 0 ||
			put(p, sink, data, size, (uint64_t)at, err) < 0)
			return -1;
		if (sink->fd >= 0)
			v2v_progress(
				p->v, -1, sink->at, p->member->size, "bytes");
	}
	if (status != ARCHIVE_EOF)
		return v2v_pass_fail(&p->input, err);
	/* A sparse member may end with a hole. */
	if (sink->at < p->member->size && !p->is_sparse &&
		p->ova->kind != V2V_CONTAINER_TAR)
		return v2v_fail(err, "ova-truncated",
			"'%s' is cut off: the member '%s' is not all there",
			p->ova->file, p->member->name);
	return sink->hasher ? hash_zeros(p, sink->hasher,
				      p->member->size - sink->at, err)
			    : 0;
}

static int check_room(const struct pass *p, struct v2v_error *err)
{
	struct statvfs fs;
	uint64_t room;

	if (p->member->size > p->member->max)
		return v2v_fail(err, "ova-limit",
			"'%s': the member '%s' of %llu bytes is larger than "
			"its disk can be (%llu)",
			p->ova->file, p->member->name,
			(unsigned long long)p->member->size,
			(unsigned long long)p->member->max);
	if (statvfs(p->ova->spool, &fs) < 0)
		return v2v_fail_errno(
			err, "cannot examine '%s'", p->ova->spool);
	room = (uint64_t)fs.f_bavail * fs.f_frsize;
	if (p->member->size > room)
		return v2v_fail(err, "no-space",
			"'%s' has %llu bytes of room, '%s' needs %llu to be "
			"unpacked",
			p->v->tmpdir, (unsigned long long)room, p->member->name,
			(unsigned long long)p->member->size);
	return 0;
}

static int open_spooled(
	struct pass *p, struct sink *sink, struct v2v_error *err)
{
	if (v2v_ova_make_spool(p->v, p->ova, err) < 0 || check_room(p, err) < 0)
		return -1;
	free(p->member->file);
	p->member->file = v2v_format("%s/%zu", p->ova->spool,
		(size_t)json_integer_value(
			json_object_get(p->ova->names, p->member->name)));
	p->member->whole = p->member->spooled = true;
	sink->fd = v2v_open(p->member->file, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (sink->fd < 0 || ftruncate(sink->fd, (off_t)p->member->size) < 0)
		return v2v_fail_errno(
			err, "cannot create '%s'", p->member->file);
	return 0;
}

static int run_sinks(struct pass *p, struct sink *sink, struct v2v_error *err)
{
	if (p->member->wanted && !p->member->file &&
		open_spooled(p, sink, err) < 0)
		return -1;
	if (p->member->algorithms) {
		sink->hasher = v2v_hasher_new(p->member->algorithms, err);
		if (!sink->hasher)
			return -1;
	}
	if (drain(p, sink, err) < 0)
		return -1;
	if (sink->hasher)
		v2v_hasher_end(sink->hasher, &p->member->digests);
	return 0;
}

static int read_member(struct pass *p, struct v2v_error *err)
{
	struct sink sink = { .fd = -1 };
	int status = run_sinks(p, &sink, err);

	if (sink.fd >= 0)
		close(sink.fd);
	v2v_hasher_free(sink.hasher);
	p->member->algorithms = 0;
	return status;
}

static int read_text(struct pass *p, uint64_t max, struct v2v_error *err)
{
	struct sink sink = { .fd = -1 };

	if (p->member->text)
		return 0;
	p->texts += p->member->size;
	if (p->member->size > max || p->texts > V2V_OVF_MAX + V2V_MANIFEST_MAX)
		return v2v_fail(err, "ova-limit",
			"'%s': the member '%s' is larger than %llu bytes",
			p->ova->file, p->member->name, (unsigned long long)max);
	p->member->text = sink.text = v2v_alloc(1, p->member->size + 1);
	return drain(p, &sink, err);
}

/* Whatever is skipped or only hashed counts, before it is decompressed. */
static int charge(struct pass *p, struct v2v_error *err)
{
	if (p->ova->kind != V2V_CONTAINER_PACKED && !p->member->algorithms)
		return 0;
	if (p->member->size > p->max_skipped - p->skipped)
		return v2v_fail(err, "ova-limit",
			"'%s': the member '%s' blows up to %llu bytes, and "
			"nothing needs it",
			p->ova->file, p->member->name,
			(unsigned long long)p->member->size);
	p->skipped += p->member->size;
	return 0;
}

static int pass_member(struct pass *p, struct v2v_error *err)
{
	uint64_t max;

	if (v2v_ova_is_text(p->member->name, &max))
		return p->member->file ? 0 : read_text(p, max, err);
	if (p->ova->see && !p->member->file && !p->no_data &&
		p->ova->see(p->ova, p->member, p->ova->opaque, err) < 0)
		return -1;
	if (p->member->wanted)
		return p->member->file ? 0 : read_member(p, err);
	if (charge(p, err) < 0)
		return -1;
	return p->member->algorithms ? read_member(p, err) : 0;
}

static int see_entry(
	struct pass *p, struct archive_entry *entry, struct v2v_error *err)
{
	CLEANUP_FREE char *name = NULL;
	uint64_t size;
	int found = v2v_ova_entry(p->ova, entry, &name, &size, err);

	if (found <= 0)
		return found;
	p->is_sparse = archive_entry_sparse_count(entry) > 0;
	p->member = p->add ? NULL : v2v_ova_find(p->ova, name);
	if (p->add && v2v_ova_add(p->ova, name, size, &p->member, err) < 0)
		return -1;
	if (!p->member || p->member->size != size)
		return v2v_fail(err, "ova-broken",
			"'%s': it changes while it is read", p->ova->file);
	return pass_member(p, err);
}

static int run_pass(struct pass *p, int fd, struct v2v_error *err)
{
	struct archive_entry *entry;
	int status;

	if (v2v_pass_open(&p->input, p->v, p->ova, fd, err) < 0)
		return -1;
	while ((status = v2v_pass_next(&p->input, &entry, err)) > 0)
		if (v2v_check_cancel(p->v, err) < 0 ||
			see_entry(p, entry, err) < 0)
			return -1;
	return status;
}

/* libarchive turns a zip's names from UTF-8 into the locale's encoding; where
 * that cannot say them they are lost.  The locale is this thread's alone. */
static int run_in_utf8(struct pass *p, int fd, struct v2v_error *err)
{
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	locale_t before = uselocale(utf8);
	int status = run_pass(p, fd, err);

	uselocale(before);
	if (utf8)
		freelocale(utf8);
	return status;
}

int v2v_ova_pass(
	struct v2v *v, struct v2v_ova *ova, bool add, struct v2v_error *err)
{
	uint64_t size = 0;
	CLEANUP_CLOSE int fd = v2v_open_regular(ova->file, &size, err);
	/* The index of a tar or a zip costs nothing: what lies in it as it is
	 * is known only then. */
	int status;
	struct pass p = { .v = v,
		.ova = ova,
		.add = add,
		.no_data = add && ova->kind != V2V_CONTAINER_PACKED };

	if (fd < 0)
		return -1;
	p.max_skipped = MAX_SKIPPED + size * MAX_SKIPPED_RATIO;
	status = ova->kind == V2V_CONTAINER_ZIP ? run_in_utf8(&p, fd, err)
						: run_pass(&p, fd, err);
	v2v_pass_close(&p.input);
	return status;
}

int v2v_ova_pass_again(
	struct v2v *v, struct v2v_ova *ova, struct v2v_error *err)
{
	return v2v_ova_pass(v, ova, false, err);
}

static int open_packed(
	struct v2v *v, struct v2v_ova *ova, struct v2v_error *err)
{
	return v2v_ova_pass(v, ova, true, err);
}

const struct v2v_container_ops v2v_container_packed = {
	.kind = V2V_CONTAINER_PACKED,
	.open = open_packed,
	.fetch = v2v_ova_pass_again,
};
