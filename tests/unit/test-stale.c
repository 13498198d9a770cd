/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copies of configuration inside an initramfs that name the old devices. */
#include "cases.h"

#include "convert/linux/stale.h"
#include "inspect/initramfs.h"

#include <sys/stat.h>

static struct v2v_filesystem filesystems[] = {
	{ .device = "/dev/sda1", .type = "ext4", .uuid = "aaaa-1" },
	{ .device = "/dev/sda2", .type = "swap", .uuid = "aaaa-2" },
};
static struct v2v_disk disks[] = { { .id = 0, .controller = "scsi" } };
static const struct v2v_source source = { .disks = { disks, 1 } };
static const struct v2v_inspect inspect = { .filesystems = { filesystems, 2 } };
static const struct v2v_devices devices = {
	.source = &source, .inspect = &inspect, .prefix = "vd"
};

static const struct {
	const char *path, *before, *after; /* NULL: it stays */
} cases[] = {
	{ "conf/conf.d/resume", "RESUME=/dev/sda2\n", "RESUME=UUID=aaaa-2\n" },
	{ "conf/conf.d/resume", "RESUME=UUID=x\n", NULL },
	{ "etc/fstab", "/dev/sda1 / ext4 ro 0 0\n",
		"UUID=aaaa-1 / ext4 ro 0 0\n" },
	{ "etc/mdadm/mdadm.conf", "HOMEHOST <system>\n", NULL },
	{ "cryptroot/crypttab", "x UUID=aaaa-1 none luks\n", NULL },
	{ "etc/cmdline.d/95resume.conf", " resume=/dev/sda2\n",
		" resume=UUID=aaaa-2\n" },
	{ "etc/lvm/devices/system.devices",
		"IDTYPE=sys_wwid IDNAME=naa.6000c29 DEVNAME=/dev/sda3\n",
		"/run/v2v-none" },
};

static void test_case(size_t i)
{
	struct v2v_initrd_text file = { (char *)cases[i].path,
		(char *)cases[i].before, S_IFREG | 0600 };
	const struct v2v_initrd scan = { .texts = { &file, 1 } };
	struct v2v_text what CLEANUP_TEXT = { 0 };
	struct v2v_list texts = { 0 };
	const struct v2v_initrd_text *got;

	v2v_stale_edit(&scan, &devices, &texts, &what);
	assert((texts.count == 1) == (cases[i].after != NULL));
	assert((what.length > 0) == (cases[i].after != NULL));
	got = texts.items;
	if (got) {
		same(cases[i].path, got->path, cases[i].path);
		same(cases[i].path, got->text, cases[i].after);
		/* A list is replaced by a link, all else keeps its mode. */
		assert(got->mode == (S_IFREG | 0600) || S_ISLNK(got->mode));
	}
	v2v_initrd_texts_clear(&texts);
}

/* What can be edited is what the scan captures. */
static void test_captured(void)
{
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		bool found = false;

		for (const char *const *s = v2v_initramfs_stale; *s; s++)
			found |= strcmp(*s, cases[i].path) == 0;
		if (!found)
			same(cases[i].path, "captured", "not");
	}
}

int main(void)
{
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		test_case(i);
	test_captured();
	return 0;
}
