/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Interface names bound to the MACs that the NICs will have, and configuration
 * that finds its card by something of the old one. */
#include "inspect/network.h"
#include "convert/linux/linux.h"
#include "convert/linux/nettexts.h"
#include "guest/files.h"
#include "inspect/cloudnet.h"
#include "inspect/device-files.h"
#include "inspect/pairing.h"

#include <ctype.h>

/* The work on one guest. */
struct network {
	struct v2v_linux *c;
	struct v2v_net_edit edit;
	struct v2v_list macs;	/* of struct v2v_mac_change */
	struct v2v_list places; /* of struct v2v_net_place */
	struct v2v_list cards;	/* of struct v2v_net_card */
	struct v2v_list links;	/* of struct v2v_interface: the guest's .link */
	enum v2v_network_namer namer;
	bool has_table; /* its file was there, and was edited */
	struct v2v_error *err;
	int status;
};

static void network_clear(struct network *n)
{
	struct v2v_inspect links = { .network = n->links };

	v2v_mac_changes_clear(&n->macs);
	v2v_pairing_places_clear(&n->places);
	free(n->cards.items);
	v2v_inspect_clear(&links);
}

/* Write @text, unless it is NULL: nothing was to be changed. */
static int rewrite(struct v2v_linux *c, const char *path, const char *text,
	const struct v2v_text *what, struct v2v_error *err)
{
	if (!text)
		return 0;
	if (v2v_guest_write(c->guest, path, text, err) < 0)
		return -1;
	v2v_linux_changed(c, path, "%s", what->data);
	return 0;
}

/* The file that names all cards of such a guest; NULL where there is none. */
static const char *table_of(const struct network *n)
{
	if (n->namer == V2V_NAMER_MACTAB)
		return V2V_MACTAB;
	return n->namer == V2V_NAMER_RULES ? V2V_UDEV_TABLE : NULL;
}

static bool is_table(const struct network *n, const char *path)
{
	return v2v_streq(table_of(n), path);
}

static char *edit_text(const struct network *n,
	const struct v2v_network_file *file, struct v2v_text *what)
{
	if (file->form == V2V_NETWORK_PLAIN)
		return (is_table(n, file->path) ? v2v_nettext_mactab
						: v2v_nettext_plain)(
			file->text, &n->edit, what);
	if (strcmp(file->path, V2V_UDEV_TABLE) == 0)
		return v2v_nettext_persistent(file->text, &n->edit,
			n->namer == V2V_NAMER_RULES, what);
	if (file->form == V2V_NETWORK_RULES)
		return v2v_nettext_rules(file->text, &n->edit, what);
	if (file->form == V2V_NETWORK_KEYFILE)
		return v2v_nettext_keyfile(file->text, &n->edit, what);
	if (v2v_ends_with(file->path, ".link"))
		return v2v_nettext_link(file->text, &n->edit, what);
	return v2v_nettext_systemd(file->text, &n->edit, what);
}

/* The name of a file that is named for its old card, for the new one; the
 * caller's, or NULL where it stays. */
static char *new_path(const struct network *n, const char *path)
{
	const char *mac, *place, *base = strrchr(path, '/'), *put = NULL;
	char *renamed;

	if (!v2v_ifcfg_is_of_card(path, &mac, &place))
		return NULL;
	v2v_list_foreach (const struct v2v_mac_change, change, &n->macs)
		if (mac && strcasecmp(change->from, mac) == 0)
			put = change->to;
	if (place)
		put = v2v_nettext_mac_at(&n->edit, place);
	if (!put)
		return NULL;
	renamed = v2v_format(
		"%.*s/ifcfg-eth-id-%s", (int)(base - path), path, put);
	for (char *c = renamed + (base - path); *c; c++)
		*c = (char)tolower(*c);
	return renamed;
}

