/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rest of the fake appliance: it is launched, has disks with volumes, and
 * what libguestfs knows of an operating system is what the machine says.  The
 * whole guest is one folder; where a volume is mounted as "/" the root is its
 * place in there.  What is in a volume that is marked as hidden is in a folder
 * of its own until it is mounted.
 */
#ifndef V2V_TEST_FAKE_DISKS_H
#define V2V_TEST_FAKE_DISKS_H

#include "fake-appliance.h"

#include "guest/volumes.h"
#include "model/devices.h"

struct fake_volume {
	struct v2v_volume v; /* strings are the machine's */
	char *place;	     /* "/boot"; NULL: nothing of the guest is on it */
	char *hidden;	     /* its folder of the host; NULL: all is seen */
	char *at;	     /* where that is now; NULL: it is not mounted */
};

/* What libguestfs knows of the system; distro NULL: it finds none. */
struct fake_os {
	char *distro, *format, *management, *product;
	int major, minor;
	struct v2v_list packages; /* of struct guestfs_application2 */
};

struct fake_machine {
	char *top;		 /* the folder of the host with the guest */
	char *nothing;		 /* an empty one */
	char *root;		 /* as "/" now; owned */
	char *arch, *firmware;	 /* "x86_64", "bios" */
	size_t disks;		 /* how many */
	struct v2v_list volumes; /* of struct fake_volume */
	struct fake_os os;
};

static struct fake_machine *fake_machine; /* the one that is launched next */
static struct guestfs_h fake_handle;

static struct fake_machine *machine_of(guestfs_h *g)
{
	return (struct fake_machine *)g->machine;
}

guestfs_h *guestfs_create_flags(unsigned flags, ...)
{
	(void)flags;
	fake_handle = (struct guestfs_h){ .root = fake_machine->nothing,
		.machine = fake_machine };
	return &fake_handle;
}

const char *guestfs_get_path(guestfs_h *g)
{
	(void)g;
	return "";
}

char *guestfs_get_backend(guestfs_h *g)
{
	(void)g;
	return strdup("fake");
}

void guestfs_close(guestfs_h *g)
{
	(void)g;
}

int guestfs_add_drive_opts_argv(guestfs_h *g, const char *file,
	const struct guestfs_add_drive_opts_argv *opts)
{
	(void)g, (void)file, (void)opts;
	return 0;
}

int guestfs_set_event_callback(guestfs_h *g, guestfs_event_callback call,
	uint64_t events, int flags, void *opaque)
{
	(void)g, (void)call, (void)events, (void)flags, (void)opaque;
	return 0;
}

void guestfs_push_error_handler(
	guestfs_h *g, guestfs_error_handler_cb call, void *opaque)
{
	(void)g, (void)call, (void)opaque;
}

/* Settings, which a folder needs none of. */
#define FAKE_SETTING(name, type)                                               \
	int guestfs_set_##name(guestfs_h *g, type value)                       \
	{                                                                      \
		(void)g, (void)value;                                          \
		return 0;                                                      \
	}
FAKE_SETTING(trace, int)
FAKE_SETTING(tmpdir, const char *)
FAKE_SETTING(pgroup, int)
FAKE_SETTING(identifier, const char *)
FAKE_SETTING(smp, int)

/* It is emulated, whatever the host's /dev/kvm can. */
char *guestfs_get_backend_setting(guestfs_h *g, const char *name)
{
	(void)g;
	return v2v_streq(name, "force_tcg") ? v2v_strdup("1") : NULL;
}

int guestfs_set_backend_setting(
	guestfs_h *g, const char *name, const char *value)
{
	(void)g, (void)name, (void)value;
	return 0;
}

#define FAKE_NUMBER(name, number)                                              \
	int guestfs_##name(guestfs_h *g)                                       \
	{                                                                      \
		(void)g;                                                       \
		return number;                                                 \
	}
FAKE_NUMBER(parse_environment, 0)
FAKE_NUMBER(launch, 0)
FAKE_NUMBER(get_pid, -1)

