/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The list of what the firstboot program does in a converted Windows: a text
 * that lies beside it.  This header and steps.c are compiled for Windows too,
 * so they use nothing of ours.
 *
 * The first line is V2V_FIRSTBOOT_HEAD; then a line for each step, in their
 * order: its word, the seconds that one try may take, and its arguments, with a
 * tab between them, in UTF-8.
 *
 *   driver        an INF's path         handed to pnputil
 *   install       an MSI's path         handed to msiexec
 *   network       MAC, {GUID}           that card's configuration becomes the
 *                                       one of the card with the MAC
 *   network6      MAC, {GUID}           likewise its IPv6 addresses
 *   san           0 to 4                the policy for new disks; 0: none is
 *                                       set
 *   disks                               all are brought online
 *   remove-tools                        VMware Tools are uninstalled
 *   run           a program's path      .exe, .bat or .cmd
 *
 * A path begins with a backslash, and is on the drive of the program itself.
 */
#ifndef V2V_WINDOWS_FIRSTBOOT_STEPS_H
#define V2V_WINDOWS_FIRSTBOOT_STEPS_H

#include <stdbool.h>
#include <stddef.h>

#define V2V_FIRSTBOOT_HEAD "v2v-firstboot 1"

/* Names in the registry and of files, which both sides use. */
#define V2V_FIRSTBOOT_SERVICE "v2v-firstboot"
#define V2V_FIRSTBOOT_PROGRAM "firstboot.exe"
#define V2V_FIRSTBOOT_STEPS   "steps.txt"

#define V2V_FIRSTBOOT_MAX_BYTES	  65536 /* of the text */
#define V2V_FIRSTBOOT_MAX_STEPS	  256
#define V2V_FIRSTBOOT_MAX_PATH	  240 /* bytes; Windows' limit is 260 */
#define V2V_FIRSTBOOT_MAX_SECONDS 86400
#define V2V_FIRSTBOOT_ARGUMENTS	  2

enum v2v_firstboot_kind {
	V2V_FIRSTBOOT_DRIVER,
	V2V_FIRSTBOOT_INSTALL,
	V2V_FIRSTBOOT_NETWORK,
	V2V_FIRSTBOOT_NETWORK6,
	V2V_FIRSTBOOT_SAN,
	V2V_FIRSTBOOT_DISKS,
	V2V_FIRSTBOOT_REMOVE_TOOLS,
	V2V_FIRSTBOOT_RUN,
	V2V_FIRSTBOOT_KINDS
};

struct v2v_firstboot_step {
	enum v2v_firstboot_kind kind;
	unsigned seconds;
	const char *arguments[V2V_FIRSTBOOT_ARGUMENTS]; /* NULL: it has none */
};

/* The word of a kind, static. */
const char *v2v_firstboot_word(enum v2v_firstboot_kind kind);

/* May the step be in a list? */
bool v2v_firstboot_is_valid(const struct v2v_firstboot_step *step);

/* Read "00:50:56:aa:bb:cc" into six bytes. */
bool v2v_firstboot_mac(const char *text, unsigned char *ret_mac);

/*
 * Read the @size bytes at @text, behind which is a NUL, into up to
 * V2V_FIRSTBOOT_MAX_STEPS steps.  They point into @text, which is cut into
 * strings.  Returns 0, or the number of the first line that is wrong.
 */
unsigned v2v_firstboot_parse(char *text, size_t size,
	struct v2v_firstboot_step *steps, size_t *ret_count);
#endif
