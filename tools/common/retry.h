/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether it makes sense to run a step that failed once more. */
#ifndef V2V_RETRY_H
#define V2V_RETRY_H

/*
 * By the code of an error: "now", where the failure may have been a chance one;
 * "later", once the host, the target or whoever holds the source has changed;
 * "never", of this input with these options.  The one table of it, which
 * v2v-tools(7) repeats; a code that is not in it is "never".
 */
const char *retry_class(const char *code);
#endif