/* SUSE looks for the file by the card's own address. */
static int rename_file(struct network *n, const char *path)
{
	CLEANUP_FREE char *to = new_path(n, path);

	if (!to || v2v_guest_is_file(n->c->guest, to))
		return 0;
	if (v2v_guest_copy(n->c->guest, path, to, n->err) < 0 ||
		v2v_guest_remove(n->c->guest, path, n->err) < 0)
		return -1;
	v2v_linux_changed(n->c, to, "new: it was %s", strrchr(path, '/') + 1);
	v2v_linux_changed(n->c, path, "is %s now", strrchr(to, '/') + 1);
	return 0;
}

static void edit_file(const struct v2v_network_file *file, void *opaque)
{
	struct network *n = opaque;
	struct v2v_text what CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *edited = NULL;

	if (n->status < 0 || file->form == V2V_NETWORK_STATE)
		return;
	edited = edit_text(n, file, &what);
	n->status = rewrite(n->c, file->path, edited, &what, n->err);
	n->has_table |= is_table(n, file->path);
	if (n->status == 0)
		n->status = rename_file(n, file->path);
	if (file->parse == v2v_network_link)
		v2v_network_link(
			edited ? edited : file->text, file->path, &n->links);
}

/* Does a .link file of the guest's own do it already? */
static bool is_bound(const struct network *n, const struct v2v_guest_nic *nic)
{
	v2v_list_foreach (const struct v2v_interface, link, &n->links)
		if (v2v_streq(link->name, nic->name) && link->mac &&
			strcasecmp(link->mac, nic->mac) == 0)
			return true;
	return false;
}

/* systemd.link(5) */
static int write_link(struct v2v_linux *c, const struct v2v_guest_nic *nic,
	struct v2v_error *err)
{
	CLEANUP_FREE char *path =
		v2v_network_naming_file(V2V_NAMER_LINKS, nic->name);
	CLEANUP_FREE char *text = v2v_format(
		"# The name that this card had before the machine moved to "
		"KVM.\n[Match]\nMACAddress=%s\n\n[Link]\nName=%s\n",
		nic->mac, nic->name);

	if (v2v_guest_make_dir(c->guest, V2V_LINK_DIR, err) < 0 ||
		v2v_guest_write(c->guest, path, text, err) < 0)
		return -1;
	v2v_linux_changed(
		c, path, "new: the card %s is %s", nic->mac, nic->name);
	return 0;
}

static int write_links(struct network *n, struct v2v_error *err)
{
	v2v_list_foreach (const struct v2v_guest_nic, nic, &n->c->caps->nics)
		if (nic->name && v2v_pairing_is_plain_name(nic->name) &&
			!is_bound(n, nic) && write_link(n->c, nic, err) < 0)
			return -1;
	return 0;
}

/* Systems that do not read .link files. */
static int write_table(struct network *n, struct v2v_error *err)
{
	const char *path = table_of(n);
	struct v2v_text what CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *text = NULL;

	if (n->has_table || !path)
		return 0;
	text = n->namer == V2V_NAMER_MACTAB
		       ? v2v_nettext_mactab("", &n->edit, &what)
		       : v2v_nettext_persistent("", &n->edit, true, &what);
	if (text && n->namer == V2V_NAMER_RULES &&
		v2v_guest_make_dir(n->c->guest, V2V_UDEV_DIR, err) < 0)
		return -1;
	return rewrite(n->c, path, text, &what, err);
}

/* Names for which there is no rule to be made.  The kernel's come from the
 * order of the cards alone. */
static void warn_lost(const struct network *n)
{
	v2v_list_foreach (const struct v2v_guest_nic, nic, &n->c->caps->nics) {
		bool by_kernel = v2v_pairing_is_kernel_name(nic->name, NULL);

		if (nic->name &&
			(!v2v_pairing_is_plain_name(nic->name) ||
				(n->namer == V2V_NAMER_NONE && !by_kernel)))
			v2v_warn(n->c->v, "network-name",
				"the interface name '%s' is not kept",
				nic->name);
	}
}

/* Configuration for a place on the old bus that no card of ours was in. */
static void warn_places(const struct network *n)
{
	v2v_list_foreach (
		const struct v2v_interface, iface, &n->c->inspect->network)
		if (v2v_pairing_is_lost(&n->places, iface))
			v2v_warn(n->c->v, "network-place",
				"%s: no card is known to have been at %s",
				iface->where ? iface->where : "?", iface->path);
}

