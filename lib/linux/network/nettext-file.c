/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which of the editors a file of network configuration takes, by its name. */
#include "linux/network/nettexts.h"

char *v2v_nettext_file(const char *path, const char *text,
	const struct v2v_net_edit *edit, struct v2v_text *what)
{
	static const struct {
		const char *part; /* the name has it */
		char *(*edit)(const char *text, const struct v2v_net_edit *edit,
			struct v2v_text *what);
	} kinds[] = {
		{ "/system-connections/", v2v_nettext_keyfile },
		{ "systemd/network/", v2v_nettext_systemd },
		{ "etc/cmdline", v2v_nettext_cmdline },
		{ "etc/booster", v2v_nettext_cmdline },
	};

	if (v2v_ends_with(path, ".link"))
		return v2v_nettext_link(text, edit, what);
	if (v2v_ends_with(path, ".netdev"))
		return v2v_nettext_plain(text, edit, what);
	if (v2v_ends_with(path, ".rules"))
		return v2v_nettext_rules(text, edit, what);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strstr(path, kinds[i].part))
			return kinds[i].edit(text, edit, what);
	return v2v_nettext_plain(text, edit, what);
}
