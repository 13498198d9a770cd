/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: a BSD, which is copied as it is. */
#include "bsd/bsd.h"
#include "inspect/findings/find-private.h"

struct search {
	const struct v2v_source *source;
	struct v2v_inspect *inspect;
};

/* Numbers count the devices of one driver. */
static const char *doubt_of_disks(const struct v2v_source *source)
{
	const struct v2v_disk *disks = source->disks.items;

	for (size_t i = 1; i < source->disks.count; i++)
		if (!v2v_streq(disks[i].controller, disks[0].controller))
			return "; the disks were on several controllers, so "
			       "the number may be another";
	return "";
}

static const char *doubt_of_nics(const struct v2v_source *source)
{
	const struct v2v_nic *nics = source->nics.items;

	for (size_t i = 1; i < source->nics.count; i++)
		if (!v2v_streq(nics[i].model, nics[0].model))
			return "; the cards were of several kinds, so the "
			       "number may be another";
	return "";
}

/* FreeBSD names a UFS by its id too, whatever disk it is on: the one that was
 * "da0p2" is the appliance's sda2. */
static char *lasting_name(const struct v2v_inspect *inspect,
	const struct v2v_bsd_mention *mention)
{
	unsigned disk = 0, part = 0;
	CLEANUP_FREE char *device = NULL;
	const struct v2v_filesystem *fs;

	if (!v2v_streq(inspect->type, "freebsd") ||
		sscanf(mention->name, "%*[a-z]%2up%3u", &disk, &part) != 2 ||
		disk > 25)
		return v2v_strdup("");
	device = v2v_format("/dev/sd%c%u", (char)('a' + disk), part);
	fs = v2v_inspect_filesystem(inspect, device);
	if (!fs || !fs->uuid || !v2v_streq(fs->type, "ufs"))
		return v2v_strdup("");
	return v2v_format(
		"; /dev/ufsid/%s names it on every machine", fs->uuid);
}

static void find_mention(const struct v2v_bsd_mention *mention, void *opaque)
{
	const struct search *s = opaque;
	CLEANUP_FREE char *where =
		mention->line
			? v2v_format("%s:%u", mention->path, mention->line)
			: v2v_strdup(mention->path);
	CLEANUP_FREE char *lasting = mention->is_disk
					     ? lasting_name(s->inspect, mention)
					     : v2v_strdup("");

	if (mention->is_disk)
		v2v_finding_add(s->inspect, V2V_NOTE, "bsd-disk-name", where,
			"'%s' is '%s' on SATA ('%s' on virtio-blk): its "
			"controller is kept until no file names a disk so%s%s",
			mention->name, mention->now, mention->virtio, lasting,
			doubt_of_disks(s->source));
	else
		v2v_finding_add(s->inspect, V2V_NOTE, "bsd-interface-name",
			where,
			"'%s' is '%s' with an e1000 card ('%s' with "
			"virtio-net): rename it, or assign it again at the "
			"first start%s",
			mention->name, mention->now, mention->virtio,
			doubt_of_nics(s->source));
}

void v2v_find_bsd(const struct v2v_tree *tree, const struct v2v_source *source,
	struct v2v_inspect *inspect)
{
	const struct v2v_bsd *bsd = v2v_bsd_find(inspect->type);
	struct search search = { source, inspect };
	const char *product = inspect->product_name ? inspect->product_name
			      : bsd		    ? bsd->name
						    : inspect->type;

	v2v_finding_add(inspect, V2V_BLOCKER, "type-not-supported", NULL,
		"%s is not converted; without v2v-convert it is copied for "
		"SATA and e1000%s%s",
		product, bsd ? "; it has virtio drivers since version " : "",
		bsd ? bsd->virtio_since : "");
	if (!tree)
		v2v_finding_add(inspect, V2V_NOTE, "bsd-not-read", NULL,
			"its file systems cannot be read (ZFS?): what names "
			"its disks and cards is not known; names of cards "
			"such as vmx0 change");
	else if (bsd)
		v2v_bsd_mentions(tree, bsd, find_mention, &search);
}
