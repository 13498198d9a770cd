/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From disks to mountpoints: os-release texts (tests/data/release), fstab with
 * crypttab and mdadm.conf over lists of volumes (tests/data/mountpoints), what
 * prevents converting (tests/data/storage).
 */
#include "cases.h"

#include "guest/mounts.h"
#include "inspect/findings/findings.h"
#include "inspect/storage.h"
#include "linux/distro/release.h"
#include "linux/storage/fstab.h"

#define TEXT(object, key) json_string_value(json_object_get(object, key))

static void differ(const char *path, const json_t *got, const json_t *want)
{
	CLEANUP_FREE char *a = NULL, *b = NULL;

	if (json_equal(got, want))
		return;
	a = json_dumps(got, JSON_INDENT(1) | JSON_SORT_KEYS);
	b = json_dumps(want, JSON_INDENT(1) | JSON_SORT_KEYS);
	same(path, a, b);
}

static json_t *load(const char *path)
{
	json_error_t why;
	json_t *json = json_load_file(path, 0, &why);

	if (!json) {
		fprintf(stderr, "%s:%d: %s\n", path, why.line, why.text);
		abort();
	}
	return json;
}

/* What libguestfs knows: NAME.known; without it nothing. */
static void load_known(const char *path, struct v2v_inspect *inspect)
{
	CLEANUP_FREE char *known = beside(path, ".known");
	json_auto_t *section = NULL, *doc = json_object();
	struct v2v_error err = { 0 };

	inspect->major_version = inspect->minor_version = -1;
	if (access(known, F_OK) < 0)
		return;
	section = load(known);
	json_object_set(doc, "inspect", section);
	if (v2v_inspect_load(doc, inspect, &err) < 0)
		same(known, err.text, "");
}

static void test_release(const char *path)
{
	CLEANUP_FREE char *text = read_whole(path);
	CLEANUP_FREE char *expected = beside(path, ".json");
	json_auto_t *want = load(expected), *all = NULL;
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	json_auto_t *got = json_object();
	const char *key;
	json_t *value;

	load_known(path, &inspect);
	v2v_release_apply(text, &inspect);
	all = v2v_inspect_store(&inspect);
	json_object_foreach (want, key, value)
		json_object_set(got, key, json_object_get(all, key));
	differ(path, got, want);
}

