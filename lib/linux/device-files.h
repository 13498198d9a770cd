/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The files of a guest that name devices or consoles, and how each is edited.
 * Inspection tells what the edits will do; conversion does them.
 */
#ifndef V2V_LINUX_DEVICE_FILES_H
#define V2V_LINUX_DEVICE_FILES_H

#include "linux/boot/bootloader.h"
#include "linux/text/texts.h"

struct v2v_device_file {
	char *path; /* owned */
	v2v_text_edit *edit;
	const char *code; /* of the finding: "device-name" … */
};

/* The code of one change of the file's: @what is the edit's note. */
const char *v2v_device_file_code(
	const struct v2v_device_file *file, const char *what);

/* Add all that may be there, absent ones too; a file that has several edits
 * comes once for each.  @from_xen: hvc0 was a console of Xen's. */
void v2v_device_files(const struct v2v_tree *tree, const struct v2v_boot *boot,
	bool from_xen, struct v2v_list *files);

/* Those that have kernel arguments, each once; edit and code are NULL. */
void v2v_device_files_cmdlines(const struct v2v_tree *tree,
	const struct v2v_boot *boot, struct v2v_list *files);

/* Those that give a serial console; code is NULL. */
void v2v_device_files_serial(const struct v2v_tree *tree,
	const struct v2v_boot *boot, struct v2v_list *files);

void v2v_device_files_clear(struct v2v_list *files);
#define CLEANUP_DEVICE_FILES __attribute__((cleanup(v2v_device_files_clear)))

/* Did the guest run on Xen? */
bool v2v_device_files_from_xen(
	const struct v2v_source *source, const struct v2v_inspect *inspect);

/* What the guest's programs understand, devices->partuuid and no_initrd, and
 * how they call the root's disk. */
void v2v_device_files_abilities(const struct v2v_tree *tree,
	const struct v2v_boot *boot, struct v2v_devices *devices);
#endif
