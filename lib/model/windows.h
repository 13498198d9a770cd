/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The member `windows` of the section `inspect`: what only a Windows has.  What
 * is not known is NULL, -1, false or empty. */
#ifndef V2V_MODEL_WINDOWS_H
#define V2V_MODEL_WINDOWS_H

#include "core/fields.h"

struct v2v_windows {
	char *systemroot, *software_hive, *system_hive, *current_control_set;
	bool hibernated;
	int64_t build, revision;     /* 19045, 3803 */
	char *edition;		     /* "Professional" "ServerStandard" */
	char *installation_type;     /* "Client" "Server" "Server Core" */
	char *release;		     /* "22H2" */
	char *service_pack;	     /* "Service Pack 1" */
	char *time_zone;	     /* "W. Europe Standard Time" */
	bool real_time_is_universal; /* the machine's clock has UTC */
	bool fast_startup;	     /* to shut down is to hibernate */
};

extern const struct v2v_field v2v_windows_fields[];

/* One of which nothing is known; freed with the section. */
struct v2v_windows *v2v_windows_new(void);

/* What @from knows @to has from now on; @from gets what @to had. */
void v2v_windows_take(struct v2v_windows *to, struct v2v_windows *from);
#endif
