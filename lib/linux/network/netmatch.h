/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How udev(7) rules, systemd.link(5) and systemd.network(5) find a card: by
 * its MAC, or by something that only the old machine's card had. */
#ifndef V2V_LINUX_NETWORK_NETMATCH_H
#define V2V_LINUX_NETWORK_NETMATCH_H

#include "model/inspect.h"

/* What is compared, udev's properties and what rules have in their place. */
struct v2v_netmatch {
	char *mac, *path;  /* NULL: not compared */
	char *original;	   /* the kernel's name, "eth1" */
	char *driver;	   /* drivers or patterns, blanks between them */
	char *vendor, *id; /* of the PCI device, "0x15ad" */
	char *unclear;	   /* the first key that is not understood */
	bool is_other;	   /* no PCI card: USB, a bridge, a tunnel */
};
void v2v_netmatch_clear(struct v2v_netmatch *match);
#define CLEANUP_NETMATCH __attribute__((cleanup(v2v_netmatch_clear)))

/* Add the comparison of a udev property (ID_PATH) with @value; @key is how the
 * file names it. */
void v2v_netmatch_property(struct v2v_netmatch *match, const char *property,
	const char *key, const char *value);

/* The words of Property= of systemd.link(5). */
void v2v_netmatch_properties(struct v2v_netmatch *match, const char *words);

/* The drivers that the PCI device has, once all is compared. */
void v2v_netmatch_finish(struct v2v_netmatch *match);

/* Is it found by something that the new card has not, and no MAC? */
bool v2v_netmatch_is_old(const struct v2v_netmatch *match);

/* Set what is not set yet in the @iface whose name a file gives.  Where nothing
 * tells one card from another, it is @key that is not understood. */
void v2v_netmatch_tell(const struct v2v_netmatch *match,
	struct v2v_interface *iface, const char *key);

/* Does one of the @drivers, words or patterns, drive such a NIC of an OVF?
 * Where the NIC's @model is NULL it may. */
bool v2v_netmatch_drives(const char *drivers, const char *model);

/* The rest of @name, from what is there for the number that the kernel
 * gives a card: "%n" of "lan%n"; or NULL. */
const char *v2v_netmatch_number(const char *name);

/* Is @name given to a card by what has the name @given, "lan3" by "lan%n"? */
bool v2v_netmatch_gives(const char *given, const char *name);
#endif
