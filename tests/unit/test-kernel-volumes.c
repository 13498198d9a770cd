/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arrays and logical volumes in a small kernel, made there by the host's own
 * tools over blank disks.  "qemu": by that backend in place of uml. */
#include "cases.h"

#include "core/file.h"
#include "guest/kernel/private.h"
#include "guest/private.h"
#include "kernel/vehicle-private.h"

#include <fcntl.h>
#include <sys/wait.h>

#define DISK_SIZE (160 << 20) /* the least that btrfs takes for RAID 6 */

static const char *backend = "uml";
static struct v2v *v;
static struct v2v_guest *guest;
static struct v2v_list overlays;
static struct v2v_text said; /* messages */
/* Its kernel has RAID 6 built in, and leaves it out until somebody has one; in
 * another it is a module, and nothing has to be started once more. */
static bool leaves_out;
static const char *const *keys; /* of the next start */
static char dir[] = "/tmp/test-kernel-volumes-XXXXXX";

static void on_message(const struct v2v_message *message, void *opaque)
{
	(void)opaque;
	v2v_text_addf(&said, "%s: %s\n", message->code, message->text);
}

static int want_done(int status, const struct v2v_error *err)
{
	if (status < 0)
		fprintf(stderr, "%s: %s\n%s\n", err->code, err->text,
			said.data ? said.data : "");
	assert(status >= 0);
	return status;
}

static int done(int status)
{
	return want_done(status, &v2v_kernel_guest_of(guest->a)->err);
}

/* The file of a disk that is not blank, in the test's folder; the caller's. */
static char *file_of(char number)
{
	return v2v_format("%s/disk-%c.raw", dir, number);
}

/* A program of the host. */
static bool run_here(const char *program, char *const *argv)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execvp(program, argv);
		_exit(127);
	}
	assert(child > 0 && waitpid(child, &status, 0) == child);
	return status == 0;
}

/* A start over disks of these numbers, "0123", as they were left. */
static int try_open(const char *disks, struct v2v_error *err)
{
	struct v2v_source source = { 0 };
	json_auto_t *doc = json_object();
	struct v2v_list some = { 0 };
	const struct v2v_guest_request request = {
		.doc = doc, .source = &source, .workdir = dir, .keys = keys
	};
	int status;

	for (const char *s = disks; *s; s++) {
		struct v2v_disk *disk =
			v2v_list_add(&source.disks, sizeof *disk);
		const struct v2v_overlay *overlay;

		disk->id = *s - '0';
		disk->offset = -1;
		disk->size = -1;
		disk->virtual_size = DISK_SIZE;
		disk->unit = -1;
		disk->file = file_of(*s);
		if (access(disk->file, F_OK) == 0)
			disk->format = v2v_strdup("raw");
		else
			v2v_string_set(&disk->file, NULL);
		overlay = v2v_overlays_find(&overlays, disk->id);
		if (overlay)
			*(struct v2v_overlay *)v2v_list_add(
				&some, sizeof *overlay) = *overlay;
	}
	json_object_set_new(doc, "overlays", v2v_overlays_store(&some));
	free(some.items);
	v2v_text_clear(&said);
	status = v2v_guest_open(v, &request, &guest, err);
	v2v_source_clear(&source);
	return status;
}

static void open_disks(const char *disks)
{
	struct v2v_error err = { 0 };

	want_done(try_open(disks, &err), &err);
}

/* What was written is on the disks at the next start. */
static void keep(void)
{
	struct v2v_error err = { 0 };

	v2v_overlays_clear(&overlays);
	want_done(v2v_guest_publish(v, dir, &overlays, &err), &err);
}

static bool has_restarted(void)
{
	return said.data && strstr(said.data, "appliance-restart");
}