/* Lists of strings that NULL ends. */
static char **fake_end_list(char **names, size_t count)
{
	v2v_append(names, count);
	return names;
}

static char **fake_no_list(void)
{
	return fake_end_list(NULL, 0);
}

char **guestfs_list_devices(guestfs_h *g)
{
	size_t disks = machine_of(g)->disks, count = 0;
	char **names = NULL;

	for (size_t i = 0; i < disks; i++) {
		CLEANUP_FREE char *letters = v2v_devices_letters(i);

		*v2v_append(names, count) = v2v_format("/dev/sd%s", letters);
	}
	return fake_end_list(names, count);
}

/* Names of volumes that begin so and go on. */
static char **fake_list(guestfs_h *g, const char *prefix, bool wanted)
{
	size_t count = 0;
	char **names = NULL;

	v2v_list_foreach (
		const struct fake_volume, volume, &machine_of(g)->volumes) {
		const char *device = volume->v.device;

		if (v2v_starts_with(device, "/dev/") &&
			v2v_starts_with(device, prefix) == wanted)
			*v2v_append(names, count) = v2v_strdup(device);
	}
	return fake_end_list(names, count);
}

char **guestfs_list_partitions(guestfs_h *g)
{
	return fake_list(g, "/dev/sd", true);
}

char **guestfs_lvs(guestfs_h *g)
{
	return fake_list(g, "/dev/sd", false);
}

/* What is encrypted stays closed, and there are no arrays. */
char **guestfs_list_dm_devices(guestfs_h *g)
{
	(void)g;
	return fake_no_list();
}

char **guestfs_list_md_devices(guestfs_h *g)
{
	return guestfs_list_dm_devices(g);
}

static struct fake_volume *fake_find(guestfs_h *g, const char *device)
{
	v2v_list_foreach (struct fake_volume, volume, &machine_of(g)->volumes)
		if (strcmp(volume->v.device, device) == 0)
			return volume;
	return NULL;
}

static void fake_tag(
	char ***tags, size_t *count, const char *name, const char *value)
{
	if (!value)
		return;
	*v2v_append(*tags, *count) = v2v_strdup(name);
	*v2v_append(*tags, *count) = v2v_strdup(value);
}

char *guestfs_vfs_type(guestfs_h *g, const char *device)
{
	const struct fake_volume *volume = fake_find(g, device);

	return volume && volume->v.type ? v2v_strdup(volume->v.type) : NULL;
}

static inline void fake_sectors(
	char ***tags, size_t *count, const char *name, int64_t bytes)
{
	CLEANUP_FREE char *sectors =
		bytes ? v2v_format("%lld", (long long)bytes / 512) : NULL;

	fake_tag(tags, count, name, sectors);
}

char **guestfs_blkid(guestfs_h *g, const char *device)
{
	const struct fake_volume *volume = fake_find(g, device);
	char **tags = NULL;
	size_t count = 0;

	if (volume) {
		fake_tag(&tags, &count, "TYPE", volume->v.type);
		fake_tag(&tags, &count, "UUID", volume->v.uuid);
		fake_tag(&tags, &count, "LABEL", volume->v.label);
		fake_tag(&tags, &count, "PART_ENTRY_UUID", volume->v.partuuid);
		fake_tag(&tags, &count, "PART_ENTRY_NAME", volume->v.partlabel);
		fake_tag(&tags, &count, "PART_ENTRY_TYPE", volume->v.parttype);
		fake_sectors(
			&tags, &count, "PART_ENTRY_OFFSET", volume->v.offset);
		fake_sectors(&tags, &count, "PART_ENTRY_SIZE", volume->v.size);
	}
	return fake_end_list(tags, count);
}

