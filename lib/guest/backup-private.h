/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the writer and the reader of backups share. */
#ifndef V2V_GUEST_BACKUP_PRIVATE_H
#define V2V_GUEST_BACKUP_PRIVATE_H

#include "core/error.h"
#include "guest/guest.h"

#include <archive.h>
#include <archive_entry.h>

#define V2V_BACKUP_OWNER ".v2v-backup.json"
#define V2V_WHITEOUT	 ".wh."

#define V2V_BACKUP_ROOT "./"

/* A tar being read, member by member; of one that is cut off only what is
 * whole. */
struct v2v_backup_reader {
	const char *file; /* borrowed */
	int fd;
	uint64_t at, whole; /* read so far; where the whole members end */
	bool cut;
	char buffer[65536];
	struct archive *tar;
	struct archive_entry *entry; /* of the member that was read last */
};

int v2v_backup_reader_open(struct v2v_backup_reader *reader, const char *file,
	struct v2v_error *err);
/* 1, or 0 at the end. */
int v2v_backup_reader_next(
	struct v2v_backup_reader *reader, struct v2v_error *err);
/* Could we have written it?  A file, directory or link of a plain name. */
bool v2v_backup_is_member(struct archive_entry *entry);
int v2v_backup_check_member(
	const struct v2v_backup_reader *reader, struct v2v_error *err);
/* The error of what libarchive says; -1. */
int v2v_backup_broken(
	const struct v2v_backup_reader *reader, struct v2v_error *err);
void v2v_backup_reader_clear(struct v2v_backup_reader *reader);
#define CLEANUP_BACKUP_READER __attribute__((cleanup(v2v_backup_reader_clear)))

/*
 * Where the whole members of a tar of @size bytes end, as its headers say; true
 * where the last is cut off or the end mark is missing.  What is not a tar is
 * whole: libarchive says what is wrong with it.
 */
bool v2v_backup_is_cut(int fd, uint64_t size, uint64_t *ret_whole);

/* lib/guest/restore-file.c: put back the file or link that was read last. */
int v2v_backup_restore_file(struct v2v_guest *guest,
	struct v2v_backup_reader *reader, struct v2v_error *err);
/* The name in the guest of a member, its directory's links resolved there; NULL
 * where that directory is missing.  *@ret_directory: "" is the root; the
 * caller's. */
char *v2v_backup_name(
	struct v2v_guest *guest, const char *member, char **ret_directory);

/* Flags as letters of chattr(1), the caller's (NULL: none), and as bits. */
unsigned long v2v_backup_bits(const char *letters);
char *v2v_backup_letters(unsigned long bits);
#endif
