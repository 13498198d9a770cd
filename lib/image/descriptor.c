/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text that describes a VMDK, line by line. */
#include "image/descriptor.h"

#include "image/encoding.h"

#include <ctype.h>
#include <string.h>

#define BLANKS	   " \t\v\f"
#define CID_DIGITS 8

/* The caller's. */
static char *trimmed(const char *s, size_t n)
{
	while (n && strchr(BLANKS, s[n - 1]))
		n--;
	while (n && strchr(BLANKS, *s)) {
		s++;
		n--;
	}
	return v2v_strndup(s, n);
}

/* The next word, and behind it; the caller's, "" at the end. */
static char *take_word(const char **s)
{
	const char *start = *s + strspn(*s, BLANKS);
	size_t n = strcspn(start, BLANKS);

	*s = start + n;
	return v2v_strndup(start, n);
}

/* In quotes, of which the closing one may be missing, or a word; NULL where
 * there is nothing. */
static char *take_value(const char **s)
{
	const char *start = *s + strspn(*s, BLANKS);
	size_t n;

	if (!*start)
		return NULL;
	if (*start != '"')
		return take_word(s);
	n = strcspn(++start, "\"");
	*s = start + n + (start[n] == '"');
	return v2v_strndup(start, n);
}

/* The bytes are kept as they are: a name may have any. */
static void add_extent(
	struct v2v_vmdk_descriptor *d, const char *line, unsigned number)
{
	const char *rest = line + strcspn(line, BLANKS); /* behind RW */
	CLEANUP_FREE char *sectors = take_word(&rest);
	char *type = take_word(&rest), *name = take_value(&rest);
	CLEANUP_FREE char *offset = take_word(&rest);
	struct v2v_vmdk_extent *extent;

	if (d->extent_count++ >= V2V_VMDK_MAX_EXTENTS) {
		free(type);
		free(name);
		return;
	}
	extent = v2v_list_add(&d->extents, sizeof *extent);
	extent->type = type;
	extent->name = name;
	extent->line = number;
	extent->is_whole =
		v2v_parse_u64(sectors, &extent->sectors) &&
		(!*offset || v2v_parse_u64(offset, &extent->offset)) &&
		!rest[strspn(rest, BLANKS)];
}

static bool is_extent(const char *line)
{
	static const char *const words[] = { "RW", "RDONLY", "NOACCESS" };
	size_t n = strcspn(line, BLANKS);

	for (size_t i = 0; i < 3; i++)
		if (n == strlen(words[i]) &&
			strncasecmp(line, words[i], n) == 0)
			return true;
	return false;
}

/* A key that decides must not say two things: other readers may take the other
 * one. */
static void set_once(struct v2v_vmdk_descriptor *d, char **to, char *value)
{
	if (*to && strcasecmp(*to, value) != 0)
		d->has_conflict = true;
	if (*to)
		free(value);
	else
		*to = value;
}

/* "ffffffff" means that there is none; some write "0xFFFFFFFF". */
static bool is_no_parent(const char *cid)
{
	if (strncasecmp(cid, "0x", 2) == 0)
		cid += 2;
	return strcasecmp(cid, "ffffffff") == 0;
}

static bool is_version(const char *value)
{
	uint64_t n;

	return v2v_parse_u64(value, &n) && n >= 1 && n <= 99;
}

/* What only a chain asks for, and there must be once (chain-vmdk.c). */
static void keep_last(char **to, const char *value)
{
	free(*to);
	*to = v2v_strdup(value);
}

/* @value without blanks, not empty. */
static void set_key(
	struct v2v_vmdk_descriptor *d, const char *key, const char *value)
{
	if (strcasecmp(key, "createType") == 0)
		set_once(d, &d->create_type, v2v_strdup(value));
	else if (strcasecmp(key, "encoding") == 0)
		set_once(d, &d->encoding, v2v_strdup(value));
	else if (strcasecmp(key, "version") == 0)
		d->has_version |= is_version(value);
	else if (strcasecmp(key, "CID") == 0)
		keep_last(&d->cid, value);
	else if (strcasecmp(key, "parentFileNameHint") == 0) {
		d->has_parent = true;
		keep_last(&d->parent, value);
	} else if (strcasecmp(key, "parentCID") == 0) {
		d->has_parent |= !is_no_parent(value);
		keep_last(&d->parent_cid, value);
	}
}

/* Letters, digits and what else keys have: "ddb.geometry.biosCylinders",
 * "ddb.adapter-type". */
static bool is_key(const char *key)
{
	for (const char *s = key; *s; s++)
		if (!isalnum((unsigned char)*s) && !strchr("._-:", *s))
			return false;
	return *key;
}

