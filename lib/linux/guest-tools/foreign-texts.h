/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Edits of texts that name the old hypervisor's parts: pure functions.  Each
 * takes a whole text and gives the new one, the caller's, or NULL where nothing
 * is to be changed; lines are commented out, not dropped.  What was changed is
 * added to @what, one line.
 */
#ifndef V2V_LINUX_GUEST_TOOLS_FOREIGN_TEXTS_H
#define V2V_LINUX_GUEST_TOOLS_FOREIGN_TEXTS_H

#include "core/mem.h"

/* fstab(5): folders shared by the host (vmhgfs, vboxsf, prl_fs), which would
 * hold up the boot. */
char *v2v_foreign_fstab(const char *text, struct v2v_text *what);

/* Lists of modules, a name a line: those that only load on the old one. */
char *v2v_foreign_modules(const char *text, struct v2v_text *what);

/* modprobe.d(5) as VMware's installer writes it. */
char *v2v_foreign_modprobe_d(const char *text, struct v2v_text *what);

/* modprobe.conf and modules.conf of old systems: scsi_hostadapter and ethN;
 * the second where the kernel has no virtio_net. */
char *v2v_foreign_modprobe_conf(const char *text, struct v2v_text *what);
char *v2v_foreign_modprobe_conf_e1000(const char *text, struct v2v_text *what);

/* yum's and zypper's .repo: those of VMware's own host get enabled=0 (but for
 * the distribution that lives there, Photon). */
char *v2v_foreign_repo(const char *text, struct v2v_text *what);

/* apt's sources.list, and its .sources of stanzas. */
char *v2v_foreign_apt_list(const char *text, struct v2v_text *what);
char *v2v_foreign_apt_sources(const char *text, struct v2v_text *what);

/* xorg.conf(5): drivers, and BusID of graphics cards; the second for an X that
 * has no modesetting driver. */
char *v2v_foreign_xorg(const char *text, struct v2v_text *what);
char *v2v_foreign_xorg_old(const char *text, struct v2v_text *what);

/*
 * cloud.cfg: a datasource_list with nothing but VMware's sources.  cloud-init
 * takes a single source without looking for it, finds none, and makes a new
 * instance: new host keys, passwords and network.  With others in the list it
 * looks, finds none and does nothing.
 */
char *v2v_foreign_cloud(const char *text, struct v2v_text *what);

/* ds-identify.cfg: "datasource: OVF" is such a single one. */
char *v2v_foreign_ds_identify(const char *text, struct v2v_text *what);
#endif
