/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a manifest and checking the members against it. */
#include "unpack/manifest.h"

#include "core/file.h"

#include <ctype.h>
#include <openssl/evp.h>

#define CHUNK (1 << 20)

static const struct {
	const char *word, *name;
} algorithms[] = {
	{ "SHA1", "SHA1" },
	{ "SHA-1", "SHA1" },
	{ "SHA256", "SHA256" },
	{ "SHA-256", "SHA256" },
	{ "SHA512", "SHA512" },
	{ "SHA-512", "SHA512" },
};

static const char *find_algorithm(const char *s, size_t n)
{
	for (size_t i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++)
		if (strlen(algorithms[i].word) == n &&
			strncasecmp(s, algorithms[i].word, n) == 0)
			return algorithms[i].name;
	return NULL;
}

/* "= HEX" behind the name, nothing else but blanks; NULL otherwise. */
static char *parse_digest(const char *s)
{
	size_t n;
	char *digest;

	s += strspn(s, " \t");
	if (*s++ != '=')
		return NULL;
	s += strspn(s, " \t");
	n = strspn(s, "0123456789abcdefABCDEF");
	if (n == 0 || s[n + strspn(s + n, " \t\r")])
		return NULL;
	digest = v2v_strndup(s, n);
	for (char *c = digest; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return digest;
}

static void parse_line(const char *line, struct v2v_manifest_line *parsed)
{
	size_t n = strcspn(line, " \t(");
	const char *open = line + n + strspn(line + n, " \t");
	const char *close = strrchr(line, ')');

	if (*open != '(' || !close || close < open)
		return;
	parsed->digest = parse_digest(close + 1);
	if (!parsed->digest)
		return;
	parsed->algorithm = find_algorithm(line, n);
	parsed->name = v2v_strndup(open + 1, (size_t)(close - open - 1));
}

void v2v_manifest_parse(const char *text, struct v2v_list *lines)
{
	for (unsigned number = 1; *text && lines->count <= V2V_OVA_MAX_MEMBERS;
		number++) {
		size_t n = strcspn(text, "\n");
		CLEANUP_FREE char *line = v2v_strndup(text, n);
		struct v2v_manifest_line *parsed;

		text += n + (text[n] == '\n');
		if (!line[strspn(line, " \t\r")])
			continue;
		parsed = v2v_list_add(lines, sizeof *parsed);
		parsed->number = number;
		parse_line(line + strspn(line, " \t"), parsed);
	}
}

static void line_clear(struct v2v_manifest_line *line)
{
	free(line->name);
	free(line->digest);
}

void v2v_manifest_clear(struct v2v_list *lines)
{
	v2v_list_foreach (struct v2v_manifest_line, line, lines)
		line_clear(line);
	free(lines->items);
	*lines = (struct v2v_list){ 0 };
}

static void to_hex(const unsigned char *digest, unsigned length, char *hex)
{
	for (unsigned i = 0; i < length; i++)
		snprintf(hex + i * 2, 3, "%02x", digest[i]);
}

static int hash_member(struct v2v *v, const struct v2v_ova *ova,
	const struct v2v_ova_member *member, EVP_MD_CTX *context,
	struct v2v_error *err)
{
	CLEANUP_FREE char *chunk = v2v_alloc(1, CHUNK);

	for (uint64_t at = 0; at < member->size;) {
		size_t n = member->size - at < CHUNK
				   ? (size_t)(member->size - at)
				   : CHUNK;

		if (v2v_check_cancel(v, err) < 0 ||
			v2v_pread_all(ova->fd, ova->file, chunk, n,
				member->offset + at, err) < 0)
			return -1;
		if (!EVP_DigestUpdate(context, chunk, n))
			return v2v_fail(err, "manifest", "cannot hash");
		at += n;
		if (member->size > CHUNK)
			v2v_progress(v, -1, at, member->size, "bytes");
	}
	return 0;
}

static int digest_of(struct v2v *v, const struct v2v_ova *ova,
	const struct v2v_ova_member *member, const char *algorithm,
	char hex[2 * EVP_MAX_MD_SIZE + 1], struct v2v_error *err)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	int status = -1;

	if (EVP_DigestInit(context, EVP_get_digestbyname(algorithm)))
		status = hash_member(v, ova, member, context, err);
	if (status == 0 && EVP_DigestFinal(context, digest, &length))
		to_hex(digest, length, hex);
	EVP_MD_CTX_free(context);
	return status < 0 ? v2v_fail(err, "manifest", "cannot hash '%s'",
				    member->name)
			  : 0;
}

