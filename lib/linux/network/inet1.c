/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rc.inet1.conf of Slackware: "IPADDR[0]=", of eth0 unless IFNAME[0] says
 * otherwise. */
#include "core/lines.h"
#include "linux/network/netread.h"
#include "linux/network/parsers.h"

#define MAX_CARDS 64

struct card {
	char *name, *address, *netmask, *addresses, *members;
	bool dhcp;
};

/* A shell's word: in quotes, or up to a blank. */
static char *word_of(const char *value)
{
	if (*value == '"')
		return v2v_strndup(value + 1, strcspn(value + 1, "\""));
	if (*value == '\'')
		return v2v_strndup(value + 1, strcspn(value + 1, "'"));
	return v2v_strndup(value, strcspn(value, " \t#"));
}

static const struct {
	const char *key;
	size_t offset; /* of a char * */
} fields[] = {
	{ "IFNAME[", offsetof(struct card, name) },
	{ "IPADDR[", offsetof(struct card, address) },
	{ "NETMASK[", offsetof(struct card, netmask) },
	{ "IPADDRS[", offsetof(struct card, addresses) },
	{ "BRNICS[", offsetof(struct card, members) },
	{ "BONDNICS[", offsetof(struct card, members) },
};

static void set_field(struct card *card, const char *key, const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		char **field = (char **)((char *)card + fields[i].offset);

		if (!v2v_starts_with(key, fields[i].key))
			continue;
		v2v_string_set(field, word);
	}
	if (v2v_starts_with(key, "USE_DHCP["))
		card->dhcp = strcmp(word, "yes") == 0;
}

static void set_value(
	const char *section, const char *key, const char *value, void *opaque)
{
	struct card *cards = opaque;
	const char *bracket = strchr(key, '[');
	CLEANUP_FREE char *number = NULL, *word = word_of(value);
	uint64_t index;

	(void)section;
	if (!bracket)
		return;
	number = v2v_strndup(bracket + 1, strcspn(bracket + 1, "]"));
	if (v2v_parse_u64(number, &index) && index < MAX_CARDS)
		set_field(&cards[index], key, word);
}

static void add_addresses(struct v2v_interface *iface, const struct card *card)
{
	CLEANUP_FREE char *list = v2v_strdup(card->addresses);
	char *save = NULL, *one = list ? strtok_r(list, " \t", &save) : NULL;

	if (card->address && *card->address)
		v2v_netread_address(iface, card->address, card->netmask);
	for (; one; one = strtok_r(NULL, " \t", &save))
		v2v_netread_address(iface, one, NULL);
}

static void add_card(const struct card *card, size_t index, const char *where,
	struct v2v_list *interfaces)
{
	CLEANUP_FREE char *name = card->name && *card->name
					  ? v2v_strdup(card->name)
					  : v2v_format("eth%zu", index);
	bool has_address = (card->address && *card->address) ||
			   (card->addresses && *card->addresses);
	struct v2v_interface *iface;

	if (card->members && *card->members) {
		v2v_netread_members(interfaces, card->members, where);
		return;
	}
	if ((!has_address && !card->dhcp) || v2v_netread_is_virtual(name))
		return;
	iface = v2v_netread_add(interfaces, name, where);
	if (!card->dhcp)
		add_addresses(iface, card);
	v2v_netread_method(iface, card->dhcp);
}

void v2v_network_inet1(
	const char *text, const char *where, struct v2v_list *interfaces)
{
	struct card cards[MAX_CARDS] = { 0 };

	v2v_ini_read(text, set_value, cards);
	for (size_t i = 0; i < MAX_CARDS; i++) {
		add_card(&cards[i], i, where, interfaces);
		free(cards[i].name);
		free(cards[i].address);
		free(cards[i].netmask);
		free(cards[i].addresses);
		free(cards[i].members);
	}
}
