/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The member `windows` of the section `inspect` to and from JSON. */
#include "model/windows.h"

static const struct v2v_field driver_fields[] = {
	V2V_FIELD_OR_NULL(struct v2v_windows_driver, service, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows_driver, path, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows_driver, start, V2V_INT),
	V2V_FIELD_OR_NULL(struct v2v_windows_driver, start_override, V2V_INT),
	V2V_FIELD_OR_NULL(struct v2v_windows_driver, file, V2V_STRING),
	V2V_FIELD_END,
};

static const struct v2v_field filter_fields[] = {
	V2V_FIELD_OR_NULL(struct v2v_windows_filter, key, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows_filter, value, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows_filter, driver, V2V_STRING),
	V2V_FIELD_END,
};

static const struct v2v_field tool_fields[] = {
	V2V_FIELD_OR_NULL(struct v2v_windows_tool, product, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows_tool, service, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows_tool, start, V2V_INT),
	V2V_FIELD_END,
};

static const struct v2v_field letter_fields[] = {
	V2V_FIELD_OR_NULL(struct v2v_windows_letter, letter, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows_letter, signature, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows_letter, offset, V2V_INT),
	V2V_FIELD_OR_NULL(struct v2v_windows_letter, partuuid, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows_letter, path, V2V_STRING),
	V2V_FIELD_END,
};

static const struct v2v_field boot_fields[] = {
	V2V_FIELD_OR_NULL(struct v2v_windows_boot, device, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows_boot, file, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows_boot, entry, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows_boot, description, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows_boot, loader, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows_boot, systemroot, V2V_STRING),
	V2V_FIELD_OR_NULL(
		struct v2v_windows_boot, graphics_mode_disabled, V2V_BOOL),
	V2V_FIELD_OR_NULL(struct v2v_windows_boot, fallback, V2V_BOOL),
	V2V_FIELD_END,
};

static const struct v2v_field storage_fields[] = {
	V2V_FIELD_OR_NULL(struct v2v_windows_storage, id, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows_storage, name, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows_storage, service, V2V_STRING),
	V2V_FIELD_END,
};

static const struct v2v_field nic_fields[] = {
	V2V_FIELD_OR_NULL(struct v2v_windows_nic, name, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows_nic, description, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows_nic, guid, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows_nic, id, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows_nic, service, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows_nic, mac, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows_nic, slot, V2V_INT),
	V2V_FIELD_OR_NULL(struct v2v_windows_nic, nic, V2V_INT),
	V2V_FIELD_OR_NULL(struct v2v_windows_nic, method, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows_nic, addresses, V2V_STRINGS),
	V2V_FIELD_OR_NULL(struct v2v_windows_nic, gateways, V2V_STRINGS),
	V2V_FIELD_OR_NULL(struct v2v_windows_nic, dns, V2V_STRINGS),
	V2V_FIELD_END,
};

const struct v2v_field v2v_windows_fields[] = {
	V2V_FIELD_OR_NULL(struct v2v_windows, systemroot, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows, software_hive, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows, system_hive, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows, current_control_set, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows, hibernated, V2V_BOOL),
	V2V_FIELD_OR_NULL(struct v2v_windows, build, V2V_INT),
	V2V_FIELD_OR_NULL(struct v2v_windows, revision, V2V_INT),
	V2V_FIELD_OR_NULL(struct v2v_windows, edition, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows, installation_type, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows, release, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows, service_pack, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows, time_zone, V2V_STRING),
	V2V_FIELD_OR_NULL(struct v2v_windows, real_time_is_universal, V2V_BOOL),
	V2V_FIELD_OR_NULL(struct v2v_windows, fast_startup, V2V_BOOL),
	V2V_FIELD_OR_NULL(struct v2v_windows, san_policy, V2V_INT),
	V2V_FIELD_LIST(struct v2v_windows, drivers, driver_fields,
		struct v2v_windows_driver),
	V2V_FIELD_LIST(struct v2v_windows, tools, tool_fields,
		struct v2v_windows_tool),
	V2V_FIELD_LIST(struct v2v_windows, filters, filter_fields,
		struct v2v_windows_filter),
	V2V_FIELD_LIST(struct v2v_windows, letters, letter_fields,
		struct v2v_windows_letter),
	V2V_FIELD_OR_NULL(struct v2v_windows, group_policy, V2V_BOOL),
	V2V_FIELD_OR_NULL(struct v2v_windows, antivirus, V2V_STRINGS),
	V2V_FIELD_OBJECT(
		struct v2v_windows, boot, boot_fields, struct v2v_windows_boot),
	V2V_FIELD_OR_NULL(struct v2v_windows, dirty, V2V_STRINGS),
	V2V_FIELD_OR_NULL(struct v2v_windows, dynamic, V2V_STRINGS),
	V2V_FIELD_LIST(struct v2v_windows, storage, storage_fields,
		struct v2v_windows_storage),
	V2V_FIELD_LIST(
		struct v2v_windows, nics, nic_fields, struct v2v_windows_nic),
	V2V_FIELD_END,
};

struct v2v_windows *v2v_windows_new(void)
{
	struct v2v_windows *w = v2v_alloc(1, sizeof *w);

	for (const struct v2v_field *f = v2v_windows_fields; f->key; f++)
		if (f->type == V2V_INT)
			*(int64_t *)((char *)w + f->offset) = -1;
	return w;
}

/* The bytes of a member that is known; 0: it is not. */
static size_t known(enum v2v_type type, const void *member)
{
	const struct v2v_list *list = member;

	switch (type) {
	case V2V_INT:
		return *(const int64_t *)member < 0 ? 0 : sizeof(int64_t);
	case V2V_BOOL:
		return *(const bool *)member ? sizeof(bool) : 0;
	case V2V_LIST:
	case V2V_STRINGS:
		return list->count ? sizeof *list : 0;
	default:
		return *(void *const *)member ? sizeof(void *) : 0;
	}
}

void v2v_windows_take(struct v2v_windows *to, struct v2v_windows *from)
{
	for (const struct v2v_field *f = v2v_windows_fields; f->key; f++) {
		char *a = (char *)to + f->offset, *b = (char *)from + f->offset;
		const size_t size = known(f->type, b);

		for (size_t i = 0; i < size; i++) {
			const char byte = a[i];

			a[i] = b[i];
			b[i] = byte;
		}
	}
}
