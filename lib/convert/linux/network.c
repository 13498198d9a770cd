/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Interface names bound to the MACs that the NICs will have, and configuration
 * that finds its card by something of the old one. */
#include "linux/network/network.h"
#include "convert/linux/linux.h"
#include "linux/device-files.h"
#include "linux/network/cloudnet.h"
#include "linux/network/netmatch.h"
#include "linux/network/nettexts.h"
#include "linux/network/pairing.h"
#include "linux/network/parsers.h"

#include <ctype.h>

/* Of the changes: a card's name is bound to its new address; its old address,
 * or something else of the old card, is what the new one has. */
#define CODE_NAME "network-name"
#define CODE_MAC  "network-mac"
#define CODE_CARD "network-card"

/* The work on one guest. */
struct network {
	struct v2v_linux *c;
	struct v2v_linux_cards *cards;
	struct v2v_list links; /* of struct v2v_interface: the guest's .link */
	enum v2v_network_namer namer;
	bool has_table; /* its file was there, and was edited */
	struct v2v_error *err;
	int status;
};

static void network_clear(struct network *n)
{
	struct v2v_inspect links = { .network = n->links };

	v2v_inspect_clear(&links);
}

/* Write @text, unless it is NULL: nothing was to be changed. */
static int rewrite(struct v2v_linux *c, const char *path, const char *code,
	const char *text, const struct v2v_text *what, struct v2v_error *err)
{
	if (!text || v2v_linux_is_sealed(c, path))
		return 0;
	if (v2v_plan_write(c->plan, path, text, err) < 0)
		return -1;
	v2v_plan_changed(c->plan, path, code, NULL, "%s", what->data);
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
	if (is_table(n, file->path) && n->namer == V2V_NAMER_MACTAB)
		return v2v_nettext_mactab(file->text, &n->cards->edit, what);
	if (strcmp(file->path, V2V_UDEV_TABLE) == 0)
		return v2v_nettext_persistent(file->text, &n->cards->edit,
			n->namer == V2V_NAMER_RULES, what);
	return v2v_nettext_file(file->path, file->text, &n->cards->edit, what);
}

static char *path_of_mac(const char *path, const char *mac)
{
	const char *base = strrchr(path, '/');
	char *renamed = v2v_format(
		"%.*s/ifcfg-eth-id-%s", (int)(base - path), path, mac);

	for (char *c = renamed + (base - path); *c; c++)
		*c = (char)tolower(*c);
	return renamed;
}

/* The name of a file that is named for its old card, for the new one; the
 * caller's, or NULL where it stays. */
static char *new_path(const struct network *n, const char *path)
{
	const char *mac, *place, *put = NULL;

	if (!v2v_ifcfg_is_of_card(path, &mac, &place))
		return NULL;
	v2v_list_foreach (const struct v2v_mac_change, change, &n->cards->macs)
		if (mac && strcasecmp(change->from, mac) == 0)
			put = change->to;
	if (place)
		put = v2v_nettext_mac_at(&n->cards->edit, place);
	return put ? path_of_mac(path, put) : NULL;
}

/* The same: of what is for each card of a kind there is one for each of them.
 * Where the OVF tells no model, only a single card is of that kind. */
static void new_paths(
	const struct network *n, const char *path, struct v2v_list *paths)
{
	CLEANUP_FREE char *one = new_path(n, path), *drivers = NULL;

	if (one)
		v2v_list_add_string(paths, one);
	if (one || !v2v_ifcfg_is_of_kind(path, &drivers) || !drivers)
		return;
	v2v_list_foreach (const struct v2v_net_card, card, &n->cards->cards) {
		CLEANUP_FREE char *to =
			card->mac ? path_of_mac(path, card->mac) : NULL;
		bool is_clear = card->model || n->cards->cards.count == 1;

		if (to && is_clear && v2v_netmatch_drives(drivers, card->model))
			v2v_list_add_string(paths, to);
	}
	if (paths->count == 0)
		v2v_plan_note(n->c->plan, "network-place",
			"%s: no card is known to be of that kind", path);
}

static int copy_file(struct network *n, const char *path, const char *to)
{
	if (v2v_plan_copy(n->c->plan, path, to, n->err) < 0)
		return -1;
	v2v_plan_changed(n->c->plan, to, CODE_CARD, NULL, "new: it was %s",
		strrchr(path, '/') + 1);
	return 0;
}

/* SUSE looks for the file by the card's own address. */
static int rename_file(struct network *n, const char *path)
{
	struct v2v_list paths CLEANUP_STRINGS = { 0 };
	struct v2v_text what CLEANUP_TEXT = { 0 };

	new_paths(n, path, &paths);
	if (paths.count == 0 || v2v_linux_is_sealed(n->c, path))
		return 0;
	v2v_list_foreach (char *, to, &paths)
		if (v2v_tree_is_file(n->c->tree, *to))
			return 0;
	v2v_list_foreach (char *, to, &paths) {
		if (copy_file(n, path, *to) < 0)
			return -1;
		v2v_text_join(&what, ", ", "%s", strrchr(*to, '/') + 1);
	}
	if (v2v_plan_remove(n->c->plan, path, n->err) < 0)
		return -1;
	v2v_plan_changed(
		n->c->plan, path, CODE_CARD, NULL, "is %s now", what.data);
	return 0;
}

