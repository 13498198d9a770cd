/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checking an OVA's members against its manifest. */
#include "core/file.h"
#include "core/names.h"
#include "unpack/manifest.h"
#include "unpack/ova-private.h"

#define CHUNK (1 << 20)

/* Read a member where it lies, and hash it meanwhile on another thread. */
static int hash_place(struct v2v *v, const struct v2v_ova_member *member,
	struct v2v_hasher *hasher, struct v2v_error *err)
{
	CLEANUP_FREE char *chunk = v2v_alloc(1, CHUNK);
	CLEANUP_CLOSE int fd = v2v_open_regular(member->file, NULL, err);

	if (fd < 0)
		return -1;
	for (uint64_t at = 0; at < member->size;) {
		uint64_t left = member->size - at;
		size_t n = left < CHUNK ? (size_t)left : CHUNK;

		if (v2v_check_cancel(v, err) < 0 ||
			v2v_pread_all(fd, member->file, chunk, n,
				member->offset + at, err) < 0)
			return -1;
		v2v_hasher_add(hasher, chunk, n);
		at += n;
		if (member->size > CHUNK)
			v2v_progress(v, -1, at, member->size, "bytes");
	}
	return 0;
}

static int hash_member(struct v2v *v, struct v2v_ova_member *member,
	unsigned algorithm, struct v2v_error *err)
{
	struct v2v_hasher *hasher CLEANUP_HASHER =
		v2v_hasher_new(algorithm, err);

	if (!hasher)
		return -1;
	if (member->text)
		v2v_hasher_add(hasher, member->text, member->size);
	else if (hash_place(v, member, hasher, err) < 0)
		return -1;
	v2v_hasher_end(hasher, &member->digests);
	return 0;
}

/* What is unreadable, unknown or missing is reported; 1 where there is
 * something to compare. */
static bool is_checkable(struct v2v *v, const struct v2v_ova_member *manifest,
	const struct v2v_manifest_line *line)
{
	if (!line->name)
		v2v_warn(v, "manifest-line", "%s:%u: the line cannot be read",
			manifest->name, line->number);
	else if (line->member == manifest)
		v2v_warn(v, "manifest-self",
			"%s:%u: the manifest lists itself, which no digest can "
			"fit; the line is ignored",
			manifest->name, line->number);
	else if (!line->member)
		v2v_warn(v, "manifest-missing-file",
			"%s:%u: '%s' is not in the OVA", manifest->name,
			line->number, line->name);
	else if (!line->algorithm)
		v2v_warn(v, "manifest-algorithm",
			"%s:%u: the algorithm is not known, '%s' is unchecked",
			manifest->name, line->number, line->name);
	else
		return true;
	return false;
}

static int check_line(struct v2v *v, struct v2v_ova *ova,
	const struct v2v_ova_member *manifest,
	const struct v2v_manifest_line *line, struct v2v_error *err)
{
	struct v2v_ova_member *member = line->member;

	if (member)
		member->listed = true;
	if (!is_checkable(v, manifest, line))
		return 0;
	if (!v2v_digest_get(&member->digests, line->algorithm) &&
		hash_member(v, member, line->algorithm, err) < 0)
		return -1;
	if (v2v_streq(v2v_digest_get(&member->digests, line->algorithm),
		    line->digest))
		return 0;
	return v2v_fail(err, "manifest-mismatch",
		"'%s': the %s of '%s' is not the manifest's: the OVA is "
		"damaged or was changed (--no-verify takes it as it is)",
		ova->file, v2v_digest_name(line->algorithm), member->name);
}

/* Packed members that nobody hashed yet: one more pass does all of them. */
static int hash_packed(struct v2v *v, struct v2v_ova *ova,
	const struct v2v_list *lines, struct v2v_error *err)
{
	v2v_list_foreach (const struct v2v_manifest_line, line, lines) {
		struct v2v_ova_member *member = line->member;

		if (member && line->algorithm && !member->file &&
			!member->text &&
			!v2v_digest_get(&member->digests, line->algorithm))
			member->algorithms |= line->algorithm;
	}
	return v2v_ova_fetch(v, ova, err);
}

/* "x.mf" for "x.ovf", in any case; NULL. */
static const struct v2v_ova_member *find_own(
	struct v2v_ova *ova, const struct v2v_ova_member *descriptor)
{
	size_t n = strlen(descriptor->name) - strlen(".ovf");
	CLEANUP_FREE char *name =
		v2v_format("%.*s.mf", (int)n, descriptor->name);
	const struct v2v_ova_member *found = v2v_ova_find(ova, name);

	v2v_ova_foreach (member, ova) {
		if (!found && strcasecmp(member->name, name) == 0)
			found = member;
	}
	return found;
}

/* Is it called like a descriptor that was not chosen? */
static bool is_anothers(const struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor,
	const struct v2v_ova_member *manifest)
{
	size_t n = strlen(manifest->name) - strlen(".mf");

	v2v_ova_foreach (member, ova) {
		if (member != descriptor &&
			strlen(member->name) == n + strlen(".ovf") &&
			strncasecmp(member->name, manifest->name, n) == 0 &&
			strcasecmp(member->name + n, ".ovf") == 0)
			return true;
	}
	return false;
}

