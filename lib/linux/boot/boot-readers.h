/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading one bootloader's configuration.  Each reader is true where there is
 * one that offers something; one that is empty is remembered for want of a
 * better one.
 */
#ifndef V2V_LINUX_BOOT_BOOT_READERS_H
#define V2V_LINUX_BOOT_BOOT_READERS_H

#include "linux/boot/bootloader.h"

struct v2v_boot_search {
	const struct v2v_tree *tree;
	const struct v2v_inspect *inspect;
	struct v2v_boot *boot;
};

/* Remember that @path is a configuration; each is once. */
void v2v_boot_add_file(const struct v2v_boot_search *search, const char *path);

/* grub.cfg, or a stub that leads to one, with what it reads beside. */
bool v2v_boot_grub2(const struct v2v_boot_search *search, const char *path);

/* menu.lst or grub.conf. */
bool v2v_boot_grub1(const struct v2v_boot_search *search, const char *path);

/* extlinux.conf or syslinux.cfg. */
bool v2v_boot_extlinux(const struct v2v_boot_search *search, const char *path);

/* refind.conf, with what its loader finds in /boot and on the EFI partition. */
bool v2v_boot_refind(const struct v2v_boot_search *search, const char *path);

/* limine.conf, or limine.cfg of older ones. */
bool v2v_boot_limine(const struct v2v_boot_search *search, const char *path);

/* elilo.conf on the EFI system partition. */
bool v2v_boot_elilo(const struct v2v_boot_search *search, const char *path);

/* systemd-boot on the EFI system partition that is mounted at @esp. */
bool v2v_boot_systemd(const struct v2v_boot_search *search, const char *esp);
#endif
