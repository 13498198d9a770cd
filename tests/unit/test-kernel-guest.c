/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lib/guest/kernel over a kernel that answers what a test says: what fails is a
 * failure, and its reason is reported. */
#include "cases.h"

#include "guest/files.h"
#include "guest/kernel/private.h"
#include "guest/mounts.h"
#include "guest/private.h"

#define ANSWERS 8

/* What one operation is answered; all others succeed without data. */
static struct answer {
	int op, status;
	struct v2v_text data;
} answers[ANSWERS];
static size_t answer_count;

/* Numbers of the operations that were asked for, and their first strings. */
static struct v2v_text asked;
static struct v2v_kernel_guest machine;
static struct v2v_appliance *const a = &machine.a;

static struct answer *find(int op)
{
	for (size_t i = 0; i < answer_count; i++)
		if (answers[i].op == op)
			return &answers[i];
	return NULL;
}

static int call(void *opaque, const struct iovec *request, size_t n,
	int *ret_status, struct v2v_text *ret_data, struct v2v_error *err)
{
	static const char *const names[] = {
#define V2V_KERNEL_OP(name, arguments) #name,
		V2V_KERNEL_OPERATIONS(V2V_KERNEL_OP)
#undef V2V_KERNEL_OP
	};
	const char *bytes = request[0].iov_base;
	const struct answer *answer;
	uint32_t op, count, length = 0;

	(void)opaque;
	(void)n;
	(void)err;
	memcpy(&op, bytes, 4);
	memcpy(&count, bytes + 4, 4);
	if (count)
		memcpy(&length, bytes + 8, 4);
	v2v_text_addf(&asked, "%s %.*s\n", names[op], (int)length,
		count ? bytes + 12 : "");
	answer = find((int)op);
	*ret_status = answer ? answer->status : 0;
	/* Of its own size, so that a sanitizer sees who reads behind it. */
	if (answer && answer->data.length)
		v2v_text_add(ret_data, answer->data.data, answer->data.length);
	return 0;
}

static void begin(void)
{
	for (size_t i = 0; i < answer_count; i++)
		v2v_text_clear(&answers[i].data);
	answer_count = 0;
	v2v_text_clear(&asked);
	v2v_text_addf(&asked, "%s", "");
	machine.err = (struct v2v_error){ 0 };
	machine.kernel.error = 0;
	machine.lvm_complete = false;
}

/* The data: u a u8, i a u32, l a u64, s a string, b a list that is whole, c one
 * that was cut, both with their count. */
static void say(int op, int status, const char *shape, ...)
{
	struct answer *answer = &answers[answer_count++];
	va_list args;

	assert(answer_count <= ANSWERS);
	*answer = (struct answer){ op, status, { 0 } };
	va_start(args, shape);
	for (; *shape; shape++) {
		uint64_t value = strchr("uilbc", *shape)
					 ? (uint64_t)va_arg(args, int)
					 : 0;
		const char *s = *shape == 's' ? va_arg(args, char *) : NULL;

		if (strchr("bc", *shape))
			v2v_text_add(
				&answer->data, *shape == 'c' ? "\1" : "\0", 1);
		if (s)
			value = strlen(s);
		v2v_text_add(&answer->data, &value,
			*shape == 'u'	? 1
			: *shape == 'l' ? 8
					: 4);
		if (s)
			v2v_text_add(&answer->data, s, strlen(s));
	}
	va_end(args);
}

static void say_device(const char *name, const char *slave)
{
	say(V2V_KERNEL_DEVICES, 0, "bsisssibs", 1, name, 1, "", "", "", 0, 1,
		slave);
}

static void want_failure(int status, int number, const char *words)
{
	const char *why = a->ops->life->why(a);

	if (status >= 0 || a->ops->life->error_number(a) != number || !why ||
		!strstr(why, words))
		fprintf(stderr, "%d, %s: %s where it should be '%s'\n", status,
			strerror(a->ops->life->error_number(a)),
			why ? why : "(nothing)", words);
	assert(status < 0 && a->ops->life->error_number(a) == number && why &&
		strstr(why, words));
}

/* That nobody can say what is there does not mean that nothing is. */
static void test_not_known(void)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };
	const struct v2v_appliance_devices *devices = a->ops->devices;

	for (int i = 0; i < 2; i++) {
		begin();
		if (i)
			say_device("/dev/sda1", "/dev/sda");
		say(i ? V2V_KERNEL_PROBE : V2V_KERNEL_DEVICES, EIO, "");
		want_failure(devices->list_logical(a, &names), EIO, "cannot");
		want_failure(devices->start_arrays(a), EIO, "cannot");
		want_failure(devices->scan_lvm(a), EIO, "cannot");
	}
	begin();
	say(V2V_KERNEL_DEVICES, 0, "b", 0);
	say(V2V_KERNEL_PROBE, 0, "b", 0);
	assert(devices->list_logical(a, &names) == 0 && !names.count);
	assert(devices->start_arrays(a) == 0 && devices->scan_lvm(a) == 0);
}

