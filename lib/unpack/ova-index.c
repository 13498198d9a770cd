/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The index of an OVA, whatever its container: members and their names. */
#include "core/file.h"
#include "core/workdir.h"
#include "unpack/machine-xml.h"
#include "unpack/ova-private.h"
#include "unpack/vagrant.h"
#include "unpack/vmx.h"

static void member_free(struct v2v_ova_member *member)
{
	free(member->name);
	free(member->file);
	free(member->text);
	v2v_digests_clear(&member->digests);
	free(member);
}

void v2v_ova_clear(struct v2v_ova *ova)
{
	v2v_ova_foreach (member, ova)
		member_free(member);
	free(ova->members.items);
	json_decref(ova->names);
	free(ova->file);
	free(ova->folder);
	if (ova->folder_fd > 0)
		close(ova->folder_fd);
	if (ova->spool)
		v2v_remove_tree(ova->spool);
	free(ova->spool);
	*ova = (struct v2v_ova){ .folder_fd = -1 };
}

char *v2v_ova_without_dots(const char *s)
{
	struct v2v_text clean = { 0 };

	while (*s) {
		size_t n = strcspn(s, "/");

		if (n && !(n == 1 && *s == '.'))
			v2v_text_join(&clean, "/", "%.*s", (int)n, s);
		s += n;
		s += strspn(s, "/");
	}
	return v2v_text_take(&clean);
}

int v2v_ova_clean_name(const struct v2v_ova *ova, const char *name,
	char **ret_name, struct v2v_error *err)
{
	CLEANUP_FREE char *clean = v2v_ova_without_dots(name);

	if (!*clean || *name == '/' || strchr(name, '\n') ||
		strcmp(clean, "..") == 0 || v2v_starts_with(clean, "../") ||
		v2v_ends_with(clean, "/..") || strstr(clean, "/../"))
		return v2v_fail(err, "ova-name",
			"'%s': the member name '%s' leads out of the OVA",
			ova->file, name);
	*ret_name = v2v_take(clean);
	return 0;
}

bool v2v_ova_is_fork(const char *name)
{
	const char *base = strrchr(name, '/');

	return v2v_starts_with(base ? base + 1 : name, "._");
}

bool v2v_ova_is_text(const char *name, uint64_t *ret_max)
{
	static const struct {
		const char *suffix;
		uint64_t max;
	} texts[] = {
		{ ".ovf", V2V_OVF_MAX },
		{ ".mf", V2V_MANIFEST_MAX },
		{ ".vmx", V2V_VMX_MAX },
		{ ".vmtx", V2V_VMX_MAX },
		{ ".vmsd", V2V_VMX_MAX },
		{ ".vbox", V2V_MACHINE_XML_MAX },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (v2v_ends_with_nocase(name, texts[i].suffix)) {
			*ret_max = texts[i].max;
			return true;
		}
	*ret_max = V2V_MANIFEST_MAX;
	return strcmp(name, V2V_VAGRANT_FILE) == 0;
}

int v2v_ova_add(struct v2v_ova *ova, const char *name, uint64_t size,
	struct v2v_ova_member **ret_member, struct v2v_error *err)
{
	struct v2v_ova_member *member;

	if (json_object_get(ova->names, name))
		return v2v_fail(err, "ova-member",
			"'%s': two members are called '%s'", ova->file, name);
	if (ova->members.count >= V2V_OVA_MAX_MEMBERS)
		return v2v_fail(err, "ova-limit", "'%s': more than %d members",
			ova->file, V2V_OVA_MAX_MEMBERS);
	member = v2v_alloc(1, sizeof *member);
	member->name = v2v_strdup(name);
	member->size = size;
	json_object_set_new_nocheck(
		ova->names, name, json_integer((json_int_t)ova->members.count));
	*(struct v2v_ova_member **)v2v_list_add(&ova->members, sizeof member) =
		member;
	*ret_member = member;
	return 0;
}

int v2v_ova_make_spool(
	struct v2v *v, struct v2v_ova *ova, struct v2v_error *err)
{
	if (!ova->spool)
		ova->spool =
			v2v_workdir_temporary(v->tmpdir, "v2v-spool-", err);
	return ova->spool ? 0 : -1;
}

struct v2v_ova_member *v2v_ova_find(struct v2v_ova *ova, const char *name)
{
	const json_t *place = json_object_get(ova->names, name);

	if (place)
		return v2v_items(struct v2v_ova_member *,
			&ova->members)[json_integer_value(place)];
	return ova->ops && ova->ops->find ? ova->ops->find(ova, name) : NULL;
}

struct v2v_ova_member *v2v_ova_find_suffix(
	const struct v2v_ova *ova, const char *suffix, size_t *ret_count)
{
	struct v2v_ova_member *found = NULL;

	*ret_count = 0;
	v2v_ova_foreach (member, ova) {
		if (!v2v_ends_with_nocase(member->name, suffix))
			continue;
		found = found ? found : member;
		(*ret_count)++;
	}
	return found;
}

int v2v_ova_read(const struct v2v_ova *ova, const struct v2v_ova_member *member,
	uint64_t max, char **ret_text, struct v2v_error *err)
{
	CLEANUP_FREE char *text = NULL;
	CLEANUP_CLOSE int fd = -1;

	if (member->size > max)
		return v2v_fail(err, "ova-limit",
			"'%s': the member '%s' is larger than %llu bytes",
			ova->file, member->name, (unsigned long long)max);
	text = v2v_alloc(1, member->size + 1);
	if (member->text) {
		memcpy(text, member->text, member->size);
		*ret_text = v2v_take(text);
		return 0;
	}
	fd = v2v_open_regular(member->file, NULL, err);
	if (fd < 0 || v2v_pread_all(fd, member->file, text, member->size,
			      member->offset, err) < 0)
		return -1;
	*ret_text = v2v_take(text);
	return 0;
}
