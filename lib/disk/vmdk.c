/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sparse VMDKs: grains found by two levels of tables, plain or
 * (streamOptimized) each deflated by itself behind a marker that says whose it
 * is (VMware Virtual Disk Format 5.0, "Stream-Optimized Compressed Sparse
 * Extents").
 */
#include "disk/formats.h"
#include "image/bytes.h"

#define SECTOR	     512ULL
#define ENTRIES	     512ULL /* of a grain table */
#define ZERO_GRAIN   1
#define MARKER	     12
#define TYPED_MARKER 16	      /* one that does not begin a grain */
#define MARKERS	     4	      /* of tables that may follow a grain, at most */
#define CHUNK	     16384ULL /* entries of the directory that are held */
#define NONE	     UINT64_MAX

struct vmdk {
	struct v2v_reader reader;
	struct v2v_media media;
	struct v2v_vmdk about;
	uint64_t grain; /* bytes */
	uint64_t chunk; /* which part of the directory is held */
	unsigned char *directory;
	uint64_t table; /* which table is held */
	unsigned char entries[ENTRIES * 4];
	struct v2v_hole hole; /* tables that are nothing but zeros */
};

/* The sector of a grain table; 0: there is none, or none of its entries is
 * anything, because it lies in a hole of the file. */
static int find_table(struct vmdk *vmdk, uint64_t table, uint32_t *ret_sector,
	struct v2v_error *err)
{
	uint64_t chunk = table / CHUNK;

	if (chunk != vmdk->chunk) {
		uint64_t n = vmdk->about.tables - chunk * CHUNK;

		vmdk->chunk = NONE;
		if (v2v_slice_read(&vmdk->media.slice, vmdk->directory,
			    (n < CHUNK ? n : CHUNK) * 4,
			    vmdk->about.directory + chunk * CHUNK * 4, err) < 0)
			return -1;
		vmdk->chunk = chunk;
	}
	*ret_sector = le32(vmdk->directory + table % CHUNK * 4);
	if (*ret_sector && v2v_slice_is_in_hole(&vmdk->media.slice, &vmdk->hole,
				   *ret_sector * SECTOR, ENTRIES * 4))
		*ret_sector = 0;
	return 0;
}

/* Hold the table; false in *@ret_is_there where there is none. */
static int load_table(struct vmdk *vmdk, uint64_t table, bool *ret_is_there,
	struct v2v_error *err)
{
	uint32_t sector = 0;

	*ret_is_there = true;
	if (vmdk->table == table)
		return 0;
	if (find_table(vmdk, table, &sector, err) < 0)
		return -1;
	*ret_is_there = sector != 0;
	if (!sector)
		return 0;
	vmdk->table = NONE;
	if (v2v_slice_read(&vmdk->media.slice, vmdk->entries,
		    sizeof vmdk->entries, sector * SECTOR, err) < 0)
		return -1;
	vmdk->table = table;
	return 0;
}

static enum v2v_span_kind kind_of(const struct vmdk *vmdk, uint32_t entry)
{
	if (entry == 0)
		return V2V_SPAN_ABSENT;
	if (entry == ZERO_GRAIN && vmdk->about.has_zero_grains)
		return V2V_SPAN_ZERO;
	return V2V_SPAN_DATA;
}

/* A packed grain ends where the next one begins, in most images; its marker
 * says it for certain. */
static uint64_t bound(const struct vmdk *vmdk, uint32_t entry, uint32_t next)
{
	uint64_t most = MARKER + 2 * vmdk->grain;
	uint64_t gap = (uint64_t)(next - entry) * SECTOR;

	if (next > entry && gap < most)
		return gap;
	return vmdk->grain;
}

/* How many grains from @first on, of those before @end, are as the first is. */
static uint64_t alike(const struct vmdk *vmdk, uint64_t first, uint64_t end)
{
	uint32_t entry = le32(vmdk->entries + first * 4);
	enum v2v_span_kind kind = kind_of(vmdk, entry);
	uint64_t i = first + 1;

	if (kind == V2V_SPAN_DATA && vmdk->about.is_compressed)
		return 1;
	for (; i < end; i++) {
		uint32_t next = le32(vmdk->entries + i * 4);

		if (kind_of(vmdk, next) != kind)
			break;
		if (kind == V2V_SPAN_DATA &&
			next != entry + (i - first) * vmdk->about.grain)
			break;
	}
	return i - first;
}

/* Of one table: where a table is missing, of all that are. */
static int absent_tables(struct vmdk *vmdk, uint64_t table, uint64_t end,
	uint64_t *ret_next, struct v2v_error *err)
{
	uint32_t sector = 0;

	while (++table < end) {
		if (find_table(vmdk, table, &sector, err) < 0)
			return -1;
		if (sector)
			break;
	}
	*ret_next = table;
	return 0;
}

static int vmdk_span(struct v2v_reader *reader, uint64_t at, uint64_t limit,
	struct v2v_span *span, struct v2v_error *err)
{
	struct vmdk *vmdk = (struct vmdk *)reader;
	uint64_t grain = at / vmdk->grain, table = grain / ENTRIES;
	uint64_t last = (limit - 1) / vmdk->grain; /* grain */
	uint64_t first = grain % ENTRIES, end = ENTRIES, n;
	uint32_t entry;
	bool is_there;

	if (load_table(vmdk, table, &is_there, err) < 0)
		return -1;
	if (!is_there) {
		if (absent_tables(vmdk, table, last / ENTRIES + 1, &n, err) < 0)
			return -1;
		n = n * ENTRIES * vmdk->grain;
		span->length = (n < limit ? n : limit) - at;
		return 0;
	}
	if (table == last / ENTRIES)
		end = last % ENTRIES + 1;
	entry = le32(vmdk->entries + first * 4);
	n = (grain + alike(vmdk, first, end)) * vmdk->grain;
	span->length = (n < limit ? n : limit) - at;
	span->kind = kind_of(vmdk, entry);
	span->start = grain * vmdk->grain;
	span->where = entry * SECTOR;
	if (vmdk->about.is_compressed)
		span->stored = bound(vmdk, entry,
			first + 1 < ENTRIES
				? le32(vmdk->entries + (first + 1) * 4)
				: 0);
	return 0;
}

static int broken(const struct vmdk *vmdk, const struct v2v_span *span,
	const char *what, struct v2v_error *err)
{
	return v2v_fail(err, "image-data",
		"'%s': the grain of byte %llu, at %llu of the image: %s",
		vmdk->media.slice.name, (unsigned long long)span->start,
		(unsigned long long)span->where, what);
}

/* Where a grain is according to the table, in bytes; 0: nowhere. */
static uint64_t look_up(const struct vmdk *vmdk, uint64_t grain)
{
	const struct v2v_slice *slice = &vmdk->media.slice;
	unsigned char b[4];

	if (v2v_slice_read(slice, b, sizeof b,
		    vmdk->about.directory + grain / ENTRIES * 4, NULL) < 0 ||
		!le32(b) ||
		v2v_slice_read(slice, b, sizeof b,
			le32(b) * SECTOR + grain % ENTRIES * 4, NULL) < 0)
		return 0;
	return le32(b) * SECTOR;
}

static int check_known(const struct vmdk *vmdk, uint64_t at, uint64_t sector,
	struct v2v_error *err)
{
	if (look_up(vmdk, sector / vmdk->about.grain) == at)
		return 0;
	return v2v_fail(err, "image-table",
		"'%s': the grain of byte %llu, at %llu of the image, is in no "
		"table",
		vmdk->media.slice.name, (unsigned long long)sector * SECTOR,
		(unsigned long long)at);
}

/*
 * What is in the stream at @at, behind a grain or where grains begin: when
 * it is another grain, a table must know it, or else what a damaged table lost
 * would be read as zeros.  Behind a grain nothing but a marker can follow; the
 * header's field for where grains begin may be wrong (@is_sure).
 */
static int check_next(const struct vmdk *vmdk, uint64_t at, bool is_sure,
	uint64_t ahead, struct v2v_scratch *scratch, struct v2v_error *err)
{
	const struct v2v_slice *slice = &vmdk->media.slice;

	for (int i = 0; i < MARKERS && v2v_slice_fits(slice, at, SECTOR); i++) {
		const unsigned char *in = v2v_scratch_window(
			scratch, &vmdk->media, at, TYPED_MARKER, ahead, err);
		uint64_t word = in ? le64(in) : 0;
		uint32_t size = in ? le32(in + 8) : 0;
		uint32_t type = in ? le32(in + 12) : 0;

		if (!in)
			return -1;
		if (!size && type == V2V_VMDK_EOS)
			return 0;
		if (!size && type <= V2V_VMDK_FOOTER &&
			word <= slice->size / SECTOR) {
			at += (1 + word) * SECTOR;
			continue;
		}
		if (size && size <= 2 * vmdk->grain &&
			word % vmdk->about.grain == 0 &&
			word < vmdk->about.capacity)
			return check_known(vmdk, at, word, err);
		if (!is_sure)
			return 0;
		return v2v_fail(err, "image-table",
			"'%s': no marker at %llu of the image, behind a grain",
			slice->name, (unsigned long long)at);
	}
	return 0;
}

/* The disk's last grain may be whole, or end with the disk. */
static int unpack_grain(const struct vmdk *vmdk, const struct v2v_span *span,
	uint64_t ahead, unsigned char *out, struct v2v_scratch *scratch,
	struct v2v_error *err)
{
	const unsigned char *in = v2v_scratch_window(
		scratch, &vmdk->media, span->where, MARKER, ahead, err);
	uint64_t left = vmdk->reader.size - span->start, got_size, end;
	size_t packed, got;

	if (!in)
		return broken(vmdk, span, "lies outside the image", err);
	packed = le32(in + 8);
	if (le64(in) != span->start / SECTOR)
		return broken(
			vmdk, span, "its marker is of another place", err);
	if (packed == 0 || packed > 2 * vmdk->grain)
		return broken(vmdk, span, "its size is impossible", err);
	in = v2v_scratch_window(scratch, &vmdk->media, span->where,
		MARKER + packed, ahead, err);
	if (!in)
		return broken(vmdk, span, "it ends outside the image", err);
	if (!v2v_unpack_piece(scratch, V2V_ZLIB, in + MARKER, packed, out,
		    vmdk->grain, &got))
		return broken(vmdk, span, "its data are damaged", err);
	got_size = left < vmdk->grain ? left : vmdk->grain;
	if (got != vmdk->grain && got != got_size)
		return broken(
			vmdk, span, "it has not the size of a grain", err);
	end = span->where + ceil_div(MARKER + packed, SECTOR) * SECTOR;
	return check_next(vmdk, end, true, ahead, scratch, err);
}

static int read_packed(const struct vmdk *vmdk, const struct v2v_span *span,
	uint64_t ahead, unsigned char *data, struct v2v_scratch *scratch,
	struct v2v_error *err)
{
	unsigned char *piece;
	bool is_cached;

	if (span->at == span->start && span->length == vmdk->grain)
		return unpack_grain(vmdk, span, ahead, data, scratch, err);
	/* A layer above has the rest of it, or the disk ends in it. */
	piece = v2v_scratch_piece(
		scratch, &vmdk->media, span->where, vmdk->grain, &is_cached);
	if (!is_cached &&
		unpack_grain(vmdk, span, ahead, piece, scratch, err) < 0)
		return -1;
	v2v_scratch_keep(scratch, &vmdk->media);
	memcpy(data, piece + (span->at - span->start), span->length);
	return 0;
}

static int vmdk_read(struct v2v_reader *reader, const struct v2v_span *span,
	uint64_t ahead, unsigned char *data, struct v2v_scratch *scratch,
	struct v2v_error *err)
{
	const struct vmdk *vmdk = (const struct vmdk *)reader;

	if (vmdk->about.is_compressed)
		return read_packed(vmdk, span, ahead, data, scratch, err);
	if (v2v_media_read(&vmdk->media, data, span->length,
		    span->where + (span->at - span->start), err) < 0)
		return v2v_fail_prefix(err, "the grain of byte %llu",
			(unsigned long long)span->at);
	return 0;
}

static void vmdk_free(struct v2v_reader *reader)
{
	struct vmdk *vmdk = (struct vmdk *)reader;

	v2v_media_close(&vmdk->media);
	free(vmdk->directory);
	free(vmdk);
}

static const struct v2v_reader_ops vmdk_ops = {
	.name = "vmdk",
	.span = vmdk_span,
	.read = vmdk_read,
	.free = vmdk_free,
};

static int check_first(const struct vmdk *vmdk, struct v2v_error *err)
{
	struct v2v_scratch *scratch = v2v_scratch_new();
	int r = check_next(
		vmdk, vmdk->about.overhead, false, SECTOR, scratch, err);

	v2v_scratch_free(scratch);
	return r;
}

int v2v_reader_vmdk(struct v2v *v, struct v2v_media *media,
	struct v2v_reader **ret_reader, struct v2v_error *err)
{
	struct vmdk *vmdk;
	struct v2v_vmdk about;

	if (v2v_vmdk_read(&media->slice, &about, err) < 0 ||
		v2v_vmdk_check_tables(v, &media->slice, &about, err) < 0) {
		v2v_media_close(media);
		return -1;
	}
	if (about.is_compressed && !about.has_markers) {
		v2v_media_close(media);
		return 0;
	}
	vmdk = v2v_alloc(1, sizeof *vmdk);
	vmdk->reader =
		(struct v2v_reader){ &vmdk_ops, about.capacity * SECTOR };
	vmdk->media = *media;
	vmdk->about = about;
	vmdk->grain = about.grain * SECTOR;
	vmdk->directory = v2v_alloc(CHUNK, 4);
	vmdk->chunk = vmdk->table = NONE;
	*media = (struct v2v_media){ .is_cold = false };
	if (about.is_compressed && check_first(vmdk, err) < 0) {
		vmdk_free(&vmdk->reader);
		return -1;
	}
	*ret_reader = &vmdk->reader;
	return 0;
}
