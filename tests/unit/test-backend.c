/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which backend is taken; and one that knows nothing of operating systems and
 * runs no program: every filesystem is looked at. */
#include "fake-os.h"

#include "guest/backends.h"
#include "guest/mount-words.h"
#include "guest/mounts.h"
#include "guest/os.h"
#include "inspect/storage.h"

static void test_names(void)
{
	static const char *const unknown[] = { "", "Auto", "libguestfs ",
		"kvm" };
	struct v2v *v = v2v_new();
	struct v2v_error err = { 0 };

	assert(v2v_set_backend(v, NULL, &err) == 0 && !v->backend);
	assert(v2v_set_backend(v, "libguestfs", &err) == 0);
	same("backend", v->backend, "libguestfs");
	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++) {
		err = (struct v2v_error){ 0 };
		assert(v2v_set_backend(v, unknown[i], &err) < 0);
		same("code", err.code, "backend-unknown");
		assert(strstr(
			err.text, "(supported: auto, libguestfs, uml, qemu)"));
		same("backend", v->backend, "libguestfs");
	}
	assert(v2v_set_backend(v, "auto", NULL) == 0 && !v->backend);
	v2v_free(v);
}

/* "/dev/sda1" is swap, "/dev/sda2" the root, "/dev/sda3" an empty one. */
static const struct {
	const char *device, *type, *place;
} volumes[] = {
	{ "/dev/sda1", "swap", NULL },
	{ "/dev/sda2", "ext4", "/" },
	{ "/dev/sda3", "ext4", NULL },
};

static void machine_open(struct fake_machine *m, char *top, char *nothing)
{
	assert(mkdtemp(top) && mkdtemp(nothing));
	*m = (struct fake_machine){ .top = top,
		.nothing = nothing,
		.arch = "x86_64",
		.firmware = "bios",
		.disks = 1 };
	for (size_t i = 0; i < ARRAY_SIZE(volumes); i++) {
		struct fake_volume *volume =
			v2v_list_add(&m->volumes, sizeof *volume);

		volume->v.device = (char *)volumes[i].device;
		volume->v.type = (char *)volumes[i].type;
		volume->place = (char *)volumes[i].place;
	}
	fake_put_file(top, "/etc", NULL);
	fake_put_file(top, "/bin", NULL);
	fake_put_file(top, "/etc/fstab", "/dev/sda2 / ext4 defaults 0 1\n");
	fake_put_file(top, "/etc/os-release",
		"ID=debian\nVERSION_ID=12\nPRETTY_NAME=\"Debian 12\"\n");
}

static void test_look(void)
{
	char top[] = "/tmp/test-backend-XXXXXX";
	char nothing[] = "/tmp/test-backend-XXXXXX";
	char dir[] = "/tmp/test-backend-XXXXXX";
	char *const argv[] = { "true", NULL };
	struct v2v_appliance_ops ops = v2v_libguestfs_ops;
	struct fake_machine machine;
	struct guestfs_h fake = { .machine = &machine };
	struct v2v_source source = { 0 };
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	struct v2v_storage storage CLEANUP_STORAGE = { 0 };
	struct v2v_error err = { 0 };
	struct v2v_guest guest;

	assert(mkdtemp(dir));
	machine_open(&machine, top, nothing);
	fake_guest_open(&guest, &fake, nothing, dir);
	ops.name = "other";
	ops.inspection = NULL;
	ops.programs = NULL;
	guest.a->ops = &ops;

	assert(!v2v_guest_can_inspect(&guest));
	v2v_storage_find(&guest, &source, NULL, &inspect, &storage, &err);
	same("error", err.code ? err.text : NULL, NULL);
	same("root", inspect.root, "/dev/sda2");
	same("type", inspect.type, "linux");
	same("distro", inspect.distro, "debian");
	/* By lib/os. */
	same("package_format", inspect.package_format, "deb");
	assert(storage.roots.roots.count == 1 && !storage.roots.probed);
	assert(inspect.mountpoints.count == 1);
	assert(v2v_guest_applications(&guest, &inspect, &err) == 0);
	assert(inspect.applications.count == 0);

	assert(v2v_guest_run(&guest, argv, &err) < 0);
	same("code", err.code, "guest-program");
	assert(strstr(err.text, "'other'"));

	json_decref(guest.texts);
	json_decref(guest.told);
	v2v_free(guest.v);
	free(machine.volumes.items);
	free(machine.root);
	v2v_remove_tree(top);
	v2v_remove_tree(nothing);
	v2v_remove_tree(dir);
}

/* Backends that start or do not, and who was asked. */
static char asked[8];

static int note(char who)
{
	size_t n = strlen(asked);

	assert(n + 1 < sizeof asked);
	asked[n] = who;
	return 0;
}

