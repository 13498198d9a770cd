/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Boot entries of NixOS. */
#include "linux/boot/nixos.h"

#include "core/lines.h"

char *v2v_nixos_system(const char *options)
{
	static const char key[] = "init=/nix/store/", end[] = "/init";
	static const char blanks[] = " \t\n\"'";

	for (const char *s = options; s && *(s += strspn(s, blanks));) {
		size_t n = strcspn(s, blanks);
		CLEANUP_FREE char *word = v2v_strndup(s, n);

		if (v2v_starts_with(word, key) && v2v_ends_with(word, end))
			return v2v_strndup(word + strlen("init="),
				n - strlen("init=") - strlen(end));
		s += n;
	}
	return NULL;
}