/* Folders below EFI. */
static void test_vendors(void)
{
	static const struct {
		const char *distro, *directory;
		bool is_its;
	} cases[] = {
		{ "almalinux", "almalinux", true },
		{ "centos", "CENTOS", true },
		{ "opensuse-leap", "opensuse", true },
		{ "pop", "Pop_OS-0f1e2d3c", true },
		{ "almalinux", "Microsoft", false },
		{ "almalinux", "BOOT", false },
		{ NULL, "BOOT", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct v2v_inspect inspect = {
			.distro = (char *)(uintptr_t)cases[i].distro
		};

		assert(v2v_release_is_vendor(&inspect, cases[i].directory) ==
			cases[i].is_its);
	}
}

static char *copy(const json_t *object, const char *key)
{
	return v2v_strdup(TEXT(object, key));
}

static void load_volumes(const json_t *array, struct v2v_list *volumes)
{
	size_t i;
	json_t *from;

	json_array_foreach (array, i, from) {
		struct v2v_volume *to = v2v_list_add(volumes, sizeof *to);

		to->device = copy(from, "device");
		to->type = copy(from, "type");
		to->label = copy(from, "label");
		to->uuid = copy(from, "uuid");
		to->partuuid = copy(from, "partuuid");
		to->partlabel = copy(from, "partlabel");
		to->parttype = copy(from, "parttype");
		to->array_uuid = copy(from, "array_uuid");
		to->array_name = copy(from, "array_name");
		to->members = (unsigned)json_integer_value(
			json_object_get(from, "members"));
		to->members_present = (unsigned)json_integer_value(
			json_object_get(from, "members_present"));
		to->unreadable =
			json_is_true(json_object_get(from, "unreadable"));
		to->repeated = json_is_true(json_object_get(from, "repeated"));
	}
}

static void test_mountpoints(const char *path)
{
	json_auto_t *c = load(path), *got = json_object();
	size_t disks = (size_t)json_integer_value(json_object_get(c, "disks"));
	CLEANUP_FREE struct v2v_disk *all =
		v2v_alloc(disks + 1, sizeof(struct v2v_disk));
	struct v2v_source source = { .disks = { all, disks } };
	struct v2v_list volumes CLEANUP_VOLUMES = { 0 };
	struct v2v_list entries CLEANUP_FSTAB = { 0 };
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	const struct v2v_volume_names names = { &volumes, &source, &inspect,
		TEXT(c, "crypttab"), TEXT(c, "mdadm_conf"), NULL };

	load_volumes(json_object_get(c, "volumes"), &volumes);
	v2v_volumes_describe(&volumes, &inspect);
	inspect.root = v2v_strdup(TEXT(c, "root"));
	v2v_fstab_read(TEXT(c, "fstab"), &entries);
	v2v_fstab_mountpoints(&entries, &names, &inspect);
	v2v_list_foreach (
		const struct v2v_mountpoint, mount, &inspect.mountpoints)
		json_object_set_new(
			got, mount->path, json_string(mount->device));
	differ(path, got, json_object_get(c, "expect"));
}

static void load_failures(const json_t *array, struct v2v_list *failures)
{
	size_t i;
	json_t *from;

	json_array_foreach (array, i, from) {
		struct v2v_mount_failure *to =
			v2v_list_add(failures, sizeof *to);

		to->device = copy(from, "device");
		to->path = copy(from, "path");
		to->reason = copy(from, "reason");
		to->unsupported =
			json_is_true(json_object_get(from, "unsupported"));
		to->no_place = json_is_true(json_object_get(from, "no_place"));
		to->read_only =
			json_is_true(json_object_get(from, "read_only"));
	}
}

/* "blocker encrypted /dev/sda2" for each finding, in order. */
static json_t *summary(const struct v2v_inspect *inspect)
{
	json_t *lines = json_array();

	v2v_list_foreach (
		const struct v2v_finding, finding, &inspect->findings) {
		CLEANUP_FREE char *line = v2v_format("%s %s %s", finding->level,
			finding->code, finding->where ? finding->where : "-");

		/* Each says more than its code. */
		assert(strlen(finding->text) > 20);
		json_array_append_new(lines, json_string(line));
	}
	return lines;
}

/* What is mounted, with its free MiB and inodes: {"/": ["/dev/sda1", 30, 500]}
 */
static void load_room(json_t *room, struct v2v_inspect *inspect)
{
	const char *path;
	json_t *value;

	json_object_foreach (room, path, value) {
		struct v2v_mountpoint *mount =
			v2v_list_add(&inspect->mountpoints, sizeof *mount);
		struct v2v_statvfs *st = v2v_alloc(1, sizeof *st);
		struct v2v_filesystem *fs;
		int mib, inodes;
		const char *device;

		assert(json_unpack(value, "[s, i, i]", &device, &mib,
			       &inodes) == 0);
		*st = (struct v2v_statvfs){ 1 << 20, 1000, mib, mib, 1000,
			inodes };
		mount->path = v2v_strdup(path);
		mount->device = v2v_strdup(device);
		fs = v2v_inspect_filesystem(inspect, device);
		assert(fs);
		fs->statvfs = st;
	}
}

/* A guest as v2v_storage_find() leaves it, and what is found in it. */
static void test_findings(const char *path)
{
	json_auto_t *c = load(path), *got = NULL;
	struct v2v_storage storage CLEANUP_STORAGE = { 0 };
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	json_t *root;
	size_t i;

	load_volumes(json_object_get(c, "volumes"), &storage.volumes);
	load_failures(json_object_get(c, "failed"), &storage.roots.failed);
	load_failures(json_object_get(c, "missed"), &storage.roots.missed);
	load_failures(json_object_get(c, "not_mounted"), &storage.not_mounted);
	load_failures(json_object_get(c, "images"), &storage.images.failed);
	storage.images.is_read =
		json_is_true(json_object_get(c, "image_is_read"));
	json_array_foreach (json_object_get(c, "roots"), i, root)
		v2v_roots_add(&storage.roots.roots, &storage.volumes,
			json_string_value(root));
	storage.distro_unknown =
		json_is_true(json_object_get(c, "distro_unknown"));
	inspect.distro =
		v2v_strdup(json_string_value(json_object_get(c, "distro")));
	assert(v2v_roots_choose(NULL, &storage.roots, NULL) == 0);
	if (storage.roots.roots.count) {
		const struct v2v_root *first = storage.roots.roots.items;

		inspect.root = v2v_strdup(first->device);
		inspect.type = v2v_strdup("linux");
	}
	v2v_volumes_describe(&storage.volumes, &inspect);
	load_room(json_object_get(c, "room"), &inspect);
	v2v_storage_findings(&storage, &inspect);
	got = summary(&inspect);
	differ(path, got, json_object_get(c, "expect"));
}

int main(void)
{
	each_case("tests/data/release/*.os-release", 30, test_release);
	test_vendors();
	each_case("tests/data/mountpoints/*.json", 14, test_mountpoints);
	each_case("tests/data/storage/*.json", 12, test_findings);
	return 0;
}
