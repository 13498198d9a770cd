/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* v2v-meta: write what the target hypervisor needs to start the machine. */
#include "common/tool.h"

#include <stdlib.h>
#include <string.h>

enum {
	OPT_FORCE = 0x100,
	OPT_NETWORK,
	OPT_NETWORK_MAP,
	OPT_BRIDGE_MAP,
	OPT_NAME,
	OPT_STORAGE,
	OPT_STORAGE_CLASS,
	OPT_NAMESPACE,
	OPT_LIST_TYPES,
};

static const struct argp_option options[] = {
	{ "output", 'o', "DIR", 0, "Where to (else beside the first disk)", 0 },
	{ "type", 't',
		"libvirt|qemu|kubevirt|proxmox|openstack|opennebula|report", 0,
		"For which hypervisor; report: a page for people", 0 },
	{ "list-types", OPT_LIST_TYPES, NULL, 0,
		"Print the types of --type, one a line, and exit", 0 },
	{ "name", OPT_NAME, "NAME", 0, "The machine's new name", 0 },
	{ "network", OPT_NETWORK, "PLACE", 0,
		"Plug all cards into this network of the new host, NAME, or "
		"bridge, bridge=NAME",
		0 },
	{ "network-map", OPT_NETWORK_MAP, "OLD=PLACE", 0,
		"Plug the cards of the old network, or MAC address, OLD into "
		"PLACE, as of --network; \",model=MODEL\" behind it changes "
		"the card; may be given several times",
		0 },
	{ "bridge-map", OPT_BRIDGE_MAP, "OLD=BRIDGE", 0,
		"As --network-map, but to a bridge", 0 },
	{ "storage", OPT_STORAGE, "NAME", 0,
		"Where the new host keeps the disks (proxmox, openstack, "
		"opennebula, kubevirt)",
		0 },
	{ "storage-class", OPT_STORAGE_CLASS, "NAME", 0,
		"The same, as kubevirt calls it", 0 },
	{ "namespace", OPT_NAMESPACE, "NAME", 0,
		"The machine's namespace (kubevirt)", 0 },
	{ "force", OPT_FORCE, NULL, 0, "Replace an existing file", 0 },
	{ 0 },
};

struct options {
	struct v2v_meta_options meta;
	char **maps, **bridge_maps;
};

/* Ends the process. */
static void list_types(void)
{
	for (const char *const *type = v2v_meta_types(); *type; type++)
		puts(*type);
	exit(fflush(stdout) == 0 ? 0 : 1);
}

/* How the machine is plugged in and where it lies. */
static error_t parse_place(int key, char *arg, struct options *opt)
{
	switch (key) {
	case OPT_NETWORK:
		opt->meta.network = arg;
		return 0;
	case OPT_NETWORK_MAP:
		tool_collect(&opt->maps, arg);
		opt->meta.network_maps = (const char *const *)opt->maps;
		return 0;
	case OPT_BRIDGE_MAP:
		tool_collect(&opt->bridge_maps, arg);
		opt->meta.bridge_maps = (const char *const *)opt->bridge_maps;
		return 0;
	case OPT_STORAGE:
	case OPT_STORAGE_CLASS:
		opt->meta.storage = arg;
		return 0;
	case OPT_NAMESPACE:
		opt->meta.name_space = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *options_read = state->input;
	struct v2v_meta_options *opt = &options_read->meta;

	switch (key) {
	case 'o':
		opt->out_dir = tool_directory(state, "-o", arg);
		return 0;
	case 't':
		opt->type = tool_word(state, "--type", arg, v2v_meta_types());
		return 0;
	case OPT_LIST_TYPES:
		list_types();
		return 0;
	case OPT_NAME:
		opt->name = arg;
		return 0;
	case OPT_FORCE:
		opt->force = true;
		return 0;
	default:
		return parse_place(key, arg, options_read);
	}
}

static int meta(struct v2v *v, json_t *doc, const void *options_given,
	struct v2v_error *err)
{
	const struct options *opt = options_given;

	return v2v_meta(v, doc, &opt->meta, err);
}

static int check_report(struct v2v *v, json_t *doc, const void *options_given,
	struct v2v_error *err)
{
	(void)v;
	(void)options_given;
	return v2v_report_check(doc, err);
}

static int report(struct v2v *v, json_t *docs, const void *options_given,
	struct v2v_error *err)
{
	const struct options *opt = options_given;

	return v2v_report(v, docs, &opt->meta, err);
}

static const struct tool_spec command_line = {
	.name = "v2v-meta",
	.doc = "Write the machine's description for its new hypervisor: "
	       "libvirt's domain XML, a script for qemu, or what KubeVirt, "
	       "Proxmox VE, OpenStack or OpenNebula read; or a page of all "
	       "machines for people.",
	.options = options,
	.parse = parse,
};

int main(int argc, char **argv)
{
	struct options opt = { .meta = V2V_OPTIONS(meta) };
	struct tool *tool = tool_start(&command_line, argc, argv, &opt);
	const struct tool_reach reach = { .out = opt.meta.out_dir,
		.beside_target = true,
		.screenshots = true };
	bool is_report = opt.meta.type && strcmp(opt.meta.type, "report") == 0;
	int status;

	tool_confine(tool, &reach);
	if (is_report)
		tool_gather(tool, report);
	status = tool_run(tool, is_report ? check_report : meta);
	free(opt.maps);
	free(opt.bridge_maps);
	return status;
}
