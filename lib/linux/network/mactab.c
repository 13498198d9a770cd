/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mactab of nameif(8): a name and a MAC a line. */
#include "core/lines.h"
#include "linux/network/netread.h"
#include "linux/network/parsers.h"

void v2v_network_mactab(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	while (*text) {
		CLEANUP_FREE char *line = v2v_line_next(&text);
		char *name = v2v_line_trim(line), *mac = v2v_line_split(name);

		/* Newer ones may say mac=, driver= or path=. */
		if (v2v_starts_with(mac, "mac="))
			mac += strlen("mac=");
		v2v_line_split(mac);
		if (*name != '#' && !v2v_netread_is_virtual(name) &&
			v2v_netread_is_mac(mac))
			v2v_netread_mac(
				v2v_netread_add(interfaces, name, where), mac);
	}
}
