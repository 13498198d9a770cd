/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parent of a differencing VHD: up to eight locators and a name. */
#include "image/vhd.h"

#define HEADER	 1024
#define NAME_AT	 64
#define NAME	 512
#define LOCATORS 576
#define LOCATOR	 24
#define LONGEST	 4096
/* "W2ru", a relative path, and "W2ku", an absolute one */
#define RELATIVE 0x57327275U
#define ABSOLUTE 0x57326b75U

void v2v_vhd_locators(
	const unsigned char *header, struct v2v_vhd_locator *ret_locators)
{
	for (int i = 0; i < V2V_VHD_LOCATORS; i++) {
		const unsigned char *p = header + LOCATORS + i * LOCATOR;

		ret_locators[i] = (struct v2v_vhd_locator){
			.code = be32(p),
			.length = be32(p + 8),
			.at = be64(p + 16),
		};
	}
}

static void add_name(struct v2v_list *names, const unsigned char *text,
	size_t size, const char *encoding, bool is_relative)
{
	CLEANUP_FREE char *name =
		v2v_parent_name(text, size, encoding, is_relative);

	if (name)
		v2v_list_add_string(names, name);
}

/* One that is not text, or too long to be a path, is passed over: another may
 * do. */
static int add_locator(const struct v2v_slice *slice,
	const struct v2v_vhd_locator *l, struct v2v_list *names,
	struct v2v_error *err)
{
	unsigned char text[LONGEST];

	if (l->length > LONGEST)
		return 0;
	if (v2v_slice_read(slice, text, l->length, l->at, err) < 0)
		return -1;
	add_name(names, text, l->length, "UTF-16LE", l->code == RELATIVE);
	return 0;
}

/* The relative path, by which the files may have moved together; an absolute
 * one; the name alone; what they end with. */
int v2v_vhd_parent(const struct v2v_slice *slice, const struct v2v_vhd *vhd,
	struct v2v_list *names, struct v2v_error *err)
{
	static const uint32_t codes[] = { RELATIVE, ABSOLUTE };
	struct v2v_vhd_locator locators[V2V_VHD_LOCATORS];
	unsigned char header[HEADER];

	if (v2v_slice_read(slice, header, HEADER, vhd->header, err) < 0)
		return -1;
	v2v_vhd_locators(header, locators);
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		for (int j = 0; j < V2V_VHD_LOCATORS; j++)
			if (locators[j].code == codes[i] &&
				locators[j].length &&
				add_locator(slice, &locators[j], names, err) <
					0)
				return -1;
	add_name(names, header + NAME_AT, NAME, "UTF-16BE", false);
	v2v_parent_add_last(names);
	return names->count ? 0
			    : v2v_slice_bad(slice, err, "VHD",
				      "no name of the parent");
}
