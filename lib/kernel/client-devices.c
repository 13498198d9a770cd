/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Block devices, and what lies on them. */
#include "kernel/client-private.h"

/* What follows "/dev/" is not looked at by all. */
static void check_names(
	const struct v2v_kernel_device *device, struct v2v_decode *in)
{
	bool is_right = v2v_starts_with(device->name, "/dev/");

	v2v_list_foreach (char *, slave, &device->slaves)
		is_right &= v2v_starts_with(*slave, "/dev/");
	if (!is_right)
		in->is_broken = true;
}

static void read_device(struct v2v_decode *in, void *entry)
{
	struct v2v_kernel_device *device = entry;

	device->name = v2v_decode_string(in);
	device->partition = v2v_decode_u32(in);
	device->dm_name = v2v_decode_string(in);
	device->dm_uuid = v2v_decode_string(in);
	device->md_level = v2v_decode_string(in);
	device->md_disks = v2v_decode_u32(in);
	v2v_decode_strings(in, &device->slaves, NULL);
	check_names(device, in);
}

void v2v_kernel_devices_clear(struct v2v_list *devices)
{
	v2v_list_foreach (struct v2v_kernel_device, device, devices) {
		free(device->name);
		free(device->dm_name);
		free(device->dm_uuid);
		free(device->md_level);
		v2v_strings_clear(&device->slaves);
	}
	free(devices->items);
	*devices = (struct v2v_list){ 0 };
}

int v2v_kernel_devices(struct v2v_kernel_client *kernel,
	struct v2v_list *ret_devices, struct v2v_error *err)
{
	static const struct v2v_kernel_lister lister = { read_device,
		v2v_kernel_devices_clear, sizeof(struct v2v_kernel_device),
		29 };
	struct v2v_kernel_ask ask = v2v_kernel_ask(DEVICES, NULL);

	return v2v_kernel_send_list(
		kernel, &ask, "list devices", &lister, ret_devices, NULL, err);
}

static void read_probe(struct v2v_decode *in, void *entry)
{
	struct v2v_kernel_probe *probe = entry;
	size_t count;

	probe->error = (int)(v2v_decode_u32(in) & 0xfff);
	count = v2v_decode_list(in, 8, NULL);
	for (size_t i = 0; i < count && !in->is_broken; i++) {
		struct v2v_kernel_tag *tag =
			v2v_list_add(&probe->tags, sizeof *tag);

		tag->name = v2v_decode_string(in);
		tag->value = v2v_decode_string(in);
	}
}

void v2v_kernel_probes_clear(struct v2v_list *probes)
{
	v2v_list_foreach (struct v2v_kernel_probe, probe, probes) {
		v2v_list_foreach (struct v2v_kernel_tag, tag, &probe->tags) {
			free(tag->name);
			free(tag->value);
		}
		free(probe->tags.items);
	}
	free(probes->items);
	*probes = (struct v2v_list){ 0 };
}

int v2v_kernel_probe(struct v2v_kernel_client *kernel,
	const struct v2v_list *devices, struct v2v_list *ret_probes,
	struct v2v_error *err)
{
	static const struct v2v_kernel_lister lister = { read_probe,
		v2v_kernel_probes_clear, sizeof(struct v2v_kernel_probe), 9 };
	struct v2v_kernel_ask ask = v2v_kernel_ask(PROBE, NULL);

	v2v_list_foreach (char *, device, devices)
		v2v_kernel_ask_string(&ask, *device);
	if (v2v_kernel_send_list(kernel, &ask, "look at devices", &lister,
		    ret_probes, NULL, err) < 0)
		return -1;
	if (ret_probes->count == devices->count)
		return 0;
	v2v_kernel_probes_clear(ret_probes);
	return v2v_kernel_broken(err);
}

const char *v2v_kernel_tag(
	const struct v2v_kernel_probe *probe, const char *name)
{
	v2v_list_foreach (struct v2v_kernel_tag, tag, &probe->tags)
		if (strcmp(tag->name, name) == 0)
			return tag->value;
	return NULL;
}

int v2v_kernel_read_device(struct v2v_kernel_client *kernel, const char *device,
	uint64_t offset, size_t size, struct v2v_text *ret_data,
	struct v2v_error *err)
{
	struct v2v_kernel_ask ask = v2v_kernel_ask(READ_DEVICE, device, NULL);

	v2v_kernel_ask_number(&ask, (int64_t)offset);
	v2v_kernel_ask_number(&ask, (int64_t)size);
	return v2v_kernel_send_bytes(kernel, &ask, size, ret_data, err);
}
