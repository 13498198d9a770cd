/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What lies on a device, by util-linux's libblkid. */
#include "server.h"

#include <blkid/blkid.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* ext4: Documentation/filesystems/ext4/super.rst, s_feature_incompat. */
#define EXT_INCOMPAT	 (1024 + 0x60)
#define EXT_NEEDS_REPLAY 0x4

static blkid_probe probe_new(int fd)
{
	blkid_probe probe = blkid_new_probe();

	if (!probe || blkid_probe_set_device(probe, fd, 0, 0) < 0) {
		blkid_free_probe(probe);
		return NULL;
	}
	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_set_superblocks_flags(
		probe, BLKID_SUBLKS_LABEL | BLKID_SUBLKS_UUID |
			       BLKID_SUBLKS_TYPE | BLKID_SUBLKS_SECTYPE |
			       BLKID_SUBLKS_USAGE | BLKID_SUBLKS_VERSION);
	blkid_probe_enable_partitions(probe, 1);
	blkid_probe_set_partitions_flags(probe, BLKID_PARTS_ENTRY_DETAILS);
	return probe;
}

/* What was found on devices, until something may have changed it: a probe maps
 * a hundred small buffers, each of which costs a dozen switches of processes in
 * UML. */
#define MAX_KEPT 64
static struct kept {
	dev_t device;
	blkid_probe probe;
	int found; /* as blkid_do_safeprobe() says */
	bool lacks_raid6;
	bool is_of_disk;
} kept[MAX_KEPT];
static size_t kept_count;
static bool is_changing;

static void forget(bool of_disks)
{
	size_t left = 0;

	for (size_t i = 0; i < kept_count; i++)
		if (kept[i].is_of_disk && !of_disks)
			kept[left++] = kept[i];
		else
			blkid_free_probe(kept[i].probe);
	kept_count = left;
}

void probe_forget(enum probe_change change)
{
	is_changing |= change == PROBE_WRITES;
	forget(change != PROBE_DEVICES);
}

/* A disk, or a partition of one: nothing becomes another one's device. */
static bool is_of_disk(dev_t device)
{
	char path[64], target[PATH_MAX];
	const char *slash;
	ssize_t n;

	snprintf(path, sizeof path, "/sys/dev/block/%u:%u", major(device),
		minor(device));
	n = readlink(path, target, sizeof target - 1);
	if (n < 0)
		return false;
	target[n] = '\0';
	slash = strrchr(target, '/');
	return slash && text_starts(slash + 1, "vd");
}

static bool lacks_raid6(const struct kept *probe, int fd)
{
	const char *type;

	return probe->found == 0 &&
	       blkid_probe_lookup_value(probe->probe, "TYPE", &type, NULL) ==
		       0 &&
	       raid6_is_lacking(fd, type);
}

/* NULL: it cannot be looked at. */
static const struct kept *probe_get(int fd)
{
	struct kept new = { 0 };
	struct stat st;

	if (fstat(fd, &st) < 0)
		return NULL;
	if (is_changing || kept_count == MAX_KEPT)
		forget(true);
	for (size_t i = 0; i < kept_count; i++)
		if (kept[i].device == st.st_rdev)
			return &kept[i];
	new.device = st.st_rdev;
	new.probe = probe_new(fd);
	if (!new.probe)
		return NULL;
	new.found = blkid_do_safeprobe(new.probe);
	blkid_probe_reset_buffers(new.probe);
	new.is_of_disk = is_of_disk(st.st_rdev);
	new.lacks_raid6 = lacks_raid6(&new, fd);
	kept[kept_count] = new;
	return &kept[kept_count++];
}

void probe_type(int fd, char *type, size_t room)
{
	const struct kept *probe = probe_get(fd);
	const char *value;

	type[0] = '\0';
	if (probe && probe->found == 0 &&
		blkid_probe_lookup_value(probe->probe, "TYPE", &value, NULL) ==
			0)
		snprintf(type, room, "%s", value);
}

bool probe_needs_recovery(int fd, const char *type)
{
	unsigned char features;

	return text_starts(type, "ext") &&
	       pread(fd, &features, 1, EXT_INCOMPAT) == 1 &&
	       features & EXT_NEEDS_REPLAY;
}

static bool put_tag(struct reply *reply, struct list *tags, const char *name,
	const char *value, size_t length)
{
	entry_begin(reply, tags);
	put_string(reply, name);
	/* Its size counts the NUL. */
	put_blob(reply, value, strnlen(value, length));
	return entry_end(reply, tags);
}

static void put_tags(struct reply *reply, const struct kept *probe, int fd)
{
	int count =
		probe->found == 0 ? blkid_probe_numof_values(probe->probe) : 0;
	struct list tags;

	list_begin(reply, &tags);
	if (probe->found == -2)
		put_tag(reply, &tags, "AMBIVALENT", "1", 1);
	for (int i = 0; i < count; i++) {
		const char *name, *value;
		size_t length;

		if (blkid_probe_get_value(
			    probe->probe, i, &name, &value, &length) < 0)
			continue;
		if (!put_tag(reply, &tags, name, value, length))
			return;
		if (strcmp(name, "TYPE") != 0)
			continue;
		if (probe_needs_recovery(fd, value))
			put_tag(reply, &tags, "NEEDS_RECOVERY", "1", 1);
		if (probe->lacks_raid6)
			put_tag(reply, &tags, "LACKS_RAID6", "1", 1);
	}
}

static void put_probe(struct reply *reply, const char *device)
{
	CLEANUP_CLOSE int fd = -1;
	int status = device_open(device, O_RDONLY, &fd);
	const struct kept *probe = status ? NULL : probe_get(fd);
	struct list none;

	if (!status && !probe)
		status = EIO;
	put_u32(reply, (uint32_t)status);
	if (probe)
		put_tags(reply, probe, fd);
	else
		list_begin(reply, &none);
}

int do_PROBE(const struct request *request, struct reply *reply)
{
	struct list list;

	names_refresh();
	list_begin(reply, &list);
	for (size_t i = 0; i < request->count; i++) {
		entry_begin(reply, &list);
		put_probe(reply, request->strings[i]);
		if (!entry_end(reply, &list))
			break;
	}
	return 0;
}
