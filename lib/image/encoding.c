/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names and texts of other encodings into UTF-8. */
#include "image/encoding.h"

#include <ctype.h>
#include <iconv.h>
#include <string.h>

const char *v2v_encoding_of_text(const char *text, size_t size)
{
	if (size < 4)
		return NULL;
	if (memcmp(text, "\xff\xfe", 2) == 0)
		return "UTF-16LE";
	if (memcmp(text, "\xfe\xff", 2) == 0)
		return "UTF-16BE";
	if (text[0] && !text[1] && text[2] && !text[3])
		return "UTF-16LE";
	return !text[0] && text[1] && !text[2] && text[3] ? "UTF-16BE" : NULL;
}

/* Names as ICU has them, which VMware uses; lower case, only letters and
 * digits.  Windows' own supersets are taken where there is one. */
static const struct {
	const char *name, *iconv;
} encodings[] = {
	{ "utf8", "UTF-8" },
	{ "utf16", "UTF-8" },
	{ "utf16le", "UTF-8" },
	{ "utf16be", "UTF-8" },
	{ "usascii", "UTF-8" },
	{ "ascii", "UTF-8" },
	{ "windows874", "CP874" },
	{ "windows932", "CP932" },
	{ "windows936", "GBK" },
	{ "windows949", "UHC" },
	{ "windows950", "BIG5" },
	{ "windows1250", "CP1250" },
	{ "windows1251", "CP1251" },
	{ "windows1252", "CP1252" },
	{ "windows1253", "CP1253" },
	{ "windows1254", "CP1254" },
	{ "windows1255", "CP1255" },
	{ "windows1256", "CP1256" },
	{ "windows1257", "CP1257" },
	{ "windows1258", "CP1258" },
	{ "shiftjis", "CP932" },
	{ "sjis", "CP932" },
	{ "eucjp", "EUC-JP" },
	{ "gbk", "GBK" },
	{ "gb2312", "GBK" },
	{ "gb18030", "GB18030" },
	{ "big5", "BIG5" },
	{ "big5hkscs", "BIG5-HKSCS" },
	{ "euckr", "UHC" },
	{ "koi8r", "KOI8-R" },
	{ "koi8u", "KOI8-U" },
	{ "tis620", "TIS-620" },
	{ "latin1", "ISO-8859-1" },
	{ "iso88591", "ISO-8859-1" },
	{ "iso88592", "ISO-8859-2" },
	{ "iso88593", "ISO-8859-3" },
	{ "iso88594", "ISO-8859-4" },
	{ "iso88595", "ISO-8859-5" },
	{ "iso88596", "ISO-8859-6" },
	{ "iso88597", "ISO-8859-7" },
	{ "iso88598", "ISO-8859-8" },
	{ "iso88599", "ISO-8859-9" },
	{ "iso885910", "ISO-8859-10" },
	{ "iso885911", "ISO-8859-11" },
	{ "iso885913", "ISO-8859-13" },
	{ "iso885914", "ISO-8859-14" },
	{ "iso885915", "ISO-8859-15" },
	{ "iso885916", "ISO-8859-16" },
};

/* "Windows-1252", "cp1252", "windows-949-2000" (ICU's table of that year):
 * "windows1252", "windows949". */
static char *plain(const char *stated)
{
	struct v2v_text name = { 0 };
	size_t n = strlen(stated);

	if (v2v_ends_with(stated, "-2000"))
		n -= strlen("-2000");
	if (strncasecmp(stated, "cp", 2) == 0 &&
		isdigit((unsigned char)stated[2])) {
		v2v_text_addf(&name, "windows");
		stated += 2;
		n -= 2;
	}
	for (size_t i = 0; i < n; i++)
		if (isalnum((unsigned char)stated[i]))
			v2v_text_addf(
				&name, "%c", tolower((unsigned char)stated[i]));
	return v2v_text_take(&name);
}

const char *v2v_encoding_known(const char *stated)
{
	CLEANUP_FREE char *name = plain(stated);

	for (size_t i = 0; i < ARRAY_SIZE(encodings); i++)
		if (strcmp(name, encodings[i].name) == 0)
			return encodings[i].iconv;
	return NULL;
}

/* @from NULL: what the decoder still holds, where letters may get accents. */
static bool convert(iconv_t with, char *from, size_t size, struct v2v_text *out)
{
	char buffer[4096];
	bool is_done = false;

	while (!is_done) {
		char *to = buffer;
		size_t room = sizeof buffer;

		is_done = iconv(with, from ? &from : NULL, &size, &to, &room) !=
			  (size_t)-1;
		if (!is_done && errno != E2BIG)
			return false;
		v2v_text_add(out, buffer, sizeof buffer - room);
	}
	return true;
}

bool v2v_encoding_decode(const char *text, size_t size, const char *encoding,
	struct v2v_text *out)
{
	iconv_t with = iconv_open("UTF-8", encoding);
	bool is_text;

	if (with == (iconv_t)-1)
		return false;
	/* iconv() does not write to its input. */
	is_text = convert(with, (char *)text, size, out) &&
		  convert(with, NULL, 0, out);
	iconv_close(with);
	return is_text;
}
