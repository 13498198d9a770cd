/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Descriptors of VMDKs: NAME.vmdk as NAME.expect says, whether it is one, how
 * it is judged as a file of its own with its extents, and embedded in a VMDK.
 */
#include "cases.h"

#include "core/handle.h"
#include "image/descriptor.h"
#include "image/encoding.h"
#include "unpack/extents.h"

static struct v2v *v;

static const char *or_dash(const char *s)
{
	return s ? s : "-";
}

static void tell_text(const struct v2v_vmdk_descriptor *d, struct v2v_text *got)
{
	v2v_text_addf(got, "descriptor: %s\ntype: %s\nencoding: %s\n",
		v2v_vmdk_descriptor_is_one(d) ? "yes" : "no",
		or_dash(d->create_type), or_dash(d->encoding));
}

/* Offset and size in bytes. */
static void tell_extents(
	const struct v2v_extents *extents, struct v2v_text *got)
{
	v2v_text_addf(got, "alone: %s %llu\n", or_dash(extents->create_type),
		(unsigned long long)extents->size);
	v2v_list_foreach (const struct v2v_extent, extent, &extents->list)
		v2v_text_addf(got, "\t%s %llu+%llu %s%s\n",
			!extent->name	 ? "zero"
			: extent->sparse ? "sparse"
					 : "flat",
			(unsigned long long)extent->offset,
			(unsigned long long)extent->size, or_dash(extent->name),
			extent->bytes ? " (decoded)" : "");
}

static void tell_alone(const char *text, size_t size, struct v2v_text *got)
{
	struct v2v_extents extents CLEANUP_EXTENTS = { { 0 }, NULL, 0 };
	struct v2v_error err = { 0 };
	size_t i;
	json_t *warning;

	v2v_step_begin(v, "unpack", NULL);
	if (v2v_extents_read(v, "x.vmdk", text, size, &extents, &err) == 0)
		tell_extents(&extents, got);
	else
		v2v_text_addf(got, "alone: %s\n", err.code);
	assert(!*err.text || strstr(err.text, "'x.vmdk'"));
	json_array_foreach (v->warnings, i, warning) {
		v2v_text_addf(got, "\twarning: %s\n",
			json_string_value(json_object_get(warning, "code")));
	}
}

static void tell_embedded(const char *text, struct v2v_text *got)
{
	struct v2v_error err = { 0 };
	const char *subformat = NULL;

	v2v_vmdk_check_descriptor(text, "x.vmdk", &subformat, &err);
	v2v_text_addf(got, "embedded: %s %llu\n",
		subformat ? subformat : err.code,
		(unsigned long long)v2v_vmdk_described_size(text));
}

static void test_file(const char *path)
{
	size_t size;
	CLEANUP_FREE char *text = read_whole_size(path, &size);
	CLEANUP_FREE char *expected = beside(path, ".expect");
	CLEANUP_FREE char *want = NULL;
	struct v2v_vmdk_descriptor d CLEANUP_VMDK_DESCRIPTOR = { 0 };
	struct v2v_text got CLEANUP_TEXT = { 0 };

	v2v_vmdk_descriptor_read(text, size, &d);
	tell_text(&d, &got);
	tell_alone(text, size, &got);
	tell_embedded(text, &got);
	want = read_whole(expected);
	same(path, got.data, want);
}

static void test_encodings(void)
{
	static const struct {
		const char *stated, *iconv;
	} cases[] = {
		{ "UTF-8", "UTF-8" },
		{ "windows-1252", "CP1252" },
		{ "Windows_1252", "CP1252" },
		{ "CP1251", "CP1251" },
		{ "windows-949-2000", "UHC" },
		{ "Shift_JIS", "CP932" },
		{ "shift-jis", "CP932" },
		{ "gbk", "GBK" },
		{ "Big5", "BIG5" },
		{ "ISO-8859-15", "ISO-8859-15" },
		{ "iso_8859-1", "ISO-8859-1" },
		/* Whose bytes are not ASCII's, or depend on those before. */
		{ "UTF-7", NULL },
		{ "IBM037", NULL },
		{ "ISO-2022-JP", NULL },
		{ "CP037", NULL },
		{ "windows-12522000", NULL },
		{ "UTF-8//TRANSLIT", NULL },
		{ "../../x", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		same(cases[i].stated, v2v_encoding_known(cases[i].stated),
			cases[i].iconv);
}

/* Each byte of ASCII is itself in each of them: no decoding makes a '/'. */
static void test_ascii(void)
{
	static const char *const all[] = { "windows-874", "windows-932",
		"windows-936", "windows-949", "windows-950", "windows-1250",
		"windows-1251", "windows-1252", "windows-1253", "windows-1254",
		"windows-1255", "windows-1256", "windows-1257", "windows-1258",
		"Shift_JIS", "EUC-JP", "GBK", "GB18030", "Big5", "Big5-HKSCS",
		"EUC-KR", "KOI8-R", "KOI8-U", "TIS-620", "ISO-8859-1",
		"ISO-8859-2", "ISO-8859-3", "ISO-8859-4", "ISO-8859-5",
		"ISO-8859-6", "ISO-8859-7", "ISO-8859-8", "ISO-8859-9",
		"ISO-8859-10", "ISO-8859-11", "ISO-8859-13", "ISO-8859-14",
		"ISO-8859-15", "ISO-8859-16" };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		for (unsigned byte = 1; byte < 256; byte++) {
			struct v2v_text out CLEANUP_TEXT = { 0 };
			char text[2] = { (char)byte, 0 };
			bool is_text = v2v_encoding_decode(
				text, 1, v2v_encoding_known(all[i]), &out);

			if (byte < 0x80)
				same(all[i], is_text ? out.data : NULL, text);
			else
				assert(!out.length || (out.data[0] & 0x80));
		}
}

int main(void)
{
	v = v2v_new();
	each_case("tests/data/descriptor/*.vmdk", 60, test_file);
	test_encodings();
	test_ascii();
	v2v_free(v);
	return 0;
}
