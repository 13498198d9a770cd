/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which member of an OVA is its descriptor, and what there is without one. */
#include "core/names.h"
#include "unpack/ova-private.h"
#include "unpack/vagrant.h"

/* What else a machine is kept in, and what to do with it.  An OVA beside a
 * settings file is the better way, a settings file better than its disks. */
#define EXPORT "export the machine as OVF, or give its disk images as arguments"
#define DISKS  "give the disk images as arguments"

static const struct {
	const char *suffix; /* of the name, in any case */
	const char *what, *advice;
	bool inside; /* it must be unpacked for that */
} others[] = {
	{ ".ova", "an OVA", "give that one", true },
	{ "ova.xml", "of an .xva, XenServer's own format",
		"export the machine as OVF", false },
	{ ".vmcx", "a machine's settings for Hyper-V", DISKS, true },
	{ ".pvs", "a machine's settings for Parallels", EXPORT, false },
	{ ".vma", "a backup of Proxmox", DISKS, true },
	{ "vagrantfile", "a box of Vagrant", DISKS, true },
	{ "oci-layout", "a container, not a machine",
		"there is nothing to convert", false },
	{ ".vmdk", "a disk image", DISKS, true },
	{ ".qcow2", "a disk image", DISKS, true },
	{ ".vhdx", "a disk image", DISKS, true },
	{ ".vhd", "a disk image", DISKS, true },
	{ ".vdi", "a disk image", DISKS, true },
	{ ".raw", "a disk image", DISKS, true },
	{ ".img", "a disk image", DISKS, true },
};

static int fail_no_ovf(const struct v2v_ova *ova, struct v2v_error *err)
{
	struct v2v_names names CLEANUP_NAMES = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		v2v_ova_foreach (member, ova) {
			struct v2v_names one CLEANUP_NAMES = { 0 };

			if (!v2v_ends_with_nocase(
				    member->name, others[i].suffix))
				continue;
			v2v_names_add(&one, member->name);
			return v2v_fail(err, "ova-no-ovf",
				"'%s': no .ovf, .vmx or .vbox is in it, but "
				"%s, %s: %s%s",
				ova->file, v2v_names_text(&one), others[i].what,
				others[i].inside && !ova->folder
					? "unpack it and "
					: "",
				others[i].advice);
		}
	v2v_ova_foreach (member, ova)
		v2v_names_add(&names, member->name);
	return v2v_fail(err, "ova-no-ovf",
		"'%s' is not an OVA: no .ovf, .vmx or .vbox is in it, but %s",
		ova->file, v2v_names_text(&names));
}

/* A template of VMware is a machine like any other. */
static bool has_suffix(const char *name, const char *suffix)
{
	return v2v_ends_with_nocase(name, suffix) ||
	       (strcmp(suffix, ".vmx") == 0 &&
		       v2v_ends_with_nocase(name, ".vmtx"));
}

/* Other archives, too, have a file of that name. */
static bool is_box(const struct v2v_ova *ova)
{
	return json_object_get(ova->names, V2V_VAGRANT_FILE) &&
	       (json_object_get(ova->names, V2V_VAGRANT_DISK) ||
		       json_object_get(ova->names, "Vagrantfile"));
}

/* The kind of descriptors of which there is one, the better ones first; that of
 * @wanted before all others. */
static const char *descriptor_suffix(
	const struct v2v_ova *ova, const char *wanted)
{
	static const char *const suffixes[] = { ".ovf", ".vmx", ".vbox" };
	size_t count;

	for (size_t i = 0; wanted && i < ARRAY_SIZE(suffixes); i++)
		if (has_suffix(wanted, suffixes[i]))
			return suffixes[i];
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (v2v_ova_find_suffix(ova, suffixes[i], &count))
			return suffixes[i];
	if (v2v_ova_find_suffix(ova, ".vmtx", &count))
		return ".vmx";
	return is_box(ova) ? V2V_VAGRANT_FILE : ".ovf";
}

/* One that counts: beside one that the user named no other does. */
static bool is_descriptor(const struct v2v_ova *ova,
	const struct v2v_ova_member *member, const char *suffix)
{
	if (ova->kind == V2V_CONTAINER_OVF)
		return strcmp(member->name, strrchr(ova->file, '/') + 1) == 0;
	return strcmp(suffix, V2V_VAGRANT_FILE) == 0
		       ? strcmp(member->name, suffix) == 0
		       : has_suffix(member->name, suffix);
}

bool v2v_ova_is_described(const struct v2v_ova *ova)
{
	const char *suffix = descriptor_suffix(ova, NULL);

	v2v_ova_foreach (member, ova)
		if (is_descriptor(ova, member, suffix))
			return true;
	return false;
}

/* It is compared, and leads nowhere. */
static bool fits(const struct v2v_ova_member *member, const char *wanted)
{
	const char *slash = strrchr(member->name, '/');

	return !wanted || strcmp(slash ? slash + 1 : member->name, wanted) == 0;
}

int v2v_ova_descriptor(struct v2v_ova *ova, const char *wanted,
	const struct v2v_ova_member **ret_member, struct v2v_error *err)
{
	CLEANUP_FREE char *exact = v2v_ova_without_dots(wanted ? wanted : "");
	struct v2v_names names CLEANUP_NAMES = { 0 };
	const struct v2v_ova_member *found = NULL;
	const char *suffix = descriptor_suffix(ova, wanted);
	size_t count = 0;

	v2v_ova_foreach (member, ova) {
		if (!is_descriptor(ova, member, suffix))
			continue;
		v2v_names_add(&names, member->name);
		if (strcmp(member->name, exact) == 0) {
			*ret_member = member;
			return 0;
		}
		if (fits(member, wanted) && !count++)
			found = member;
	}
	if (!names.count)
		return fail_no_ovf(ova, err);
	if (!count) {
		struct v2v_names one CLEANUP_NAMES = { 0 };

		v2v_names_add(&one, wanted);
		return v2v_fail(err, "ova-no-such-ovf",
			"'%s': no %s %s is in it, but %s", ova->file, suffix,
			v2v_names_text(&one), v2v_names_text(&names));
	}
	if (count > 1)
		return v2v_fail(err, "ova-several-ovf",
			"'%s': %zu %s files are in it, %s; --ovf chooses one",
			ova->file, names.count, suffix, v2v_names_text(&names));
	*ret_member = found;
	return 0;
}

const struct v2v_ova_member *v2v_ova_descriptor_met(
	const struct v2v_ova *ova, const char *wanted)
{
	CLEANUP_FREE char *exact = v2v_ova_without_dots(wanted ? wanted : "");

	v2v_ova_foreach (member, ova) {
		if (is_descriptor(ova, member, ".ovf") &&
			(!wanted || strcmp(member->name, exact) == 0))
			return member;
	}
	return NULL;
}