/* The boot that finds no datasource would write a DHCP configuration for the
 * first card over the static one. */
static int tame_cloud_init(struct v2v_linux *c, struct v2v_error *err)
{
	static const char path[] = V2V_CLOUD_FILE;

	if (!v2v_cloudnet_overwrites(c->guest, c->inspect))
		return 0;
	if (v2v_guest_write(c->guest, path,
		    "# The machine moved to KVM; its network configuration is "
		    "kept.\nnetwork: {config: disabled}\n",
		    err) < 0)
		return -1;
	v2v_linux_changed(c, path,
		"new: cloud-init keeps the network configuration as it is");
	return 0;
}

/* Where kernel arguments stand. */
static int edit_cmdlines(struct network *n, struct v2v_error *err)
{
	const struct v2v_tree tree = v2v_tree_of_guest(n->c->guest);
	struct v2v_boot boot CLEANUP_BOOT = { 0 };
	struct v2v_list files CLEANUP_DEVICE_FILES = { 0 };

	if (n->macs.count == 0)
		return 0;
	v2v_bootloader_look(&tree, n->c->inspect, &boot);
	v2v_device_files_cmdlines(&tree, &boot, &files);
	v2v_list_foreach (const struct v2v_device_file, file, &files) {
		CLEANUP_FREE char *text =
			v2v_guest_text(n->c->guest, file->path);
		struct v2v_text what CLEANUP_TEXT = { 0 };
		CLEANUP_FREE char *edited =
			text ? v2v_nettext_cmdline(text, &n->edit, &what)
			     : NULL;

		if (rewrite(n->c, file->path, edited, &what, err) < 0)
			return -1;
	}
	return 0;
}

/* Cards of several models are told apart by them; all have one driver now. */
static void look_at_models(struct network *n)
{
	const char *first = NULL;
	bool is_mixed = false, all = true;

	v2v_list_foreach (const struct v2v_guest_nic, nic, &n->c->caps->nics) {
		struct v2v_net_card *card =
			v2v_list_add(&n->cards, sizeof *card);

		card->mac = nic->mac;
		v2v_list_foreach (
			const struct v2v_nic, source, &n->c->source->nics)
			if (source->id == nic->nic)
				card->model = source->model;
		first = first ? first : card->model;
		all = all && card->model;
		is_mixed |= !v2v_streq(first, card->model);
	}
	if (all && is_mixed)
		n->edit.cards = &n->cards;
}

static int keep(struct network *n, struct v2v_error *err)
{
	n->namer = v2v_network_namer(n->c->guest);
	warn_lost(n);
	v2v_pairing_places(
		n->c->source, n->c->inspect, &n->c->caps->nics, &n->places);
	warn_places(n);
	look_at_models(n);
	v2v_network_each(n->c->guest, edit_file, n);
	if (n->status < 0 || edit_cmdlines(n, err) < 0)
		return -1;
	if ((n->namer == V2V_NAMER_LINKS ? write_links : write_table)(n, err) <
		0)
		return -1;
	return tame_cloud_init(n->c, err);
}

static void drop_names(struct v2v_list *nics)
{
	v2v_list_foreach (struct v2v_guest_nic, nic, nics)
		free(v2v_take(nic->name));
}

int v2v_linux_network(struct v2v_linux *c, struct v2v_error *err)
{
	const char *bus = c->caps->net_bus;
	__attribute__((cleanup(network_clear))) struct network n = { .c = c,
		.err = err };

	n.edit = (struct v2v_net_edit){
		.macs = &n.macs,
		.places = &n.places,
		.nics = &c->caps->nics,
		.driver = v2v_streq(bus, "virtio-net") ? "virtio_net" : bus,
	};
	v2v_pairing_make(c->source, c->inspect, &c->caps->nics, &n.macs);
	if (c->leave_network) {
		drop_names(&c->caps->nics);
		return 0;
	}
	return keep(&n, err);
}
