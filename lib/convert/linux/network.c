/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Interface names bound to the MACs that the NICs will have. */
#include "convert/linux/linux.h"
#include "convert/linux/pairing.h"
#include "guest/files.h"

#define LINK_DIR "/etc/systemd/network"
#define RULES	 "/etc/udev/rules.d/70-persistent-net.rules"
#define UDEV_DIR "/etc/udev/rules.d"

/* .link files came with systemd 209; net names by systemd with 197. */
static bool has_link_files(struct v2v_guest *guest)
{
	return v2v_guest_is_dir(guest, "/usr/lib/systemd/network") ||
	       v2v_guest_is_dir(guest, "/lib/systemd/network");
}

/* systemd.link(5) */
static int write_link(struct v2v_linux *c, const struct v2v_guest_nic *nic,
	struct v2v_error *err)
{
	CLEANUP_FREE char *path =
		v2v_format(LINK_DIR "/10-v2v-%s.link", nic->name);
	CLEANUP_FREE char *text = v2v_format(
		"# The name that this card had before the machine moved to "
		"KVM.\n[Match]\nMACAddress=%s\n\n[Link]\nName=%s\n",
		nic->mac, nic->name);
	CLEANUP_FREE char *old = v2v_guest_text(c->guest, path);

	if (v2v_streq(old, text))
		return 0;
	if (v2v_guest_make_dir(c->guest, LINK_DIR, err) < 0 ||
		v2v_guest_write(c->guest, path, text, err) < 0)
		return -1;
	v2v_linux_changed(
		c, path, "new: the card %s is %s", nic->mac, nic->name);
	return 0;
}

/* udev(7) of systems without .link files: one rule a card. */
static int write_rules(struct v2v_linux *c, struct v2v_error *err)
{
	struct v2v_text rules CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *old = v2v_guest_text(c->guest, RULES);

	v2v_list_foreach (const struct v2v_guest_nic, nic, &c->caps->nics)
		if (nic->name)
			v2v_text_addf(&rules,
				"SUBSYSTEM==\"net\", ACTION==\"add\", "
				"ATTR{address}==\"%s\", ATTR{type}==\"1\", "
				"NAME=\"%s\"\n",
				nic->mac, nic->name);
	if (!rules.length || v2v_streq(old, rules.data))
		return 0;
	if (v2v_guest_make_dir(c->guest, UDEV_DIR, err) < 0 ||
		v2v_guest_write(c->guest, RULES, rules.data, err) < 0)
		return -1;
	v2v_linux_changed(c, RULES, "%s: names by the new cards' addresses",
		old ? "rewritten" : "new");
	return 0;
}

/* Lines that udev wrote for the old cards would keep names from the new. */
static int drop_stale_rules(struct v2v_linux *c, struct v2v_error *err)
{
	if (!v2v_guest_is_file(c->guest, RULES))
		return 0;
	if (v2v_guest_remove(c->guest, RULES, err) < 0)
		return -1;
	v2v_linux_changed(
		c, RULES, "removed: it named the old hypervisor's cards");
	return 0;
}

static bool is_plain_name(const char *name)
{
	return *name && !name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
					   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					   "0123456789_-")];
}

static int bind_name(struct v2v_linux *c, const struct v2v_guest_nic *nic,
	struct v2v_error *err)
{
	if (!is_plain_name(nic->name)) {
		v2v_warn(c->v, "network-name",
			"the interface name '%s' is not kept", nic->name);
		return 0;
	}
	/* One card only: the kernel calls it eth0 anyway, unless udev would
	 * rename it; several could not swap names that the kernel gives. */
	if (v2v_pairing_is_kernel_name(nic->name) && c->caps->nics.count > 1) {
		v2v_warn(c->v, "network-kernel-names",
			"'%s' is a name that the kernel gives; it depends on "
			"the order of the cards, which is kept",
			nic->name);
		return 0;
	}
	return write_link(c, nic, err);
}

int v2v_linux_network(struct v2v_linux *c, struct v2v_error *err)
{
	size_t named = 0;

	v2v_pairing_make(c->source, c->inspect, &c->caps->nics);
	if (!has_link_files(c->guest))
		return write_rules(c, err);
	v2v_list_foreach (const struct v2v_guest_nic, nic, &c->caps->nics) {
		if (!nic->name)
			continue;
		named++;
		if (bind_name(c, nic, err) < 0)
			return -1;
	}
	v2v_debug(c->v, "network", "%zu interface name(s) kept", named);
	return drop_stale_rules(c, err);
}
