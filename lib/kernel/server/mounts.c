/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filesystems of the guest, mounted below its root and nowhere else. */
#include "server.h"

#include <mntent.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

#define TYPE_ROOM 64
/* Nothing of the guest runs, none of its devices is one. */
#define ALWAYS	      (MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME)
#define KLOG_SIZE     10 /* syslog(2) */
#define KLOG_READ_ALL 3

struct filesystem {
	char type[TYPE_ROOM];
	const char *device, *options;
	bool read_only;
	bool is_clean; /* no journal is to be replayed */
	uint32_t facts;
};

static bool is_ext(const char *type)
{
	return strcmp(type, "ext2") == 0 || strcmp(type, "ext3") == 0 ||
	       strcmp(type, "ext4") == 0 || strcmp(type, "ext4dev") == 0;
}

static bool is_ntfs(const char *type)
{
	return strcmp(type, "ntfs") == 0 || strcmp(type, "ntfs-3g") == 0 ||
	       strcmp(type, "ntfs3") == 0;
}

/* Options of ours before those that were asked for. */
static char *options_of(const struct filesystem *fs)
{
	const char *ours = "";

	/* A copy of a disk has the same UUID. */
	if (strcmp(fs->type, "xfs") == 0)
		ours = fs->is_clean && fs->read_only ? "nouuid,norecovery"
						     : "nouuid";
	else if (is_ext(fs->type) && fs->is_clean && fs->read_only)
		ours = "noload";
	return text_make(
		"%s%s%s", ours, *ours && *fs->options ? "," : "", fs->options);
}

static const char *driver_of(const struct filesystem *fs)
{
	if (is_ext(fs->type))
		return "ext4";
	return is_ntfs(fs->type) ? "ntfs3" : fs->type;
}

static int mount_by_kernel(const struct filesystem *fs, const char *directory)
{
	CLEANUP_FREE char *options = options_of(fs);
	unsigned long flags = ALWAYS | (fs->read_only ? MS_RDONLY : 0);

	return mount(fs->device, directory, driver_of(fs), flags, options) < 0
		       ? errno
		       : 0;
}

/* ENOENT: there is no ntfs-3g. */
static int mount_by_fuse(
	struct filesystem *fs, const char *directory, struct reply *reply)
{
	CLEANUP_FREE char *options = text_make("%s,nosuid,nodev,noexec%s%s",
		fs->read_only ? "ro" : "rw", *fs->options ? "," : "",
		fs->options);
	const char *const argv[] = { "ntfs-3g", "-o", options, fs->device,
		directory, NULL };
	int status;

	module_load("fuse");
	status = tool_do(argv, reply);
	if (!status)
		reply->length = 0;
	return status;
}

/* Did xfs replay a log since the last time?  Its superblock says nothing of it,
 * but the kernel's log does. */
static bool has_recovered(void)
{
	int size = klogctl(KLOG_SIZE, NULL, 0);
	CLEANUP_FREE char *text = memory_get((size_t)(size < 0 ? 0 : size) + 1);
	static unsigned known;
	unsigned count = 0;
	bool is_more;

	if (size > 0)
		klogctl(KLOG_READ_ALL, text, size);
	for (char *s = text; (s = strstr(s, ": Starting recovery")); s++)
		count++;
	is_more = count != known;
	known = count;
	return is_more;
}

static int prepare(struct filesystem *fs, const char *type)
{
	CLEANUP_CLOSE int fd = -1;
	int status = device_open(fs->device, O_RDONLY, &fd);

	if (status)
		return status;
	snprintf(fs->type, TYPE_ROOM, "%s", type);
	if (!*type)
		probe_type(fd, fs->type, TYPE_ROOM);
	if (!*fs->type)
		return EMEDIUMTYPE;
	if (raid6_is_lacking(fd, fs->type))
		return EOPNOTSUPP;
	if (is_ext(fs->type) && probe_needs_recovery(fd, "ext"))
		fs->facts |= V2V_KERNEL_MOUNT_REPLAYED;
	else if (is_ext(fs->type))
		fs->is_clean = true;
	else if (strcmp(fs->type, "xfs") == 0)
		fs->is_clean = xfs_is_clean(fd);
	if (strcmp(fs->type, "btrfs") == 0)
		btrfs_scan_all();
	return 0;
}

static int mount_at(
	struct filesystem *fs, const char *directory, struct reply *reply)
{
	bool is_xfs = strcmp(fs->type, "xfs") == 0;
	int status;

	path_forget_root();
	status = mount_by_kernel(fs, directory);
	/* What the kernel said counts where nobody else can say more. */
	if (is_ntfs(fs->type) && status) {
		int other = mount_by_fuse(fs, directory, reply);

		status = other == ENOENT ? status : other;
	}
	/* The log is long, and a clean one is never replayed. */
	if (is_xfs && !fs->is_clean && has_recovered())
		fs->facts |= V2V_KERNEL_MOUNT_REPLAYED;
	return status;
}

