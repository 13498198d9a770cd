/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which card of the machine is which of the Windows. */
#include "windows/windows.h"

static bool has_mac(
	const struct v2v_windows_nic *nic, const struct v2v_nic *card)
{
	return nic->mac && card->mac && strcasecmp(nic->mac, card->mac) == 0;
}

/* A MAC that differs is another card's, whatever its place. */
static bool has_slot(
	const struct v2v_windows_nic *nic, const struct v2v_nic *card)
{
	return nic->slot > 0 && nic->slot == card->pci_slot &&
	       !(nic->mac && card->mac);
}

/* A card that went, and the one that came in its place, are both there: then
 * none of them is it. */
static void match(struct v2v_windows *w, const struct v2v_nic *card,
	bool (*is)(
		const struct v2v_windows_nic *nic, const struct v2v_nic *card))
{
	struct v2v_windows_nic *found = NULL;

	v2v_list_foreach (struct v2v_windows_nic, nic, &w->nics) {
		if (nic->nic == card->id)
			return;
		if (nic->nic >= 0 || !is(nic, card))
			continue;
		if (found)
			return;
		found = nic;
	}
	if (found)
		found->nic = card->id;
}

void v2v_windows_match_nics(
	struct v2v_windows *w, const struct v2v_source *source)
{
	v2v_list_foreach (const struct v2v_nic, card, &source->nics)
		match(w, card, has_mac);
	v2v_list_foreach (const struct v2v_nic, card, &source->nics)
		match(w, card, has_slot);
}