/* The boot code of a BIOS guest's first disk is GRUB's. */
char *guestfs_pread_device(guestfs_h *g, const char *device, int count,
	int64_t offset, size_t *ret_size)
{
	char *data = v2v_alloc(1, (size_t)count);

	if (offset == 0 && count >= 512 && strcmp(device, "/dev/sda") == 0 &&
		strcmp(machine_of(g)->firmware, "bios") == 0)
		memcpy(data + 384, "GRUB", 4);
	*ret_size = (size_t)count;
	return data;
}

char *guestfs_debug(guestfs_h *g, const char *command, char *const *args)
{
	(void)g, (void)command, (void)args;
	return v2v_strdup("");
}

int guestfs_lvm_scan(guestfs_h *g, int activate)
{
	(void)g, (void)activate;
	return 0;
}

struct guestfs_btrfssubvolume_list *guestfs_btrfs_subvolume_list(
	guestfs_h *g, const char *device)
{
	(void)g, (void)device;
	return NULL;
}

/* Its files change places with the empty folder @place of the host. */
static void fake_show(struct fake_volume *volume, const char *place)
{
	assert(rmdir(place) == 0);
	assert(rename(volume->hidden, place) == 0);
	volume->at = v2v_strdup(place);
}

static void fake_hide(struct fake_volume *volume)
{
	assert(rename(volume->at, volume->hidden) == 0);
	assert(mkdir(volume->at, 0755) == 0);
	free(volume->at);
	volume->at = NULL;
}

static char *fake_place(const char *root, const char *path)
{
	return v2v_format("%s%s", root, path);
}

/* Those at @path, or all. */
static void fake_hide_at(guestfs_h *g, const char *path)
{
	CLEANUP_FREE char *place = fake_place(g->root, path ? path : "");

	v2v_list_foreach (struct fake_volume, volume, &machine_of(g)->volumes)
		if (volume->at && (!path || strcmp(place, volume->at) == 0))
			fake_hide(volume);
}

static char *fake_root(
	const struct fake_machine *machine, const struct fake_volume *volume)
{
	if (volume->hidden)
		return v2v_strdup(volume->hidden);
	if (!volume->place)
		return v2v_strdup(machine->nothing);
	if (strcmp(volume->place, "/") == 0)
		return v2v_strdup(machine->top);
	return fake_place(machine->top, volume->place);
}

static int fake_mount(guestfs_h *g, const char *device, const char *path)
{
	struct fake_machine *machine = machine_of(g);
	struct fake_volume *volume = fake_find(g, device);
	struct stat st;

	if (!volume) {
		errno = ENODEV;
		return -1;
	}
	/* What is seen in its own place is not seen in another, too. */
	if (strcmp(path, "/") != 0) {
		CLEANUP_FREE char *at = fake_place(g->root, path);

		if (volume->hidden)
			fake_show(volume, at);
		return 0;
	}
	free(machine->root);
	machine->root = fake_root(machine, volume);
	g->root = machine->root;
	assert(stat(g->root, &st) == 0);
	return 0;
}

int guestfs_mount_options(
	guestfs_h *g, const char *options, const char *device, const char *path)
{
	(void)options;
	return fake_mount(g, device, path);
}

int guestfs_umount_all(guestfs_h *g)
{
	fake_hide_at(g, NULL);
	g->root = machine_of(g)->nothing;
	return 0;
}

int guestfs_umount(guestfs_h *g, const char *path)
{
	fake_hide_at(g, path);
	return 0;
}

int guestfs_fstrim(guestfs_h *g, const char *path, ...)
{
	(void)g, (void)path;
	return 0;
}

char *guestfs_dmesg(guestfs_h *g)
{
	(void)g;
	return v2v_strdup("");
}

/* 4 GiB free of 8. */
struct guestfs_statvfs *guestfs_statvfs(guestfs_h *g, const char *path)
{
	struct guestfs_statvfs *st = v2v_alloc(1, sizeof *st);

	(void)g, (void)path;
	st->bsize = st->frsize = 4096;
	st->blocks = 2 << 20;
	st->bfree = st->bavail = 1 << 20;
	st->files = st->ffree = 1 << 20;
	return st;
}
#endif
