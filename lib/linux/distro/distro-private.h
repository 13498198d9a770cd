/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of this folder share: the one table of each kind. */
#ifndef V2V_LINUX_DISTRO_PRIVATE_H
#define V2V_LINUX_DISTRO_PRIVATE_H

#include "linux/distro/distro.h"

/* Call @set for each KEY=VALUE of an os-release or an lsb-release.  @exact:
 * the lines as they are, so that a blank before the key makes it another and a
 * carriage return is a part of the value, as libguestfs takes them. */
void v2v_release_each(const char *text, bool exact,
	void (*set)(const char *key, const char *value, void *opaque),
	void *opaque);

/* What libguestfs calls the distribution with that ID; NULL: it does not know
 * it. */
const char *v2v_release_known(const char *id);

/* Fill what is not known of package_format and package_management, by the
 * words of ID and then of ID_LIKE; each may be NULL. */
void v2v_packages_by_family(const char *id, const char *id_like,
	const char *version, struct v2v_inspect *inspect);

/* Has the distribution, as libguestfs calls it, no versions? */
bool v2v_distro_rolls(const char *distro);

/* Set inspect->osinfo by distro, which is the ID of os-release, and the
 * version, where libosinfo has a name of it.  @name is os-release's NAME; NULL.
 */
void v2v_distro_set_osinfo_by_id(const char *name, struct v2v_inspect *inspect);
#endif
