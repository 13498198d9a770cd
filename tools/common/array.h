/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The number of elements of an array; the tools see nothing of lib's but v2v.h.
 */
#ifndef V2V_TOOL_ARRAY_H
#define V2V_TOOL_ARRAY_H

#define ARRAY_SIZE(array) (sizeof(array) / sizeof(array)[0])
#endif
