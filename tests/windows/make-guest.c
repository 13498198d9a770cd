/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* make-guest TREE FOLDER: makes the guest of a text (dir-tree.h,
 * crashed-hive.h) below FOLDER. */
#include "../unit/dir-tree.h"

#include "../unit/crashed-hive.h"

int main(int argc, char **argv)
{
	CLEANUP_FREE char *text = argc == 3 ? read_whole(argv[1]) : NULL;

	if (!text) {
		fprintf(stderr, "usage: make-guest TREE FOLDER\n");
		return 2;
	}
	make_tree(argv[2], text);
	crash_hive(argv[2]);
	return 0;
}
