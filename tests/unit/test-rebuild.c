/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Command lines of the tools that make an initramfs. */
#include "cases.h"

#include "convert/linux/rebuild.h"

static bool is_there(const char *path, void *opaque)
{
	return strstr(opaque, path) != NULL;
}

/* Which tools the guest has, its initrd, and what would be run. */
static const struct {
	const char *tools, *initrd, *name, *command;
} cases[] = {
	{ "", "/boot/initrd.img-6.1", NULL, "" },
	{ "/usr/sbin/update-initramfs", "/boot/initrd.img-6.1",
		"update-initramfs", "/usr/sbin/update-initramfs -u -k 6.1 " },
	/* It writes no other name. */
	{ "/usr/sbin/update-initramfs", "/boot/initramfs.img", NULL, "" },
	{ "/usr/bin/dracut /sbin/mkinitrd", "/boot/initramfs-6.1.img", "dracut",
		"/usr/bin/dracut --force --no-hostonly --add-drivers "
		"[virtio_pci virtio_blk] /boot/initramfs-6.1.img 6.1 " },
	{ "/sbin/dracut /sbin/mkinitrd", "/boot/initramfs-6.1.img", "dracut",
		"/sbin/dracut --force --no-hostonly --add-drivers "
		"[virtio_pci virtio_blk] /boot/initramfs-6.1.img 6.1 " },
	{ "/usr/bin/mkinitcpio /usr/bin/booster",
		"/boot/initramfs-linux-fallback.img", "mkinitcpio",
		"/usr/bin/mkinitcpio -S autodetect -k 6.1 -g "
		"/boot/initramfs-linux-fallback.img " },
	{ "/usr/bin/mkinitcpio /usr/bin/booster", "/boot/booster-linux.img",
		"booster",
		"/usr/bin/booster build --force --universal --kernel-version "
		"6.1 /boot/booster-linux.img " },
	{ "/sbin/mkinitfs", "/boot/initramfs-lts", "mkinitfs",
		"/sbin/mkinitfs -o /boot/initramfs-lts 6.1 " },
	{ "/usr/sbin/make-initrd", "/boot/initrd-6.1.img", "make-initrd",
		"/usr/sbin/make-initrd -k 6.1 " },
	{ "/lib/mkinitrd/scripts/setup-prepare.sh /sbin/mkinitrd",
		"/boot/initrd-6.1", "mkinitrd",
		"/usr/bin/env rootdev=/dev/sda2 /sbin/mkinitrd -m "
		"[virtio_pci virtio_blk] -i /boot/initrd-6.1 -k /boot/vmlinuz "
		"-d /dev/sda2 " },
	{ "/sbin/mkinitrd", "/boot/initrd-6.1.img", "mkinitrd",
		"/sbin/mkinitrd -f --with=virtio_pci --with=virtio_blk "
		"/boot/initrd-6.1.img 6.1 " },
};

int main(void)
{
	char *names[] = { "virtio_pci", "virtio_blk" };
	const struct v2v_list drivers = { names, 2 };

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct v2v_rebuild rebuild = { "6.1", "/boot/vmlinuz",
			cases[i].initrd, "/dev/sda2", &drivers };
		struct v2v_list argv CLEANUP_STRINGS = { 0 };
		struct v2v_text got CLEANUP_TEXT = { 0 };
		const char *name = v2v_rebuild_command(
			&rebuild, is_there, (void *)cases[i].tools, &argv);

		v2v_text_addf(&got, "%s", "");
		v2v_list_foreach (char *, word, &argv) {
			bool blank = strchr(*word, ' ') != NULL;

			v2v_text_addf(&got, "%s%s%s ", blank ? "[" : "", *word,
				blank ? "]" : "");
		}
		same(cases[i].tools, name, cases[i].name);
		same(cases[i].tools, got.data, cases[i].command);
	}
	return 0;
}