static bool read_key(struct v2v_vmdk_descriptor *d, const char *line)
{
	const char *equals = strchr(line, '=');
	CLEANUP_FREE char *key = NULL, *raw = NULL, *value = NULL;

	if (!equals)
		return false;
	key = trimmed(line, (size_t)(equals - line));
	if (!is_key(key))
		return false;
	equals++;
	raw = take_value(&equals);
	value = raw ? trimmed(raw, strlen(raw)) : NULL;
	if (value && *value)
		set_key(d, key, value);
	return true;
}

/* "# Disk DescriptorFile", "#Disk Descriptor File": without the blanks. */
static bool is_title(const char *line)
{
	const char *want = "#diskdescriptorfile";

	for (; *line; line++) {
		if (strchr(BLANKS, *line))
			continue;
		if (tolower((unsigned char)*line) != *want)
			return false;
		want++;
	}
	return !*want;
}

static void read_line(struct v2v_vmdk_descriptor *d, const char *line,
	unsigned number, bool is_first)
{
	if (is_first && is_title(line))
		d->has_title = true;
	if (*line == '#')
		return;
	if (is_extent(line))
		add_extent(d, line, number);
	else if (!read_key(d, line) && !d->strange)
		d->strange = number;
}

/* A line ends with LF, CR or both; the last one also without. */
static void read_lines(struct v2v_vmdk_descriptor *d, const char *text)
{
	unsigned number = 1;
	bool is_first = true;

	while (*text) {
		size_t n = strcspn(text, "\r\n");
		CLEANUP_FREE char *line = trimmed(text, n);

		if (*line) {
			read_line(d, line, number, is_first);
			is_first = false;
		}
		text += n;
		number += *text == '\n';
		text += *text != '\0';
	}
}

/* As bytes of ASCII and more, without a byte order mark. */
static void take_bytes(const char *text, size_t size, struct v2v_text *bytes)
{
	const char *encoding = v2v_encoding_of_text(text, size);

	if (encoding && !v2v_encoding_decode(text, size, encoding, bytes))
		v2v_text_clear(bytes);
	if (!bytes->length)
		v2v_text_add(bytes, text, size);
	if (v2v_starts_with(bytes->data, "\xef\xbb\xbf")) {
		bytes->length -= 3;
		memmove(bytes->data, bytes->data + 3, bytes->length + 1);
	}
}

/*
 * Is there something behind the text's end?  A CID that is written in place
 * may have fewer digits than the one before (qemu's vmdk_write_cid() leaves out
 * leading zeros): then the old text's last bytes are still behind the new
 * one's NUL.  They are the text's own end once more.
 */
static bool has_tail(const struct v2v_text *bytes)
{
	size_t length = strlen(bytes->data), end = bytes->length, left;
	const char *tail = bytes->data + length;

	while (end > length && bytes->data[end - 1] == '\0')
		end--;
	left = end - length; /* with the NUL in front */
	return left >= CID_DIGITS || left > length ||
	       (left && memcmp(tail + 1, tail - (left - 1), left - 1) != 0);
}

void v2v_vmdk_descriptor_read(const char *text, size_t size,
	struct v2v_vmdk_descriptor *ret_descriptor)
{
	struct v2v_text bytes CLEANUP_TEXT = { 0 };
	struct v2v_vmdk_descriptor d = { 0 };

	take_bytes(text, size, &bytes);
	read_lines(&d, bytes.data);
	d.has_tail = has_tail(&bytes);
	*ret_descriptor = d;
}

void v2v_vmdk_descriptor_clear(struct v2v_vmdk_descriptor *descriptor)
{
	v2v_list_foreach (
		struct v2v_vmdk_extent, extent, &descriptor->extents) {
		free(extent->type);
		free(extent->name);
	}
	free(descriptor->extents.items);
	free(descriptor->create_type);
	free(descriptor->encoding);
	free(descriptor->parent);
	free(descriptor->cid);
	free(descriptor->parent_cid);
	*descriptor = (struct v2v_vmdk_descriptor){ 0 };
}

bool v2v_vmdk_descriptor_is_one(const struct v2v_vmdk_descriptor *descriptor)
{
	return descriptor->has_title ||
	       (descriptor->has_version && descriptor->create_type &&
		       !descriptor->strange);
}

int v2v_vmdk_fail_parent(const char *name, struct v2v_error *err)
{
	return v2v_fail(err, "image-parent",
		"'%s' is a snapshot's difference to a parent disk, not a whole "
		"disk; name its descriptor with --backing-chain, or "
		"consolidate the snapshots first",
		name);
}