static int start_not(const struct v2v_appliance_config *config,
	struct v2v_appliance **ret_appliance, struct v2v_error *err)
{
	(void)ret_appliance;
	note(*config->ops->name);
	return v2v_fail(err, "backend-cannot", "%s cannot", config->ops->name);
}

static int start_well(const struct v2v_appliance_config *config,
	struct v2v_appliance **ret_appliance, struct v2v_error *err)
{
	static struct v2v_appliance appliance;

	(void)err;
	note(*config->ops->name);
	appliance.ops = config->ops;
	*ret_appliance = &appliance;
	return 0;
}

static int start_cancelled(const struct v2v_appliance_config *config,
	struct v2v_appliance **ret_appliance, struct v2v_error *err)
{
	(void)ret_appliance;
	note(*config->ops->name);
	v2v_cancel(config->v);
	return v2v_check_cancel(config->v, err);
}

static const struct v2v_appliance_life never = { .start = start_not };
static const struct v2v_appliance_life well = { .start = start_well };
static const struct v2v_appliance_life stopped = { .start = start_cancelled };
static const struct v2v_appliance_ops a_never = { "a", .life = &never };
static const struct v2v_appliance_ops b_well = { "b", .life = &well };
static const struct v2v_appliance_ops c_well = { "c", .life = &well };
static const struct v2v_appliance_ops d_never = { "d", .life = &never };
static const struct v2v_appliance_ops e_stopped = { "e", .life = &stopped };

