/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A Linux guest is read. */
#include "linux/linux-guest.h"

#include "linux/kernels/kernels.h"

void v2v_linux_guest_read(const struct v2v_tree *tree,
	const struct v2v_inspect *inspect, struct v2v_linux_guest *guest)
{
	v2v_bootloader_look(tree, inspect, &guest->boot);
	guest->namer = v2v_network_namer(tree);
}

void v2v_linux_guest_clear(struct v2v_linux_guest *guest)
{
	v2v_boot_clear(&guest->boot);
}

int v2v_linux_guest_describe(struct v2v *v, const struct v2v_tree *tree,
	const struct v2v_source *source, const struct v2v_linux_guest *guest,
	struct v2v_inspect *inspect, struct v2v_error *err)
{
	const struct v2v_boot *boot = &guest->boot;

	if (boot->type) {
		inspect->bootloader = v2v_alloc(1, sizeof *inspect->bootloader);
		inspect->bootloader->type = v2v_strdup(boot->type);
		inspect->bootloader->config = v2v_strdup(boot->config);
	}
	v2v_network_find(tree, source, &boot->entries, inspect);
	return v2v_kernels_find(v, tree, inspect, &boot->entries, err);
}
