/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The converters, by the type of a guest. */
#ifndef V2V_CONVERTER_H
#define V2V_CONVERTER_H

#include "plan/converter.h"

/* The one for inspect.type; NULL: there is none. */
const struct v2v_converter *v2v_converter_of(const struct v2v_inspect *inspect);
#endif