/* A list that was cut is none. */
static void test_cut(void)
{
	static const char words[] = "more than the small kernel can list";
	struct v2v_list names CLEANUP_STRINGS = { 0 };
	struct v2v_list xattrs = { 0 };

	begin();
	say(V2V_KERNEL_LIST, 0, "cs", 1, "name");
	say(V2V_KERNEL_GLOB, 0, "cs", 1, "/name");
	say(V2V_KERNEL_XATTRS, 0, "css", 1, "user.a", "value");
	say(V2V_KERNEL_BTRFS_SUBVOLUMES, 0, "clls", 1, 256, 5, "@");
	say(V2V_KERNEL_MOUNTS, 0, "bssss", 1, "/dev/sda1", "/", "btrfs", "");
	say(V2V_KERNEL_DEVICES, 0, "c", 0);
	want_failure(a->ops->files->list(a, "/", &names), 0, words);
	want_failure(a->ops->files->glob(a, "/*", &names), 0, words);
	want_failure(a->ops->attributes->xattrs(a, "/x", &xattrs), 0, words);
	want_failure(
		a->ops->devices->subvolumes(a, "/dev/sda1", &names), 0, words);
	want_failure(a->ops->devices->list_partitions(a, &names), 0, words);
	assert(names.count == 0 && xattrs.count == 0);
	/* Inside of an entry, too. */
	begin();
	say(V2V_KERNEL_DEVICES, 0, "bsisssic", 1, "/dev/sda1", 0, "", "", "", 0,
		0);
	want_failure(a->ops->devices->list_partitions(a, &names), 0, words);
}

/* Whoever takes "/dev/" off reads what is behind. */
static void test_names(void)
{
	static const char *const bad[][2] = { { "", "/dev/sda" },
		{ "sda1", "/dev/sda" }, { "/dev", "/dev/sda" },
		{ "/dev/sda1", "" }, { "/dev/sda1", "/etc/passwd" } };
	static const char *const devices[] = { "", "sda1", "/dev",
		"btrfsvol:", "btrfsvol:/", "btrfsvol:/dev", "btrfsvol:sda1/@" };
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		begin();
		say_device(bad[i][0], bad[i][1]);
		want_failure(a->ops->devices->list_partitions(a, &names), 0,
			"not one");
	}
	begin();
	say_device("/dev/sda1", "/dev/sda");
	assert(a->ops->devices->list_partitions(a, &names) == 0);
	assert(names.count == 1);
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
		CLEANUP_FREE char *device = v2v_strdup(devices[i]);

		begin();
		want_failure(a->ops->mounts->mount(a, NULL, "ro", device, "/"),
			0, "is not a device");
		same("asked", asked.data, "");
	}
}

/* What is mounted may be another one; and its end is not a reason. */
static void test_subvolumes(void)
{
	struct v2v_list paths CLEANUP_STRINGS = { 0 };

	begin();
	say(V2V_KERNEL_MOUNTS, 0, "bssssssss", 2, "/dev/sda1", "/", "ext4", "",
		"/dev/sdb", "/data", "btrfs", "");
	say(V2V_KERNEL_BTRFS_SUBVOLUMES, 0, "blls", 1, 256, 5, "@");
	say(V2V_KERNEL_MOUNT, 0, "i", 0);
	assert(a->ops->devices->subvolumes(a, "/dev/sdb", &paths) == 0);
	same("mounted", asked.data, "MOUNTS \nBTRFS_SUBVOLUMES /data\n");
	v2v_text_clear(&asked);
	assert(a->ops->devices->subvolumes(a, "/dev/sdc", &paths) == 0);
	same("not mounted", asked.data,
		"MOUNTS \nMOUNT btrfs\nBTRFS_SUBVOLUMES /\nUMOUNT /\n");
	assert(paths.count == 2);
	v2v_text_clear(&asked);
	find(V2V_KERNEL_BTRFS_SUBVOLUMES)->status = EIO;
	want_failure(a->ops->devices->subvolumes(a, "/dev/sdc", &paths), EIO,
		"list the subvolumes");
	assert(v2v_ends_with(asked.data, "UMOUNT /\n"));
}

static void say_stat(unsigned mode)
{
	say(V2V_KERNEL_STAT, 0, "lliiiillili", 1, 2, mode, 1, 0, 0, 0, 0, 0, 0,
		0);
}

/* As long as the modules.alias of a distribution. */
static void test_read_once(void)
{
	enum { SIZE = 1 << 20 };
	struct v2v_guest guest = { .a = a, .v = a->v, .texts = json_object() };
	CLEANUP_FREE char *want = v2v_alloc(1, SIZE + 1);

	memset(want, 'x', SIZE);
	begin();
	say(V2V_KERNEL_READ, 0, "");
	v2v_text_add(&answers[0].data, want, SIZE);
	for (int i = 0; i < 2; i++) {
		CLEANUP_FREE char *got = NULL;

		assert(v2v_guest_read_sized(
			       &guest, "/alias", SIZE, &got, NULL) == 0);
		same("text", got, want);
	}
	same("asked", asked.data, "READ /alias\n");
	json_decref(guest.texts);
}

