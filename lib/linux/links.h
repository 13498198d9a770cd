/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Configuration that should be a file or lead to one. */
#ifndef V2V_LINUX_LINKS_H
#define V2V_LINUX_LINKS_H

/* NULL ends them. */
extern const char *const v2v_links_watched[];
#endif
