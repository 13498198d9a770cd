/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* config.xml of pfSense and OPNsense.  Only elements and their texts matter:
 * a walk over the tags. */
#include "bsd/bsd.h"
#include "core/lines.h"
#include "linux/network/netread.h"

#define MAX_DEPTH 16

struct walk {
	const char *where;
	struct v2v_list *interfaces;
	char **hostname;
	char *names[MAX_DEPTH]; /* of the open elements; owned */
	size_t depth;		/* may exceed MAX_DEPTH */
	/* of the interface that is open */
	char *card, *address, *subnet, *address6, *subnet6;
};

static bool is_in(const struct walk *w, size_t depth, const char *name)
{
	return w->depth > depth && v2v_streq(w->names[depth], name);
}

static void keep(char **field, const char *text)
{
	free(*field);
	*field = v2v_strdup(text);
}

/* <interfaces><lan><if>vmx1</if><ipaddr>192.0.2.1</ipaddr>… */
static void take_text(struct walk *w, const char *text)
{
	const struct {
		const char *tag;
		char **field;
	} fields[] = {
		{ "if", &w->card },
		{ "ipaddr", &w->address },
		{ "subnet", &w->subnet },
		{ "ipaddrv6", &w->address6 },
		{ "subnetv6", &w->subnet6 },
	};

	if (w->depth == 3 && is_in(w, 1, "system") && is_in(w, 2, "hostname") &&
		w->hostname && !*w->hostname && *text)
		*w->hostname = v2v_strdup(text);
	if (w->depth != 4 || !is_in(w, 1, "interfaces"))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (is_in(w, 3, fields[i].tag))
			keep(fields[i].field, text);
}

static void add_address(
	struct v2v_interface *iface, const char *address, const char *subnet)
{
	if (address && strpbrk(address, ".:"))
		v2v_netread_address(iface, address, subnet);
}

static void end_interface(struct walk *w)
{
	struct v2v_interface *iface = NULL;

	if (w->card && *w->card && strcmp(w->card, "lo0") != 0)
		iface = v2v_netread_add(w->interfaces, w->card, w->where);
	if (iface) {
		add_address(iface, w->address, w->subnet);
		add_address(iface, w->address6, w->subnet6);
		v2v_netread_method(
			iface, v2v_streq(w->address, "dhcp") ||
				       v2v_streq(w->address6, "dhcp6"));
	}
	free(v2v_take(w->card));
	free(v2v_take(w->address));
	free(v2v_take(w->subnet));
	free(v2v_take(w->address6));
	free(v2v_take(w->subnet6));
}

static void close_element(struct walk *w)
{
	if (w->depth == 3 && is_in(w, 1, "interfaces"))
		end_interface(w);
	if (w->depth && --w->depth < MAX_DEPTH)
		free(v2v_take(w->names[w->depth]));
}

static void open_element(struct walk *w, const char *tag, size_t n)
{
	if (w->depth < MAX_DEPTH)
		w->names[w->depth] =
			v2v_strndup(tag, strcspn(tag, " \t\r\n/>") < n
						 ? strcspn(tag, " \t\r\n/>")
						 : n);
	w->depth++;
}

/* Behind a tag's '<': where it ends.  Comments may have tags in them. */
static const char *end_of_tag(const char *s)
{
	const char *end;

	if (v2v_starts_with(s, "!--"))
		end = strstr(s, "-->");
	else if (v2v_starts_with(s, "![CDATA["))
		end = strstr(s, "]]>");
	else
		return strchr(s, '>');
	return end ? end + 2 : NULL;
}

static void read_tag(struct walk *w, const char *tag, const char *end)
{
	if (*tag == '!' || *tag == '?')
		return;
	if (*tag == '/') {
		close_element(w);
		return;
	}
	open_element(w, tag, (size_t)(end - tag));
	if (end[-1] == '/')
		close_element(w);
}

void v2v_bsd_config_xml(const char *text, const char *where,
	struct v2v_list *interfaces, char **ret_hostname)
{
	struct walk w = { .where = where,
		.interfaces = interfaces,
		.hostname = ret_hostname };
	const char *s = text, *tag;

	while ((tag = strchr(s, '<'))) {
		CLEANUP_FREE char *content = v2v_strndup(s, (size_t)(tag - s));
		const char *end = end_of_tag(++tag);

		if (!end)
			break;
		/* Only what is directly before its end is a text. */
		if (*tag == '/')
			take_text(&w, v2v_line_trim(content));
		read_tag(&w, tag, end);
		s = end + 1;
	}
	while (w.depth)
		close_element(&w);
}