/* One tool, its arguments by blanks; its exit status. */
static int run(const char *command, char **ret_output)
{
	CLEANUP_FREE char *words = v2v_strdup(command);
	const char *argv[32];
	CLEANUP_FREE char *output = NULL;
	size_t count = 0;
	char *rest = NULL;
	int status = 0;

	for (char *word = strtok_r(words, " ", &rest); word;
		word = strtok_r(NULL, " ", &rest))
		argv[count++] = word;
	argv[count] = NULL;
	done(v2v_kernel_run(V2V_KERNEL_OF(guest->a), argv[0], argv + 1, NULL, 0,
		&status, &output, V2V_KERNEL_ERROR(guest->a)));
	if (status)
		fprintf(stderr, "%s: %d, %s\n", command, status, output);
	if (ret_output)
		*ret_output = v2v_take(output);
	return status;
}

static void must_run(const char *command)
{
	assert(run(command, NULL) == 0);
}

static char *logical(void)
{
	struct v2v_list names CLEANUP_STRINGS = { 0 };
	struct v2v_text text = { 0 };

	done(v2v_call(guest, devices, list_logical, &names));
	v2v_list_foreach (char *, name, &names)
		v2v_text_addf(&text, "%s ", *name);
	return v2v_text_take(&text);
}

static void want_logical(const char *names)
{
	CLEANUP_FREE char *got = logical();

	same("logical volumes", got, names);
}

/* Nothing is started twice for disks that have none. */
static void make_array(void)
{
	open_disks("0123");
	assert(!has_restarted());
	must_run("mdadm --create /dev/md127 --run --level=6 --raid-devices=4 "
		 "--assume-clean --metadata=1.2 /dev/sda /dev/sdb /dev/sdc "
		 "/dev/sdd");
	must_run("mdadm --stop /dev/md127");
	keep();
}

/* Each write computes. */
static void write_array(void)
{
	struct v2v_list arrays CLEANUP_STRINGS = { 0 };
	struct v2v_appliance_array array = { 0 };
	struct v2v_appliance *a;

	open_disks("0123");
	assert(has_restarted() == leaves_out);
	a = guest->a;
	done(v2v_call(guest, devices, list_arrays, &arrays));
	assert(arrays.count == 1);
	same("array", v2v_items(char *, &arrays)[0], "/dev/md127");
	done(v2v_call(guest, devices, array, "/dev/md127", &array));
	assert(array.uuid && array.members == 4 && array.present == 4);
	free(array.uuid);
	free(array.name);
	done(v2v_kernel_md_writable(
		V2V_KERNEL_OF(a), "/dev/md127", V2V_KERNEL_ERROR(a)));
	must_run("lvm pvcreate -y /dev/md127");
	must_run("lvm vgcreate over6 /dev/md127");
	must_run("lvm lvcreate -y -Wn -Zn -l 4 -n one over6");
	must_run("lvm vgchange -an over6");
	keep();
}

/* So does each read where two are missing. */
static void read_degraded(void)
{
	open_disks("03");
	want_logical("/dev/over6/one ");
	assert(v2v_guest_check(guest, NULL) == 0);
	v2v_guest_close(v);
}

/* What LVM knows of a group that lacks a disk. */
static void test_incomplete(void)
{
	open_disks("45");
	must_run("lvm pvcreate -y /dev/sda /dev/sdb");
	must_run("lvm vgcreate pair /dev/sda /dev/sdb");
	must_run("lvm lvcreate -y -Wn -Zn -i 2 -l 8 -n two pair");
	must_run("lvm lvcreate -y -Wn -Zn -l 2 -n one pair /dev/sda");
	must_run("lvm vgchange -an pair");
	keep();
	open_disks("4");
	want_logical("/dev/pair/one /dev/pair/two ");
	v2v_guest_close(v);
}

static void make_btrfs(const char *numbers)
{
	char *argv[16] = { "mkfs.btrfs", "-q", "-m", "raid6", "-d", "raid6" };
	size_t first = 6;

	for (size_t i = 0; numbers[i]; i++) {
		int fd;

		argv[first + i] = file_of(numbers[i]);
		fd = open(argv[first + i], O_WRONLY | O_CREAT, 0600);
		assert(fd >= 0 && ftruncate(fd, DISK_SIZE) == 0);
		close(fd);
	}
	assert(run_here("mkfs.btrfs", argv));
	for (size_t i = 0; numbers[i]; i++)
		free(argv[first + i]);
}

