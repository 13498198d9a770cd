/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One plan: what is shown before a conversion is what it does.  Every guest
 * that the tests have as a text (text-tree.h), with more that a conversion
 * changes, becomes a folder; planning changes nothing in it, and committing
 * changes the files of the operations, to what they say, and no other.
 */
#include "fake-appliance.h"

#include "plan/plan-private.h"
#include "planned.h"
#include "text-tree.h"

#include "linux/network/network.h"

struct machine {
	struct guestfs_h fake;
	struct v2v_guest guest;
	char root[64], dir[64];
};

static void make_dirs(const struct machine *m, const char *name)
{
	CLEANUP_FREE char *path = v2v_format("%s%s", m->root, name);

	for (char *s = path + strlen(m->root) + 1; *s; s++)
		if (*s == '/') {
			*s = '\0';
			mkdir(path, 0755);
			*s = '/';
		}
}

/* What another file is in the way of cannot be made, nor what is there. */
static void make(const struct machine *m, const char *name, const char *text)
{
	CLEANUP_FREE char *path = v2v_format("%s%s", m->root, name);
	CLEANUP_CLOSE int fd = -1;

	make_dirs(m, name);
	if (strcmp(text, "dangling\n") == 0) {
		assert(symlink("/nowhere", path) == 0);
		return;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd >= 0)
		assert(v2v_write_all(fd, path, text, strlen(text), NULL) == 0);
}

/* Found in every guest, so that each part has something to do. */
static const struct {
	const char *path, *text;
} more[] = {
	{ "/etc/fstab", "/dev/sda1 / ext4 defaults 0 1\n"
			"/dev/sdb1 /data ext4 defaults 0 2\n"
			".host:/ /mnt/hgfs vmhgfs defaults 0 0\n" },
	{ "/etc/blkid/blkid.tab", "<device>/dev/sda1</device>\n" },
	{ "/etc/lvm/devices/system.devices", "IDNAME=/dev/sda2\n" },
	{ "/etc/network/interfaces", "iface ens192 inet static\n"
				     " address 192.0.2.7/24\n"
				     "iface ens224 inet dhcp\n"
				     " hwaddress 00:50:56:00:00:02\n" },
	{ "/etc/sysconfig/network/ifcfg-eth-id-00:50:56:00:00:02",
		"BOOTPROTO=dhcp\n" },
	{ "/usr/lib/systemd/network/99-default.link", "[Match]\n" },
	{ "/etc/init.d/vmware-tools", "#!/bin/sh\n" },
	{ "/etc/rc3.d/S19vmware-tools", "#!/bin/sh\n" },
	{ "/etc/modprobe.conf", "alias eth0 vmxnet\n" },
	{ "/etc/dracut.conf.d/README", "" },
	{ "/etc/initramfs-tools/modules", "# none\n" },
	{ "/lib/modules/6.1/modules.dep",
		"kernel/virtio_blk.ko:\nkernel/virtio_pci.ko:\n" },
	{ "/etc/inittab", "1:2345:respawn:/sbin/getty 38400 tty1\n" },
};

static void machine_open(struct machine *m, const struct text_tree *t)
{
	*m = (struct machine){ .root = "/tmp/test-plan-XXXXXX",
		.dir = "/tmp/test-plan-XXXXXX" };
	assert(mkdtemp(m->root) && mkdtemp(m->dir));
	fake_guest_open(&m->guest, &m->fake, m->root, m->dir);
	v2v_list_foreach (const struct text_file, file, &t->files)
		make(m, file->path, file->text);
	for (size_t i = 0; i < ARRAY_SIZE(more); i++)
		make(m, more[i].path, more[i].text);
}

static void machine_close(struct machine *m)
{
	v2v_remove_tree(m->root);
	v2v_remove_tree(m->dir);
	json_decref(m->guest.texts);
	json_decref(m->guest.told);
	v2v_strings_clear(&m->guest.large);
	v2v_free(m->guest.v);
}

static char *content_of(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0 || S_ISLNK(st.st_mode))
		return v2v_strdup("link");
	return S_ISDIR(st.st_mode) ? v2v_strdup("folder") : read_whole(path);
}

/* All files below @path, by name, with their texts. */
static void look(const struct machine *m, const char *path, json_t *files)
{
	CLEANUP_CLOSEDIR DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		CLEANUP_FREE char *name =
			v2v_format("%s/%s", path, entry->d_name);
		CLEANUP_FREE char *content = NULL;

		if (strcmp(entry->d_name, ".") == 0 ||
			strcmp(entry->d_name, "..") == 0)
			continue;
		content = content_of(name);
		json_object_set_new(
			files, name + strlen(m->root), v2v_json_text(content));
		if (strcmp(content, "folder") == 0)
			look(m, name, files);
	}
}

static json_t *files_of(const struct machine *m)
{
	json_t *files = json_object();

	look(m, m->root, files);
	return files;
}

static const struct v2v_op *op_of(const struct v2v_plan *plan, const char *name)
{
	v2v_list_foreach (const struct v2v_op, op, &plan->ops)
		if (strcmp(op->name, name) == 0)
			return op;
	return NULL;
}

