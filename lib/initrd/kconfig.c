/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options of a kernel's configuration: read once, as thousands of modules may
 * be asked for. */
#include "initrd/kconfig.h"

/* A real one has 300 KiB. */
#define MAX_CONFIG (1 << 20)

/* "CONFIG_NAME=y" */
struct option {
	char *name;
	char value; /* 'y', 'm' */
};

static int by_name(const void *a, const void *b)
{
	const struct option *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void add_option(struct v2v_kconfig *config, const char *line, size_t n)
{
	static const char prefix[] = "CONFIG_";
	const size_t begin = sizeof prefix - 1;
	const char *sign = n > begin ? memchr(line, '=', n) : NULL;
	struct option *option;

	if (!sign || sign < line + begin || sign + 1 >= line + n ||
		memcmp(line, prefix, begin) != 0 ||
		(sign[1] != 'y' && sign[1] != 'm'))
		return;
	option = v2v_list_add(&config->options, sizeof *option);
	option->name = v2v_strndup(line + begin, (size_t)(sign - line) - begin);
	option->value = sign[1];
}

void v2v_kconfig_read(struct v2v_kconfig *config, const char *text)
{
	if (!text || strlen(text) > MAX_CONFIG)
		return;
	while (*text) {
		size_t n = strcspn(text, "\n");

		add_option(config, text, n);
		text += n + (text[n] == '\n');
	}
	if (config->options.count)
		qsort(config->options.items, config->options.count,
			sizeof(struct option), by_name);
}

/* Modules whose option is not CONFIG_ and their name in upper case. */
static const struct {
	const char *module, *option;
} named[] = {
	{ "virtio_scsi", "SCSI_VIRTIO" },
	{ "virtio_rng", "HW_RANDOM_VIRTIO" },
	{ "vmw_vsock_virtio_transport", "VIRTIO_VSOCKETS" },
	{ "virtio_gpu", "DRM_VIRTIO_GPU" },
	{ "sd_mod", "BLK_DEV_SD" },
};

char v2v_kconfig_value(const struct v2v_kconfig *config, const char *module)
{
	CLEANUP_FREE char *upper = v2v_strdup(module);
	struct option wanted = { upper, '\0' };
	const struct option *found;

	if (!config->options.count)
		return '\0';
	for (char *c = upper; *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	for (size_t i = 0; i < ARRAY_SIZE(named); i++)
		if (strcmp(named[i].module, module) == 0)
			wanted.name = (char *)named[i].option;
	found = bsearch(&wanted, config->options.items, config->options.count,
		sizeof *found, by_name);
	return found ? found->value : '\0';
}

void v2v_kconfig_clear(struct v2v_kconfig *config)
{
	v2v_list_foreach (struct option, option, &config->options)
		free(option->name);
	free(config->options.items);
	config->options = (struct v2v_list){ 0 };
}
