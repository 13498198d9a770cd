/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Errors of the command line, which argp prints before it ends the process, as
 * JSON where --messages=json is given. */
#ifndef V2V_TOOL_USAGE_H
#define V2V_TOOL_USAGE_H

/* Standard error is caught from here on, where messages are to be JSON; @name
 * is the program's, static. */
void usage_catch(const char *name, int argc, char **argv);

/* It is told, and standard error is the caller's again.  Done at the end of the
 * process too. */
void usage_release(void);
#endif
