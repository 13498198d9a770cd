/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* YAML from JSON values; the only user of libyaml for writing. */
#ifndef V2V_META_YAML_H
#define V2V_META_YAML_H

#include "core/error.h"

#include <jansson.h>

/* Add @value as a document of its own ("---").  Strings are quoted, but for
 * plain words that YAML 1.1 and 1.2 read as strings too. */
void v2v_yaml_add(struct v2v_text *text, const json_t *value);
#endif