static void test_reasons(void)
{
	struct v2v_appliance_array array = { 0 };
	struct v2v_appliance_stat st;

	begin();
	say(V2V_KERNEL_MD_DETAIL, EIO, "");
	v2v_text_addf(&answers[0].data, "mdadm: no such thing\nmore");
	want_failure(a->ops->devices->array(a, "/dev/md1", &array), EIO,
		"mdadm: no such thing");
	begin();
	say_stat(S_IFLNK | 0777);
	want_failure(a->ops->writing->touch(a, "/x"), ELOOP, "a symbolic link");
	/* Until the next operation. */
	assert(a->ops->files->lstat(a, "/x", &st) == 0);
	assert(!a->ops->life->why(a) && !a->ops->life->error_number(a));
	begin();
	say(V2V_KERNEL_STAT, ENOENT, "");
	want_failure(a->ops->files->lstat(a, "/x", &st), ENOENT, "No such");
	want_failure(a->ops->mounts->mount(a, NULL, "ro", "x", "/"), 0,
		"is not a device");
}

/* The reason is that of the failure, whatever was done since. */
static void test_kept_reasons(void)
{
	struct v2v_guest guest = { .a = a,
		.v = a->v,
		.texts = json_object(),
		.facts = json_object(),
		.told = json_object() };
	struct v2v_error err = { 0 };

	begin();
	say_stat(S_IFREG | 0644);
	say(V2V_KERNEL_REALPATH, 0, "s", "/etc");
	say(V2V_KERNEL_XATTRS, 0, "b", 0);
	say(V2V_KERNEL_GET_FLAGS, 0, "i", 0x10); /* immutable */
	say(V2V_KERNEL_UNLINK, EROFS, "");
	assert(v2v_guest_remove(&guest, "/etc/x", &err) < 0);
	assert(v2v_ends_with(err.text, "Read-only file system"));
	err = (struct v2v_error){ 0 };
	say(V2V_KERNEL_MKTEMP, ENOSPC, "");
	assert(v2v_guest_write(&guest, "/etc/x", "text", &err) < 0);
	assert(v2v_ends_with(err.text, "No space left on device"));
	json_decref(guest.texts);
	json_decref(guest.facts);
	json_decref(guest.told);
}

static void on_message(const struct v2v_message *message, void *opaque)
{
	v2v_text_addf(opaque, "%s: %s\n", message->code, message->text);
}

static int check_alive(struct v2v_appliance *appliance)
{
	(void)appliance;
	return 0;
}

/* What cannot be listed is reported, once; that nothing is there is not a
 * fault. */
static void test_told(void)
{
	struct v2v_text told CLEANUP_TEXT = { 0 };
	struct v2v_appliance_life life = v2v_uml_life;
	struct v2v_appliance_ops ops = v2v_uml_ops;
	struct v2v_guest guest = { .a = a, .v = a->v, .told = json_object() };
	struct v2v_list names CLEANUP_STRINGS = { 0 };

	life.check = check_alive;
	ops.life = &life;
	machine.a.ops = &ops;
	v2v_on_message(a->v, on_message, &told);
	begin();
	say(V2V_KERNEL_LIST, ENOENT, "");
	v2v_guest_list(&guest, "/etc", &names);
	assert(!told.length);
	begin();
	say(V2V_KERNEL_LIST, 0, "cs", 1, "name");
	v2v_guest_list(&guest, "/etc", &names);
	v2v_guest_list(&guest, "/etc", &names);
	same("told", told.data,
		"guest-read: the guest's '/etc' cannot be listed: there is "
		"more than the small kernel can list\n");
	v2v_text_clear(&told);
	say(V2V_KERNEL_MOUNTS, EIO, "");
	v2v_guest_subvolumes(&guest, "/dev/sda1", &names);
	same("told", told.data,
		"guest-read: the guest's subvolumes on '/dev/sda1' cannot be "
		"listed: cannot list mounts: Input/output error\n");
	assert(names.count == 0);
	v2v_on_message(a->v, NULL, NULL);
	machine.a.ops = &v2v_uml_ops;
	json_decref(guest.told);
}

int main(void)
{
	machine.a.ops = &v2v_uml_ops;
	machine.a.v = v2v_new();
	machine.kernel.call = call;
	test_not_known();
	test_cut();
	test_names();
	test_subvolumes();
	test_reasons();
	test_read_once();
	test_kept_reasons();
	test_told();
	begin();
	v2v_text_clear(&asked);
	v2v_free(machine.a.v);
	return 0;
}