/* A file, or a part of a device, becomes the device that is mounted. */
static int use_loop(const struct request *request, struct filesystem *fs,
	char device[NAME_ROOM], int *ret_fd)
{
	const struct loop_source source = { .name = fs->device,
		.is_file = request->numbers[3] & V2V_KERNEL_MOUNT_FILE,
		.offset = (uint64_t)request->numbers[5] };
	int status;

	if (!source.is_file && !(request->numbers[3] & V2V_KERNEL_MOUNT_LOOP))
		return source.offset ? EINVAL : 0;
	status = loop_open(&source, device, ret_fd);
	fs->device = device;
	return status;
}

int do_MOUNT(const struct request *request, struct reply *reply)
{
	const char *const *s = request->strings;
	CLEANUP_FREE char *directory = path_outside(s[2]);
	struct filesystem fs = { .device = s[1],
		.options = s[4],
		.read_only = request->numbers[3] & V2V_KERNEL_MOUNT_READ_ONLY };
	CLEANUP_CLOSE int loop = -1;
	char device[NAME_ROOM];
	int status;

	if (!directory)
		return errno;
	names_refresh();
	status = use_loop(request, &fs, device, &loop);
	if (!status)
		status = prepare(&fs, s[0]);
	if (!status)
		status = mount_at(&fs, directory, reply);
	if (!fs.read_only || fs.facts & V2V_KERNEL_MOUNT_REPLAYED)
		probe_forget(PROBE_WRITES);
	if (status)
		return status;
	put_u32(reply, fs.facts);
	return 0;
}

int do_BIND(const struct request *request, struct reply *reply)
{
	CLEANUP_FREE char *from = path_outside(request->strings[0]);
	CLEANUP_FREE char *to = from ? path_outside(request->strings[1]) : NULL;

	(void)reply;
	if (!to)
		return errno;
	path_forget_root();
	return mount(from, to, NULL, MS_BIND, NULL) < 0 ? errno : 0;
}

int do_UMOUNT(const struct request *request, struct reply *reply)
{
	CLEANUP_FREE char *directory = path_outside(request->strings[0]);

	(void)reply;
	if (!directory)
		return errno;
	path_forget_root();
	if (chdir("/") < 0)
		return errno;
	return umount2(directory, UMOUNT_NOFOLLOW) < 0 ? errno : 0;
}

static bool is_guests(const char *directory)
{
	size_t length = strlen(guest_root);

	return strncmp(directory, guest_root, length) == 0 &&
	       (directory[length] == '/' || !directory[length]);
}

/* The last that was mounted below the guest's root, but for the empty root
 * itself; NULL: none. */
static char *last_mount(void)
{
	FILE *f = setmntent("/proc/self/mounts", "re");
	struct mntent *entry;
	char *last = NULL;

	while (f && (entry = getmntent(f))) {
		if (!is_guests(entry->mnt_dir) ||
			strcmp(entry->mnt_type, "tmpfs") == 0)
			continue;
		free(last);
		last = text_make("%s", entry->mnt_dir);
	}
	if (f)
		endmntent(f);
	return last;
}

int do_UMOUNT_ALL(const struct request *request, struct reply *reply)
{
	(void)request;
	path_forget_root();
	if (chdir("/") < 0)
		return errno;
	for (;;) {
		CLEANUP_FREE char *directory = last_mount();

		if (!directory)
			return 0;
		if (umount2(directory, UMOUNT_NOFOLLOW) < 0) {
			int status = errno;

			put_bytes(reply, directory, strlen(directory));
			return status;
		}
	}
}

int do_MOUNTS(const struct request *request, struct reply *reply)
{
	FILE *f = setmntent("/proc/self/mounts", "re");
	size_t length = strlen(guest_root);
	struct mntent *entry;
	struct list list;

	(void)request;
	list_begin(reply, &list);
	while (f && (entry = getmntent(f))) {
		const char *inside = entry->mnt_dir + length;

		if (!is_guests(entry->mnt_dir) ||
			strcmp(entry->mnt_type, "tmpfs") == 0)
			continue;
		entry_begin(reply, &list);
		put_string(reply, entry->mnt_fsname);
		put_string(reply, *inside ? inside : "/");
		put_string(reply, entry->mnt_type);
		put_string(reply, entry->mnt_opts);
		if (!entry_end(reply, &list))
			break;
	}
	if (f)
		endmntent(f);
	return 0;
}

int do_STATVFS(const struct request *request, struct reply *reply)
{
	CLEANUP_CLOSE int fd = path_open(request->strings[0], O_PATH, 0);
	struct statvfs st;

	if (fd < 0 || fstatvfs(fd, &st) < 0)
		return errno;
	put_u64(reply, st.f_bsize);
	put_u64(reply, st.f_frsize);
	put_u64(reply, st.f_blocks);
	put_u64(reply, st.f_bfree);
	put_u64(reply, st.f_bavail);
	put_u64(reply, st.f_files);
	put_u64(reply, st.f_ffree);
	put_u64(reply, st.f_favail);
	put_u64(reply, st.f_fsid);
	put_u64(reply, st.f_flag);
	put_u64(reply, st.f_namemax);
	return 0;
}