/* Names count from the manifest's own folder. */
static const struct v2v_ova_member *find_named(const struct v2v_ova *ova,
	const struct v2v_ova_member *manifest, const char *name)
{
	const char *slash = strrchr(manifest->name, '/');
	size_t n = slash ? (size_t)(slash - manifest->name) + 1 : 0;
	CLEANUP_FREE char *path = NULL;

	if (v2v_starts_with(name, "./"))
		name += 2;
	path = v2v_format("%.*s%s", (int)n, manifest->name, name);
	return v2v_ova_find(ova, path);
}

/* Did a line before, which fitted, say the same? */
static bool is_repeated(
	const struct v2v_list *lines, const struct v2v_manifest_line *line)
{
	for (const struct v2v_manifest_line *l = lines->items; l < line; l++)
		if (l->name && l->algorithm == line->algorithm &&
			strcmp(l->name, line->name) == 0 &&
			strcmp(l->digest, line->digest) == 0)
			return true;
	return false;
}

static int check_line(struct v2v *v, const struct v2v_ova *ova,
	const struct v2v_ova_member *manifest, const struct v2v_list *lines,
	const struct v2v_manifest_line *line, struct v2v_error *err)
{
	const struct v2v_ova_member *member;
	char hex[2 * EVP_MAX_MD_SIZE + 1] = "";

	if (!line->name) {
		v2v_warn(v, "manifest-line", "%s:%u: the line cannot be read",
			manifest->name, line->number);
		return 0;
	}
	member = find_named(ova, manifest, line->name);
	if (!member) {
		v2v_warn(v, "manifest-missing-file",
			"%s:%u: '%s' is not in the OVA", manifest->name,
			line->number, line->name);
		return 0;
	}
	if (!line->algorithm) {
		v2v_warn(v, "manifest-algorithm",
			"%s:%u: the algorithm is not known, '%s' is unchecked",
			manifest->name, line->number, line->name);
		return 0;
	}
	if (is_repeated(lines, line))
		return 0;
	if (digest_of(v, ova, member, line->algorithm, hex, err) < 0)
		return -1;
	if (strcmp(hex, line->digest) != 0)
		return v2v_fail(err, "manifest-mismatch",
			"'%s': the %s of '%s' is not the manifest's: the OVA "
			"is damaged or was changed",
			ova->file, line->algorithm, member->name);
	return 0;
}

int v2v_manifest_check(
	struct v2v *v, const struct v2v_ova *ova, struct v2v_error *err)
{
	struct v2v_list lines CLEANUP_MANIFEST = { 0 };
	CLEANUP_FREE char *text = NULL;
	size_t count;
	const struct v2v_ova_member *manifest =
		v2v_ova_find_suffix(ova, ".mf", &count);

	if (!manifest) {
		v2v_info(v, "manifest-absent",
			"'%s' has no manifest, nothing is checked", ova->file);
		return 0;
	}
	if (count > 1)
		return v2v_fail(err, "manifest-several",
			"'%s': %zu manifests are in it", ova->file, count);
	if (v2v_ova_read(ova, manifest, V2V_MANIFEST_MAX, &text, err) < 0)
		return -1;
	v2v_manifest_parse(text, &lines);
	if (lines.count > V2V_OVA_MAX_MEMBERS)
		return v2v_fail(err, "manifest-limit",
			"'%s': '%s' has more than %d lines", ova->file,
			manifest->name, V2V_OVA_MAX_MEMBERS);
	v2v_list_foreach (const struct v2v_manifest_line, line, &lines)
		if (check_line(v, ova, manifest, &lines, line, err) < 0)
			return -1;
	return 0;
}