static void test_btrfs(void)
{
	static char text[1 << 20];
	struct v2v_appliance *a;
	char *const asks[] = { "mkfs.btrfs", "--version", NULL };

	if (!run_here("mkfs.btrfs", asks)) {
		printf("btrfs: skipped: no mkfs.btrfs\n");
		return;
	}
	memset(text, 'x', sizeof text);
	make_btrfs("6789");
	open_disks("6789");
	assert(has_restarted() == leaves_out);
	a = guest->a;
	done(v2v_call(guest, mounts, mount, NULL, "noatime", "/dev/sda", "/"));
	done(v2v_call(guest, writing, write, "/x", text, sizeof text));
	done(a->ops->life->sync(a));
	keep();
}

static void make_encrypted(const char *device, const char *name)
{
	const char *const argv[] = { "luksFormat", "--batch-mode", "--type",
		"luks1", "--pbkdf-force-iterations", "1000", "--key-file=-",
		"--disable-locks", device, NULL };
	struct v2v_kernel_client *kernel = V2V_KERNEL_OF(guest->a);
	CLEANUP_FREE char *output = NULL;
	int status = 0;

	done(v2v_kernel_run(kernel, "cryptsetup", argv, "secret", 6, &status,
		&output, V2V_KERNEL_ERROR(guest->a)));
	if (status)
		fprintf(stderr, "%s\n", output);
	assert(status == 0);
	done(v2v_kernel_crypt_open(kernel, device, name, "luks", false,
		"secret", 6, V2V_KERNEL_ERROR(guest->a)));
}

/* RAID 6 is seen when a key has opened it, and then starts the kernel once
 * more, where all is opened once more. */
static void test_encrypted(void)
{
	static const char *const all[] = { "all:key:secret", NULL };
	struct v2v_list arrays CLEANUP_STRINGS = { 0 };

	open_disks("0123");
	make_encrypted("/dev/sda", "a");
	make_encrypted("/dev/sdb", "b");
	make_encrypted("/dev/sdc", "c");
	make_encrypted("/dev/sdd", "d");
	must_run("mdadm --create /dev/md127 --run --level=6 --raid-devices=4 "
		 "--assume-clean --metadata=1.2 /dev/mapper/a /dev/mapper/b "
		 "/dev/mapper/c /dev/mapper/d");
	must_run("mdadm --stop /dev/md127");
	keep();
	keys = all;
	open_disks("0123");
	keys = NULL;
	assert(has_restarted() == leaves_out);
	done(v2v_call(guest, devices, list_arrays, &arrays));
	assert(arrays.count == 1);
	same("array", v2v_items(char *, &arrays)[0], "/dev/md127");
	v2v_guest_close(v);
	v2v_overlays_clear(&overlays);
}

static void ask_kernel(const struct v2v_vehicle_ops *vehicle)
{
	struct v2v_vehicle_kernel kernel CLEANUP_VEHICLE_KERNEL = { 0 };
	const struct v2v_vehicle_config config = { .kernel = &kernel };
	struct v2v_error err = { 0 };

	want_done(vehicle->find_kernel(v, &kernel, &err), &err);
	leaves_out = v2v_vehicle_skips_raid6(&config);
}

int main(int argc, char **argv)
{
	CLEANUP_FREE char *reason = NULL;
	const struct v2v_vehicle_ops *vehicle = &v2v_vehicle_uml;

	if (argc == 2 && strcmp(argv[1], "qemu") == 0) {
		backend = "qemu";
		vehicle = &v2v_vehicle_qemu;
	}
	v = v2v_new();
	if (!vehicle->is_usable(v, 0, &reason)) {
		printf("skipped: %s\n", reason);
		v2v_free(v);
		return 0;
	}
	assert(mkdtemp(dir) && v2v_set_backend(v, backend, NULL) == 0);
	v2v_on_message(v, on_message, NULL);
	ask_kernel(vehicle);
	make_array();
	write_array();
	read_degraded();
	test_incomplete();
	test_encrypted();
	test_btrfs();
	v2v_overlays_clear(&overlays);
	v2v_text_clear(&said);
	v2v_free(v);
	v2v_remove_tree(dir);
	return 0;
}
