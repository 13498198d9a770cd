/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text that describes a VMDK; what is not known to be harmless is refused.
 */
#include "image/headers.h"

#include <ctype.h>

struct descriptor {
	char *create_type;
	unsigned extents;
	bool has_parent;
	bool foreign_extent;
};

/* KEY=VALUE with the key in any case; the value without its quotes. */
static char *value_of(const char *line, const char *key)
{
	size_t n = strlen(key);
	const char *s;

	if (strncasecmp(line, key, n) != 0)
		return NULL;
	s = line + n + strspn(line + n, " \t");
	if (*s++ != '=')
		return NULL;
	s += strspn(s, " \t\"");
	return v2v_strndup(s, strcspn(s, "\"\r\n"));
}

/* "RW 4192256 SPARSE "name.vmdk"": the name is never looked at, the extent is
 * the file that the descriptor stands in. */
static bool is_extent(const char *line)
{
	return v2v_starts_with(line, "RW ") ||
	       v2v_starts_with(line, "RDONLY ") ||
	       v2v_starts_with(line, "NOACCESS ");
}

static bool is_sparse_extent(const char *line)
{
	char type[16] = "";

	return sscanf(line, "%*s %*s %15s", type) == 1 &&
	       strcmp(type, "SPARSE") == 0;
}

static void read_line(struct descriptor *d, const char *line)
{
	CLEANUP_FREE char *type = value_of(line, "createType");
	CLEANUP_FREE char *parent = value_of(line, "parentCID");

	if (type) {
		free(d->create_type);
		d->create_type = v2v_take(type);
	}
	if (parent && strcasecmp(parent, "ffffffff") != 0)
		d->has_parent = true;
	if (is_extent(line)) {
		d->extents++;
		d->foreign_extent |= !is_sparse_extent(line);
	}
}

static int judge(const struct descriptor *d, const char *name,
	const char **ret_subformat, struct v2v_error *err)
{
	static const char *const known[] = { "streamOptimized",
		"monolithicSparse" };

	if (d->has_parent)
		return v2v_fail(err, "image-parent",
			"'%s': a VMDK that is only the difference to a parent "
			"is refused",
			name);
	if (d->extents != 1 || d->foreign_extent)
		return v2v_fail(err, "image-extent",
			"'%s': a VMDK whose data is in other files is refused",
			name);
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (d->create_type && !strcasecmp(d->create_type, known[i])) {
			*ret_subformat = known[i];
			return 0;
		}
	return v2v_fail(err, "image-subformat",
		"'%s': VMDK of type '%s' is not supported", name,
		d->create_type ? d->create_type : "unknown");
}

int v2v_vmdk_check_descriptor(const char *text, const char *name,
	const char **ret_subformat, struct v2v_error *err)
{
	/* qemu takes the parent from wherever in the text the word stands. */
	struct descriptor d = {
		.has_parent = strcasestr(text, "parentFileNameHint") != NULL,
	};
	int status;

	while (*text) {
		size_t n = strcspn(text, "\n");
		CLEANUP_FREE char *line = v2v_strndup(text, n);

		read_line(&d, line + strspn(line, " \t"));
		text += n + (text[n] == '\n');
	}
	status = judge(&d, name, ret_subformat, err);
	free(d.create_type);
	return status;
}

uint64_t v2v_vmdk_described_size(const char *text)
{
	unsigned long long sectors = 0;

	for (; text && *text; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (is_extent(text))
			return sscanf(text, "%*s %19llu", &sectors) == 1
				       ? sectors
				       : 0;
	}
	return 0;
}