/* The first that starts is taken; else the error is that of the last one. */
static void test_order(void)
{
	static const struct {
		const struct v2v_appliance_ops *list[3];
		const char *asked, *taken, *code, *text;
	} rows[] = {
		{ { &a_never, &b_well, &c_well }, "ab", "b", NULL, NULL },
		{ { &b_well, &a_never, &c_well }, "b", "b", NULL, NULL },
		{ { &a_never, &d_never, &c_well }, "adc", "c", NULL, NULL },
		{ { &a_never, &a_never, &d_never }, "aad", NULL,
			"backend-cannot",
			"d cannot (before it, a: a cannot; a: a cannot)" },
		{ { &a_never, &e_stopped, &b_well }, "ae", NULL, "cancelled",
			NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct v2v *v = v2v_new();
		const struct v2v_appliance_config config = { .v = v };
		struct v2v_appliance *a = NULL;
		struct v2v_error err = { 0 };
		int status;

		memset(asked, 0, sizeof asked);
		status = v2v_backends_start(rows[i].list, 3, &config, &a, &err);
		same("asked", asked, rows[i].asked);
		same("taken", a ? a->ops->name : NULL, rows[i].taken);
		same("code", err.code, rows[i].code);
		assert(status == (rows[i].taken ? 0 : -1));
		if (rows[i].text)
			same("text", err.text, rows[i].text);
		v2v_free(v);
	}
}

/* What was taken before, and what did not know the guest. */
static void test_first(void)
{
	static const struct v2v_appliance_ops *const list[] = { &a_never,
		&b_well, &c_well };
	static const struct {
		const char *from, *after;
		size_t first;
	} rows[] = {
		{ NULL, NULL, 0 },
		{ "a", NULL, 0 },
		{ "b", NULL, 1 },
		{ "nobody", NULL, 0 },
		{ NULL, "a", 1 },
		{ "a", "b", 2 },
		{ "c", "a", 1 },
		{ NULL, "c", 3 },
		{ NULL, "nobody", 0 },
	};
	struct v2v *v = v2v_new();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert(v2v_backends_first(list, 3, rows[i].from,
			       rows[i].after) == rows[i].first);
	/* The last of the list of "auto"; not of it. */
	assert(!v2v_backend_has_next(v, "libguestfs", NULL));
	assert(!v2v_backend_has_next(v, "nobody", NULL));
	assert(v2v_backend_has_next(v, "uml", NULL));
	v2v_free(v);
}

/* Kernels by the driver that they have and their Linux. */
static int knows_old(struct v2v *v, const char *type, unsigned *ret_linux)
{
	(void)v;
	*ret_linux = 6001;
	return strcmp(type, "ext4") == 0;
}

static int knows_same(struct v2v *v, const char *type, unsigned *ret_linux)
{
	return knows_old(v, type, ret_linux) || strcmp(type, "exfat") == 0;
}

static int knows_new(struct v2v *v, const char *type, unsigned *ret_linux)
{
	knows_old(v, type, ret_linux);
	*ret_linux = 6012;
	return strcmp(type, "zfs_member") != 0;
}

static int knows_not(struct v2v *v, const char *type, unsigned *ret_linux)
{
	(void)v;
	(void)type;
	(void)ret_linux;
	return -1;
}

static void test_knows(void)
{
	static const struct v2v_appliance_life
		old = { .knows = knows_old },
		same_age = { .knows = knows_same },
		new = { .knows = knows_new }, unknown = { .knows = knows_not };
	static const struct {
		const struct v2v_appliance_life *before, *next;
		const char *type;
		bool more;
	} rows[] = {
		{ &old, &same_age, "ext4", false },
		{ &old, &same_age, "exfat", true },
		{ &old, &same_age, "bcachefs", false },
		{ &old, &new, "ext4", true },
		{ &old, &new, "bcachefs", true },
		{ &old, &new, "zfs_member", false },
		{ &new, &new, "bcachefs", false },
		{ &new, &old, "ext4", false },
		{ &old, &unknown, "zfs_member", true },
		{ &unknown, &old, "ext4", true },
		{ &unknown, &old, "exfat", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct v2v_appliance_ops before = {
			.life = rows[i].before
		};
		const struct v2v_appliance_ops next = { .life = rows[i].next };

		assert(v2v_backend_knows_more(NULL, &before, &next,
			       rows[i].type) == rows[i].more);
	}
}

/* Notes what it is asked for; ZFS is nobody's. */
static bool may(const void *opaque, const char *type)
{
	*(const char **)(uintptr_t)opaque = type;
	return !v2v_streq(type, "zfs_member");
}

/* A filesystem of tomorrow is another backend's matter; a damaged one is not,
 * nor what none can read. */
static void test_beyond(void)
{
	struct v2v_mount_failure failure = { .device = "/dev/sda3",
		.path = "/data",
		.reason = "EXT4-fs: unsupported" };
	struct v2v_volume volumes_of[] = { { .device = "/dev/sda1" },
		{ .device = "/dev/sda3", .type = "ext4" } };
	struct v2v_volume *volume = &volumes_of[0];
	struct v2v_storage storage = { .volumes = { volumes_of, 2 },
		.not_mounted = { &failure, 1 } };
	const char *asked_for = NULL;
	CLEANUP_FREE char *why = NULL;

	assert(!v2v_storage_beyond(&storage, may, &asked_for));
	failure.unsupported = true;
	why = v2v_storage_beyond(&storage, may, &asked_for);
	same("why", why, "/dev/sda3: EXT4-fs: unsupported");
	same("asked for", asked_for, "ext4");
	free(v2v_take(why));
	volumes_of[1].type = "zfs_member";
	assert(!v2v_storage_beyond(&storage, may, &asked_for));
	volumes_of[1].type = "ext4";
	storage.not_mounted = (struct v2v_list){ 0 };
	storage.roots.failed = (struct v2v_list){ &failure, 1 };
	why = v2v_storage_beyond(&storage, may, &asked_for);
	same("why", why, "/dev/sda3: EXT4-fs: unsupported");
	free(v2v_take(why));
	failure.unsupported = false;
	volume->unreadable = true;
	why = v2v_storage_beyond(&storage, may, &asked_for);
	same("why", why, "/dev/sda1 cannot be read");
}

/* A line without its marks; what tells more goes before what came last. */
static void test_words(void)
{
	static const struct {
		const char *log, *words;
		bool unsupported;
	} rows[] = {
		{ "", NULL, false },
		{ "<6>virtio_blk: ready\n", NULL, false },
		{ "<3>EXT4-fs (vdc3): corrupted!\n",
			"EXT4-fs (vdc3): corrupted!", false },
		{ "[    1.5] XFS (sda1): Corruption\n[    1.6] other\n",
			"XFS (sda1): Corruption", false },
		{ "<3>[    1.5] XFS (sda1): has unknown incompatible features\n"
		  "<4>XFS (sda1): failed",
			"XFS (sda1): has unknown incompatible features", true },
		{ "<6>JFS: nTxBlock = 1360\n<6>JFS: anything\n"
		  "[    1.5] JFS: nTxBlock = 1360\n",
			NULL, false },
		/* Of the filesystem that holds the image which failed. */
		{ "<6>EXT4-fs (vdc1): mounted filesystem with ordered data\n",
			NULL, false },
		{ "<3>SQUASHFS error: unable to read id index table\n"
		  "<5>XFS (vdc2): Mounting V5 Filesystem\n"
		  "<5>XFS (vdc2): Ending clean mount\n",
			"SQUASHFS error: unable to read id index table",
			false },
		{ "<3EXT4-fs (a", "<3EXT4-fs (a", false },
		{ "[3EXT4-fs (a\n] b", "[3EXT4-fs (a", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool unsupported = false;
		CLEANUP_FREE char *words =
			v2v_mount_words(rows[i].log, &unsupported);

		same("words", words, rows[i].words);
		assert(unsupported == rows[i].unsupported);
	}
}

int main(void)
{
	test_words();
	test_names();
	test_order();
	test_first();
	test_knows();
	test_beyond();
	test_look();
	return 0;
}
