/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The network cards before and after, and what the guest calls them. */
#include "meta/report/report.h"

/* What is known of a card in the guest; borrowed. */
struct inside {
	const char *name, *method;
	const struct v2v_list *addresses;      /* of char *; NULL */
	const struct v2v_interface *interface; /* NULL: none is the card's */
};

static const struct v2v_guest_nic *converted(
	const struct v2v_report *r, int64_t id)
{
	v2v_list_foreach (const struct v2v_guest_nic, nic, &r->caps.nics)
		if (nic->nic == id)
			return nic;
	return NULL;
}

static const struct v2v_interface *find_interface(
	const struct v2v_report *r, const char *name, const char *mac)
{
	v2v_list_foreach (
		const struct v2v_interface, interface, &r->inspect.network)
		if ((name && v2v_streq(interface->name, name)) ||
			(mac && interface->mac &&
				strcasecmp(interface->mac, mac) == 0))
			return interface;
	return NULL;
}

static const struct v2v_windows_nic *find_windows(
	const struct v2v_report *r, int64_t id)
{
	if (r->inspect.windows)
		v2v_list_foreach (const struct v2v_windows_nic, nic,
			&r->inspect.windows->nics)
			if (nic->nic == id)
				return nic;
	return NULL;
}

static struct inside look_inside(
	const struct v2v_report *r, const struct v2v_nic *nic)
{
	const struct v2v_guest_nic *bound = converted(r, nic->id);
	const char *name = bound ? bound->name : NULL;
	const struct v2v_windows_nic *windows = find_windows(r, nic->id);
	struct inside in = { .name = name };

	in.interface = find_interface(r, name, nic->mac);
	if (in.interface) {
		in.name = name ? name : in.interface->name;
		in.method = in.interface->method;
		in.addresses = &in.interface->addresses;
	} else if (windows) {
		in.name = windows->name;
		in.method = windows->method;
		in.addresses = &windows->addresses;
	}
	return in;
}

static void add_addresses(struct v2v_text *t, const char *method,
	const struct v2v_list *addresses)
{
	v2v_html(t, "<td>%s", method);
	if (addresses)
		v2v_list_foreach (char *, address, addresses)
			v2v_html(t, "<br><code>%s</code>", *address);
	v2v_html(t, "</td>");
}

static void add_after(struct v2v_text *t, const struct v2v_report *r,
	const struct v2v_nic *nic)
{
	const struct v2v_guest_nic *bound = converted(r, nic->id);

	v2v_list_foreach (const struct v2v_machine_nic, card, &r->machine.nics)
		if (card->id == nic->id) {
			v2v_html(t,
				"<td>%s<br><code>%s</code><br>%s "
				"\xe2\x80\x9c%s\xe2\x80\x9d</td>",
				card->model, card->mac ? card->mac : "new",
				card->is_bridge ? "bridge" : "network",
				card->plugged);
			return;
		}
	if (r->is_converted)
		v2v_html(t, "<td>%s<br><code>%s</code></td>", r->caps.net_bus,
			bound && bound->mac ? bound->mac : nic->mac);
	else
		v2v_html(t, "<td class=\"dim\">not decided yet</td>");
}

static void add_card(struct v2v_text *t, const struct v2v_report *r,
	const struct v2v_nic *nic, json_t *shown)
{
	struct inside in = look_inside(r, nic);

	v2v_html(t,
		"<tr><th scope=\"row\">Card %lld</th><td>%s<br><code>%s</code>"
		"<br>%s \xe2\x80\x9c%s\xe2\x80\x9d</td><td>",
		(long long)nic->id, nic->model ? nic->model : "any model",
		nic->mac, nic->type, nic->network);
	if (in.name)
		v2v_html(t, "<strong><code>%s</code></strong>", in.name);
	if (converted(r, nic->id) && in.name)
		v2v_html(t, " keeps its name");
	else if (!in.name)
		v2v_html(t, "no name is known");
	v2v_html(t, "</td>");
	add_addresses(t, in.method, in.addresses);
	add_after(t, r, nic);
	v2v_html(t, "</tr>\n");
	if (in.interface)
		json_object_set_new(shown, in.interface->name, json_true());
}

/* Interfaces of which it is not known whose they are: bridges, bonds, and
 * those that files configure and no card has. */
static void add_others(
	struct v2v_text *t, const struct v2v_report *r, const json_t *shown)
{
	v2v_list_foreach (
		const struct v2v_interface, interface, &r->inspect.network) {
		if (json_object_get(shown, interface->name))
			continue;
		v2v_html(t,
			"<tr><th scope=\"row\">In files</th><td><code>%s"
			"</code></td><td><strong><code>%s</code></strong></td>",
			interface->where, interface->name);
		add_addresses(t, interface->method, &interface->addresses);
		v2v_html(t, "<td></td></tr>\n");
	}
}

void v2v_report_add_network(struct v2v_text *t, const struct v2v_report *r)
{
	static const char *const columns[] = { "", "Before", "In the guest",
		"Addresses", "After", NULL };
	json_auto_t *shown = json_object();

	if (!r->source.nics.count && !r->inspect.network.count)
		return;
	v2v_report_heading(t, r, "network", "Network");
	v2v_report_table(t, "Network", columns);
	v2v_list_foreach (const struct v2v_nic, nic, &r->source.nics)
		add_card(t, r, nic, shown);
	add_others(t, r, shown);
	v2v_report_table_end(t);
}
