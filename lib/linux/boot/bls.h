/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Boot Loader Specification, type 1: files loader/entries/NAME.conf, which
 * GRUB's blscfg and systemd-boot read. */
#ifndef V2V_LINUX_BOOT_BLS_H
#define V2V_LINUX_BOOT_BLS_H

#include "linux/boot/boot-entry.h"
#include "linux/boot/grubenv.h"

/* One that was read; @sort_key and @version for systemd-boot's order. */
struct v2v_bls {
	char *id;   /* "NAME", owned as all of it */
	char *file; /* its path in the guest; NULL where unknown */
	char *title, *version, *machine_id, *sort_key;
	char *kernel, *options, *initrds; /* kernel NULL: it starts no Linux */
	bool is_uki;
	bool is_bad; /* systemd-boot tried it as often as it may */
};

/* Read the file "NAME.conf".  @variables expand $kernelopts and the like; NULL
 * where the loader knows none. */
void v2v_bls_read(const char *name, const char *text,
	const struct v2v_list *variables, struct v2v_bls *entry);

void v2v_bls_clear(struct v2v_bls *entry);

/* Sort a list of struct v2v_bls, what is offered first coming first: as GRUB
 * does it, by name and version of the file's name, or as systemd-boot does. */
void v2v_bls_sort_grub(struct v2v_list *list);
void v2v_bls_sort_systemd(struct v2v_list *list);

/* rpm's order of versions: <0, 0, >0. */
int v2v_bls_compare_versions(const char *a, const char *b);

/* systemd's. */
int v2v_bls_compare_systemd(const char *a, const char *b);

/* Cut "+LEFT" or "+LEFT-DONE", the counter of attempts, off an id; is none
 * left? */
bool v2v_bls_cut_tries(char *id);

/* Append those that start Linux, in the list's order, to @entries; the list is
 * emptied.  place counts all. */
void v2v_bls_take(struct v2v_list *list, struct v2v_list *entries);
void v2v_bls_list_clear(struct v2v_list *list);
#define CLEANUP_BLS __attribute__((cleanup(v2v_bls_list_clear)))
#endif