/* What differs is what the operations name, as the stage has it. */
static void compare(const struct v2v_plan *plan, json_t *before, json_t *after)
{
	const char *name;
	json_t *text;

	json_object_foreach (before, name, text)
		if (!json_object_get(after, name)) {
			const struct v2v_op *op = op_of(plan, name);

			if (!op || op->type != V2V_OP_REMOVE)
				same("gone", name, "in the plan");
		}
	json_object_foreach (after, name, text)
		if (!json_equal(text, json_object_get(before, name)) &&
			!op_of(plan, name))
			same("changed", name, "in the plan");
	v2v_list_foreach (const struct v2v_op, op, &plan->ops) {
		json_t *now = json_object_get(after, op->name);

		if (op->type == V2V_OP_WRITE || op->type == V2V_OP_COPY) {
			json_auto_t *planned =
				op->type == V2V_OP_WRITE
					? v2v_json_text(op->text)
					: json_incref(json_object_get(
						  before, op->from));

			if (!json_equal(now, planned))
				same(op->name, json_string_value(now),
					json_string_value(planned));
		} else if (op->type == V2V_OP_REMOVE) {
			assert(!now);
		} else {
			assert(now);
		}
	}
}

/* "PATH CODE WHERE WHAT" of each change */
static char *changes_of(const struct v2v_plan *plan)
{
	struct v2v_text all = { 0 };

	v2v_text_addf(&all, "%s", "");
	v2v_list_foreach (const struct v2v_change, change, &plan->changes) {
		assert(*change->code && *change->where && *change->what);
		v2v_text_addf(&all, "%s %s %s %s\n", change->path, change->code,
			change->where, change->what);
	}
	return v2v_text_take(&all);
}

/* No change without an operation on its file, and none without a change. */
static void check_changes(const struct v2v_plan *plan)
{
	v2v_list_foreach (const struct v2v_change, change, &plan->changes)
		if (!v2v_stage_find(plan, change->path))
			same("change", change->path, "in the plan");
	v2v_list_foreach (const struct v2v_op, op, &plan->ops) {
		bool is_told = op->type == V2V_OP_MAKE_DIR;

		v2v_list_foreach (
			const struct v2v_change, change, &plan->changes)
			is_told |= v2v_stage_find(plan, change->path) == op;
		if (!is_told)
			same("operation", op->name, "among the changes");
	}
}

static struct v2v_disk disks[] = {
	{ .id = 0, .controller = "scsi", .unit = 0 },
	{ .id = 1, .controller = "scsi", .unit = 1 },
};
static struct v2v_nic nics[] = {
	{ .id = 0, .pci_slot = 192, .model = "vmxnet3" },
	{ .id = 1,
		.pci_slot = 224,
		.model = "vmxnet3",
		.mac = "00:50:56:00:00:01" },
};
static const struct v2v_source source = { .disks = { disks, 2 },
	.nics = { nics, 2 } };

static void add_kernel(struct v2v_inspect *inspect)
{
	struct v2v_kernel *kernel =
		v2v_list_add(&inspect->kernels, sizeof *kernel);

	kernel->version = v2v_strdup("6.1");
	kernel->vmlinuz = v2v_strdup("/boot/vmlinuz-6.1");
	kernel->modpath = v2v_strdup("/lib/modules/6.1");
	kernel->virtio = v2v_alloc(1, sizeof *kernel->virtio);
	kernel->virtio->blk = kernel->virtio->net = true;
	kernel->is_default = true;
}

static size_t guests, operations;

static void test_guest(const char *path)
{
	CLEANUP_FREE char *text = read_whole(path);
	CLEANUP_FREE char *looked = NULL, *planned = NULL, *diff = NULL;
	const struct v2v_list none = { 0 };
	json_auto_t *before = NULL, *after = NULL;
	struct v2v_error err = { 0 };
	struct v2v_tree tree;
	struct planned p;
	struct text_tree t;
	struct machine m;

	text_tree_read(&t, text);
	machine_open(&m, &t);
	tree = v2v_tree_of_guest(&m.guest);
	add_kernel(&t.inspect);
	v2v_network_find(&tree, &source, &none, &t.inspect);
	before = files_of(&m);

	planned_begin(&p, &tree, &source, &t.inspect);
	p.task.look_only = true;
	assert(v2v_linux_converter.plan(&p.task, &err) == 0);
	looked = changes_of(&p.plan);
	diff = v2v_plan_diff(&p.plan);
	if (p.plan.blockers.count) {
		planned_clear(&p);
		goto done;
	}
	planned_clear(&p);

	planned_begin(&p, &tree, &source, &t.inspect);
	v2v_linux_converter.plan(&p.task, &err);
	same(path, err.text, "");
	planned = changes_of(&p.plan);
	same(path, planned, looked);
	check_changes(&p.plan);
	after = files_of(&m);
	assert(json_equal(before, after));
	assert(!op_of(&p.plan, "/etc/fstab") ||
		strstr(diff, "--- a/etc/fstab\n+++ b/etc/fstab\n@@ "));
	v2v_plan_commit(&p.plan, &m.guest, &err);
	same(path, err.text, "");
	json_decref(after);
	after = files_of(&m);
	compare(&p.plan, before, after);
	guests++;
	operations += p.plan.ops.count;
	planned_clear(&p);
done:
	machine_close(&m);
	text_tree_clear(&t);
}

int main(void)
{
	each_case("tests/data/bootloader/*.tree", 36, test_guest);
	each_case("tests/data/devices/*.tree", 11, test_guest);
	each_case("tests/data/kernels/*.tree", 14, test_guest);
	each_case("tests/data/network/default/*.tree", 8, test_guest);
	each_case("tests/data/places/*.tree", 8, test_guest);
	each_case("tests/data/uefi/*.tree", 14, test_guest);
	printf("%zu guests, %zu operations\n", guests, operations);
	assert(guests >= 90 && operations >= 8 * guests);
	return 0;
}