static const struct v2v_ova_member *find_only(struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor, size_t *ret_count)
{
	const struct v2v_ova_member *found =
		v2v_ova_find_suffix(ova, ".ovf", ret_count);

	if (*ret_count < 2)
		return v2v_ova_find_suffix(ova, ".mf", ret_count);
	found = NULL;
	*ret_count = 0;
	v2v_ova_foreach (member, ova) {
		if (!v2v_ends_with_nocase(member->name, ".mf") ||
			is_anothers(ova, descriptor, member))
			continue;
		found = found ? found : member;
		(*ret_count)++;
	}
	return found;
}

/* The only one that is not another descriptor's.  A folder may hold other
 * things too: there the one that is called like the descriptor comes first, and
 * beside a lone OVF it is the only one that counts. */
static int find_manifest(struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor,
	const struct v2v_ova_member **ret, struct v2v_error *err)
{
	const struct v2v_ova_member *own =
		ova->folder ? find_own(ova, descriptor) : NULL;
	size_t count;

	*ret = find_only(ova, descriptor, &count);
	if (own || ova->kind == V2V_CONTAINER_OVF) {
		*ret = own;
		return 0;
	}
	if (count > 1)
		return v2v_fail(err, "manifest-several",
			"'%s': %zu manifests are in it", ova->file, count);
	return 0;
}

void v2v_manifest_tell_left_out(struct v2v *v, const struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor)
{
	struct v2v_names names CLEANUP_NAMES = { 0 };

	if (!ova->manifest)
		return;
	if (descriptor && !descriptor->listed)
		v2v_names_add(&names, descriptor->name);
	v2v_ova_foreach (member, ova) {
		if (!member->wanted || member->listed)
			continue;
		member->listed = true;
		v2v_names_add(&names, member->name);
	}
	if (names.count)
		v2v_warn(v, "manifest-incomplete",
			"'%s' leaves out %s: unchecked", ova->manifest->name,
			v2v_names_text(&names));
}

int v2v_manifest_check(struct v2v *v, struct v2v_ova *ova,
	const struct v2v_ova_member *descriptor, struct v2v_error *err)
{
	struct v2v_list lines CLEANUP_MANIFEST = { 0 };
	const struct v2v_ova_member *manifest;
	CLEANUP_FREE char *text = NULL;

	if (find_manifest(ova, descriptor, &manifest, err) < 0)
		return -1;
	if (!manifest) {
		v2v_record(v, "manifest-absent",
			"'%s' has no manifest, nothing is checked", ova->file);
		return 0;
	}
	if (v2v_ova_read(ova, manifest, V2V_MANIFEST_MAX, &text, err) < 0)
		return -1;
	v2v_manifest_parse(text, manifest->size, &lines);
	if (lines.count > V2V_OVA_MAX_MEMBERS)
		return v2v_fail(err, "manifest-limit",
			"'%s': '%s' has more than %d lines", ova->file,
			manifest->name, V2V_OVA_MAX_MEMBERS);
	v2v_manifest_resolve(ova, manifest, &lines);
	if (hash_packed(v, ova, &lines, err) < 0)
		return -1;
	v2v_list_foreach (const struct v2v_manifest_line, line, &lines)
		if (check_line(v, ova, manifest, line, err) < 0)
			return -1;
	ova->manifest = manifest;
	v2v_manifest_tell_left_out(v, ova, descriptor);
	return 0;
}

/* Member's name: the set of algorithms in the manifest. */
static json_t *wanted_algorithms(const struct v2v_ova_member *manifest)
{
	struct v2v_list lines CLEANUP_MANIFEST = { 0 };
	json_t *wanted = json_object();

	v2v_manifest_parse(manifest->text, manifest->size, &lines);
	v2v_list_foreach (const struct v2v_manifest_line, line, &lines) {
		CLEANUP_FREE char *bare =
			line->name ? v2v_manifest_bare_name(line->name) : NULL;
		CLEANUP_FREE char *name =
			bare ? v2v_ova_beside(manifest, bare) : NULL;
		json_int_t before;

		if (!name)
			continue;
		before = json_integer_value(json_object_get(wanted, name));
		json_object_set_new_nocheck(wanted, name,
			json_integer(before | (json_int_t)line->algorithm));
	}
	return wanted;
}

unsigned v2v_manifest_algorithms(const struct v2v_ova *ova, json_t **cache,
	const struct v2v_ova_member *member)
{
	const struct v2v_ova_member *manifest;
	size_t count;

	if (!*cache) {
		manifest = v2v_ova_find_suffix(ova, ".mf", &count);
		if (!manifest || !manifest->text)
			return V2V_SHA_USUAL;
		*cache = wanted_algorithms(manifest);
	}
	return (unsigned)json_integer_value(
		json_object_get(*cache, member->name));
}
