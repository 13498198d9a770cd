/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fill-ntfs IMAGE FOLDER: copies FOLDER's files into an NTFS without a mount,
 * so without root or FUSE.  fill-ntfs IMAGE --dirty: sets the flag by which
 * Windows wants to check it.
 */
#include <dirent.h>
#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* Its headers rely on those above. */
#include <ntfs-3g/attrib.h>
#include <ntfs-3g/dir.h>
#include <ntfs-3g/unistr.h>
#include <ntfs-3g/volume.h>

static ntfs_inode *create(ntfs_inode *parent, const char *name, mode_t type)
{
	ntfschar *wide = NULL;
	const int length = ntfs_mbstoucs(name, &wide);
	ntfs_inode *made;

	if (length <= 0)
		errx(1, "'%s' is not a name", name);
	made = ntfs_create(
		parent, const_cpu_to_le32(0), wide, (u8)length, type);
	if (!made)
		err(1, "cannot create '%s'", name);
	free(wide);
	return made;
}

static void copy_data(const char *path, ntfs_inode *to)
{
	ntfs_attr *data = ntfs_attr_open(to, AT_DATA, AT_UNNAMED, 0);
	FILE *from = fopen(path, "r");
	char bytes[65536];
	size_t n;
	s64 at = 0;

	if (!data || !from)
		err(1, "cannot copy '%s'", path);
	for (; (n = fread(bytes, 1, sizeof bytes, from)) > 0; at += (s64)n)
		if (ntfs_attr_pwrite(data, at, (s64)n, bytes) != (s64)n)
			err(1, "cannot write '%s'", path);
	fclose(from);
	ntfs_attr_close(data);
}

static void copy_folder(const char *path, ntfs_inode *to);

static void copy_entry(const char *folder, const char *name, ntfs_inode *to)
{
	char path[4096];
	struct stat st;
	ntfs_inode *made;

	if (snprintf(path, sizeof path, "%s/%s", folder, name) >=
			(int)sizeof path ||
		lstat(path, &st) < 0)
		err(1, "cannot read '%s/%s'", folder, name);
	made = create(to, name, S_ISDIR(st.st_mode) ? S_IFDIR : S_IFREG);
	if (S_ISDIR(st.st_mode))
		copy_folder(path, made);
	else
		copy_data(path, made);
	if (ntfs_inode_close_in_dir(made, to) < 0)
		err(1, "cannot close '%s'", path);
}

static void copy_folder(const char *path, ntfs_inode *to)
{
	DIR *folder = opendir(path);
	struct dirent *entry;

	if (!folder)
		err(1, "cannot read '%s'", path);
	while ((entry = readdir(folder)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			copy_entry(path, entry->d_name, to);
	closedir(folder);
}

int main(int argc, char **argv)
{
	ntfs_volume *volume;

	if (argc != 3)
		errx(2, "usage: fill-ntfs IMAGE FOLDER|--dirty");
	volume = ntfs_mount(argv[1], 0);
	if (!volume)
		err(1, "cannot open '%s'", argv[1]);
	if (strcmp(argv[2], "--dirty") == 0) {
		if (ntfs_volume_write_flags(
			    volume, volume->flags | VOLUME_IS_DIRTY) < 0)
			err(1, "cannot mark '%s'", argv[1]);
	} else {
		ntfs_inode *root = ntfs_inode_open(volume, FILE_root);

		if (!root)
			err(1, "'%s' has no root", argv[1]);
		copy_folder(argv[2], root);
		if (ntfs_inode_close(root) < 0)
			err(1, "cannot close the root");
	}
	if (ntfs_umount(volume, FALSE) < 0)
		err(1, "cannot close '%s'", argv[1]);
	return 0;
}