/* By what is changed: an old address counts more than a driver. */
static const char *code_of(const struct network *n,
	const struct v2v_network_file *file, const struct v2v_text *what)
{
	if (is_table(n, file->path))
		return CODE_NAME;
	v2v_list_foreach (const struct v2v_mac_change, change, &n->cards->macs)
		if (what->data && strcasestr(what->data, change->from))
			return CODE_MAC;
	return CODE_CARD;
}

static void edit_file(const struct v2v_network_file *file, void *opaque)
{
	struct network *n = opaque;
	struct v2v_text what CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *edited = NULL;

	if (n->status < 0 || file->form == V2V_NETWORK_STATE)
		return;
	edited = edit_text(n, file, &what);
	n->status = rewrite(n->c, file->path, code_of(n, file, &what), edited,
		&what, n->err);
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

	if (v2v_linux_is_sealed(c, path))
		return 0;
	if (v2v_plan_make_dir(c->plan, V2V_LINK_DIR, err) < 0 ||
		v2v_plan_write(c->plan, path, text, err) < 0)
		return -1;
	v2v_plan_changed(c->plan, path, CODE_NAME, NULL,
		"new: the card %s is %s", nic->mac, nic->name);
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
		       ? v2v_nettext_mactab("", &n->cards->edit, &what)
		       : v2v_nettext_persistent(
				 "", &n->cards->edit, true, &what);
	if (text && n->namer == V2V_NAMER_RULES &&
		v2v_plan_make_dir(n->c->plan, V2V_UDEV_DIR, err) < 0)
		return -1;
	return rewrite(n->c, path, CODE_NAME, text, &what, err);
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
			v2v_plan_note(n->c->plan, "network-name",
				"the interface name '%s' is not kept",
				nic->name);
	}
}

/* Configuration for a place on the old bus that no card of ours was in. */
static void warn_places(const struct network *n)
{
	v2v_list_foreach (
		const struct v2v_interface, iface, &n->c->inspect->network)
		if (v2v_pairing_is_lost(&n->cards->places, iface))
			v2v_plan_note(n->c->plan, "network-place",
				"%s: no card is known to have been at %s",
				iface->where ? iface->where : "?", iface->path);
}

/* The boot that finds no datasource would write a DHCP configuration for the
 * first card over the static one. */
static int tame_cloud_init(struct v2v_linux *c, struct v2v_error *err)
{
	static const char path[] = V2V_CLOUD_FILE;

	if (!v2v_cloudnet_overwrites(c->tree, c->inspect))
		return 0;
	if (v2v_plan_write(c->plan, path,
		    "# The machine moved to KVM; its network configuration is "
		    "kept.\nnetwork: {config: disabled}\n",
		    err) < 0)
		return -1;
	v2v_plan_changed(c->plan, path, "network-cloud-init", NULL,
		"new: cloud-init keeps the network configuration as it is");
	return 0;
}

/* The files with kernel arguments. */
static int edit_cmdlines(struct network *n, struct v2v_error *err)
{
	struct v2v_list files CLEANUP_DEVICE_FILES = { 0 };

	if (n->cards->macs.count == 0)
		return 0;
	v2v_device_files_cmdlines(n->c->tree, &n->c->guest->boot, &files);
	v2v_list_foreach (const struct v2v_device_file, file, &files) {
		CLEANUP_FREE char *text = v2v_tree_text(n->c->tree, file->path);
		struct v2v_text what CLEANUP_TEXT = { 0 };
		CLEANUP_FREE char *edited =
			text ? v2v_nettext_cmdline(text, &n->cards->edit, &what)
			     : NULL;

		if (rewrite(n->c, file->path, CODE_MAC, edited, &what, err) < 0)
			return -1;
	}
	return 0;
}

/* They distinguish cards of several models; all have one driver now. */
static void look_at_models(struct network *n)
{
	const char *first = NULL;
	bool is_mixed = false, all = true;

	v2v_list_foreach (const struct v2v_guest_nic, nic, &n->c->caps->nics) {
		struct v2v_net_card *card =
			v2v_list_add(&n->cards->cards, sizeof *card);

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
		n->cards->edit.cards = &n->cards->cards;
}

static int keep(struct network *n, struct v2v_error *err)
{
	n->namer = n->c->guest->namer;
	warn_lost(n);
	v2v_pairing_places(n->c->source, n->c->inspect, &n->c->caps->nics,
		&n->cards->places);
	warn_places(n);
	look_at_models(n);
	v2v_network_each(n->c->tree, edit_file, n);
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
	struct v2v_linux_cards *cards = &c->cards;
	const char *bus = c->caps->net_bus;
	__attribute__((cleanup(network_clear))) struct network n = {
		.c = c, .cards = cards, .err = err
	};

	cards->edit = (struct v2v_net_edit){
		.macs = &cards->macs,
		.places = &cards->places,
		.nics = &c->caps->nics,
		.driver = v2v_streq(bus, "virtio-net") ? "virtio_net" : bus,
	};
	v2v_pairing_make(c->source, c->inspect, &c->caps->nics, &cards->macs);
	if (c->task->leave_network) {
		drop_names(&c->caps->nics);
		return 0;
	}
	return keep(&n, err);
}

void v2v_linux_cards_clear(struct v2v_linux_cards *cards)
{
	v2v_mac_changes_clear(&cards->macs);
	v2v_pairing_places_clear(&cards->places);
	free(cards->cards.items);
	*cards = (struct v2v_linux_cards){ 0 };
}
