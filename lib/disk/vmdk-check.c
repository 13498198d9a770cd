/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether the tables of a sparse VMDK agree with what else the image says: a
 * table that lost an entry reads as zeros, and nobody would know.
 */
#include "disk/formats.h"
#include "image/bytes.h"
#include "image/descriptor.h"

#define SECTOR	   512ULL
#define ENTRIES	   512ULL /* of a grain table */
#define TABLE	   (ENTRIES * 4)
#define DESCRIPTOR (20 * 512) /* as much as qemu looks at */
#define PIECE	   1024ULL    /* entries of a directory */

struct check {
	const struct v2v_slice *slice;
	const struct v2v_vmdk *about;
	uint64_t grains;	  /* that are stored */
	uint64_t first, end;	  /* sectors that they lie in */
	struct v2v_hole holes[2]; /* that the copies of the tables lie in */
	bool differs;
	uint64_t differs_at; /* the first table of which its copy differs */
};

static int wrong(const struct check *c, const char *what, uint64_t at,
	struct v2v_error *err)
{
	return v2v_fail(err, "image-table",
		"'%s': the %s at %llu of the image has not its marker",
		c->slice->name, what, (unsigned long long)at);
}

/* The sector before a table of a stream. */
static int check_marker(const struct check *c, uint64_t at, uint64_t sectors,
	uint32_t type, const char *what, struct v2v_error *err)
{
	unsigned char b[16];

	if (at < SECTOR ||
		v2v_slice_read(c->slice, b, sizeof b, at - SECTOR, NULL) < 0 ||
		le64(b) != sectors || le32(b + 8) || le32(b + 12) != type)
		return wrong(c, what, at, err);
	return 0;
}

static void count_grains(
	struct check *c, const unsigned char *table, uint64_t grains)
{
	for (uint64_t i = 0; i < grains && i < ENTRIES; i++) {
		uint32_t entry = le32(table + i * 4);

		if (entry == 0 || (entry == 1 && c->about->has_zero_grains))
			continue;
		c->grains++;
		if (entry < c->first)
			c->first = entry;
		if (entry + c->about->grain > c->end)
			c->end = entry + c->about->grain;
	}
}

/* Load a table, or zeros where there is none. */
static int load(const struct check *c, uint64_t at, unsigned char *table,
	struct v2v_error *err)
{
	memset(table, 0, TABLE);
	return at ? v2v_slice_read(c->slice, table, TABLE, at, err) : 0;
}

/* Both copies of table @table lie where the directories say. */
static int check_table(struct check *c, uint64_t table, uint64_t at,
	uint64_t copy, struct v2v_error *err)
{
	unsigned char first[TABLE], second[TABLE];
	uint64_t all = ceil_div(c->about->capacity, c->about->grain);

	if (load(c, at, first, err) < 0)
		return -1;
	if (at && c->about->has_footer &&
		check_marker(c, at, TABLE / SECTOR, V2V_VMDK_TABLE,
			"grain table", err) < 0)
		return -1;
	count_grains(c, first, all - table * ENTRIES);
	if (!c->about->redundant || c->differs)
		return 0;
	if (load(c, copy, second, NULL) < 0 ||
		memcmp(first, second, TABLE) != 0) {
		c->differs = true;
		c->differs_at = table;
	}
	return 0;
}

static bool is_empty(struct check *c, size_t copy, uint64_t at)
{
	return !at ||
	       v2v_slice_is_in_hole(c->slice, &c->holes[copy], at, TABLE);
}

/* A piece of both directories. */
static int check_piece(
	struct check *c, uint64_t table, uint64_t count, struct v2v_error *err)
{
	unsigned char first[PIECE * 4], second[PIECE * 4] = { 0 };
	const struct v2v_vmdk *about = c->about;

	if (v2v_slice_read(c->slice, first, count * 4,
		    about->directory + table * 4, err) < 0)
		return -1;
	if (about->redundant && v2v_slice_read(c->slice, second, count * 4,
					about->redundant + table * 4, NULL) < 0)
		c->differs = true;
	for (uint64_t i = 0; i < count; i++) {
		uint64_t at = le32(first + i * 4) * SECTOR;
		uint64_t copy = le32(second + i * 4) * SECTOR;

		/* Made beforehand, and empty: of any number. */
		if ((at || copy) &&
			!(is_empty(c, 0, at) && is_empty(c, 1, copy)) &&
			check_table(c, table + i, at, copy, err) < 0)
			return -1;
	}
	return 0;
}

static void tell(struct v2v *v, const struct check *c)
{
	uint64_t table = ENTRIES * c->about->grain * SECTOR;
	uint64_t room = c->grains ? c->end - c->first : 0;

	if (c->differs)
		v2v_warn(v, "image-redundant",
			"'%s': the two copies of the grain tables differ, "
			"first in the table of byte %llu: is it damaged?",
			c->slice->name,
			(unsigned long long)(c->differs_at * table));
	/* Packed grains take what they take. */
	if (!c->about->is_compressed && c->grains * c->about->grain != room)
		v2v_warn(v, "image-unused",
			"'%s': the grains take %llu sectors, the tables know "
			"%llu: is it damaged?",
			c->slice->name, (unsigned long long)room,
			(unsigned long long)(c->grains * c->about->grain));
}

/* The descriptor has the size too. */
static void compare_sizes(struct v2v *v, const struct check *c)
{
	char text[DESCRIPTOR + 1] = "";
	uint64_t sectors;

	if (v2v_slice_read(c->slice, text, DESCRIPTOR, SECTOR, NULL) < 0)
		return;
	text[DESCRIPTOR] = '\0';
	sectors = v2v_vmdk_described_size(text);
	if (sectors && sectors != c->about->capacity)
		v2v_warn(v, "image-capacity",
			"'%s': the header says %llu sectors, the descriptor "
			"%llu: is it damaged?",
			c->slice->name, (unsigned long long)c->about->capacity,
			(unsigned long long)sectors);
}

int v2v_vmdk_check_tables(struct v2v *v, const struct v2v_slice *slice,
	const struct v2v_vmdk *about, struct v2v_error *err)
{
	struct check c = {
		.slice = slice, .about = about, .first = UINT64_MAX
	};
	struct v2v_extent extent = { 0, 0 };

	if (about->has_footer &&
		check_marker(&c, about->directory,
			ceil_div(about->tables * 4, SECTOR), V2V_VMDK_DIRECTORY,
			"grain directory", err) < 0)
		return -1;
	for (uint64_t i = 0; i < about->tables; i += PIECE) {
		uint64_t n = about->tables - i;

		if (n > PIECE)
			n = PIECE;
		/* A hole in the directory: no tables, of any number. */
		if (!about->redundant &&
			v2v_slice_is_hole(slice, &extent,
				about->directory + i * 4, n * 4))
			continue;
		if (check_piece(&c, i, n, err) < 0)
			return -1;
	}
	tell(v, &c);
	compare_sizes(v, &c);
	return 0;
}
