/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* KubeVirt's devices, networks, features and clock. */
#include "meta/kubevirt.h"

#include "meta/names.h"

char *v2v_kubevirt_disk(size_t index)
{
	return v2v_format("disk-%zu", index);
}

/* Its "scsi" is virtio-scsi; of what it has no controller for goes to sata. */
static const char *disk_bus(struct v2v *v, const struct v2v_target *target)
{
	if (v2v_streq(target->bus, "virtio-blk"))
		return "virtio";
	if (v2v_streq(target->bus, "virtio-scsi"))
		return "scsi";
	if (!v2v_streq(target->bus, "sata"))
		v2v_warn(v, "bus-changed",
			"disk %lld: kubevirt has no bus '%s': it is 'sata'",
			(long long)target->disk, target->bus);
	return "sata";
}

static json_t *disks(struct v2v *v, const struct v2v_machine *m)
{
	const struct v2v_target *targets = m->targets.items;
	json_t *list = json_array();

	for (size_t i = 0; i < m->targets.count; i++) {
		CLEANUP_FREE char *name = v2v_kubevirt_disk(i);

		if (targets[i].file)
			json_array_append_new(list,
				json_pack("{s:s, s:{s:s}, s:I}", "name", name,
					"disk", "bus", disk_bus(v, &targets[i]),
					"bootOrder",
					(json_int_t)v2v_machine_boot_order(
						m, i)));
	}
	return list;
}

static const char *nic_model(struct v2v *v, const struct v2v_machine_nic *nic)
{
	if (!v2v_streq(nic->model, "vmxnet3"))
		return nic->model;
	v2v_warn(v, "model-changed",
		"nic %lld: kubevirt has no card '%s': it is 'e1000e'",
		(long long)nic->id, nic->model);
	return "e1000e";
}

/* The first card that is nowhere else is in the pod's network, of which a
 * machine has one card at most. */
static bool is_in_pod(
	const struct v2v_machine *m, const struct v2v_machine_nic *nic)
{
	v2v_list_foreach (const struct v2v_machine_nic, other, &m->nics)
		if (!other->is_bridge &&
			(v2v_streq(other->plugged, "default") ||
				v2v_streq(other->plugged, "pod")))
			return other == nic;
	return false;
}

static json_t *interfaces(struct v2v *v, const struct v2v_machine *m)
{
	json_t *list = json_array();
	size_t i = 0;

	v2v_list_foreach (const struct v2v_machine_nic, nic, &m->nics) {
		CLEANUP_FREE char *name = v2v_format("net-%zu", i++);
		json_t *card = json_pack("{s:s, s:s, s:{}}", "name", name,
			"model", nic_model(v, nic),
			is_in_pod(m, nic) ? "masquerade" : "bridge");

		if (nic->mac)
			json_object_set_new(
				card, "macAddress", json_string(nic->mac));
		json_array_append_new(list, card);
	}
	return list;
}

/* The other cards of the usual network are on what the old one was called. */
static char *attachment(struct v2v *v, const struct v2v_machine_nic *nic)
{
	const char *from =
		nic->is_chosen || !nic->network ? nic->plugged : nic->network;
	char *name = v2v_names_label(from, V2V_DNS_LABEL);

	if (!nic->is_chosen || nic->is_bridge || !v2v_streq(from, name))
		v2v_warn(v, "network-changed",
			"nic %lld: '%s' is the NetworkAttachmentDefinition "
			"'%s', which has to be there",
			(long long)nic->id, from, name);
	return name;
}

json_t *v2v_kubevirt_networks(struct v2v *v, const struct v2v_machine *m)
{
	json_t *list = json_array();
	size_t i = 0;

	v2v_list_foreach (const struct v2v_machine_nic, nic, &m->nics) {
		CLEANUP_FREE char *name = v2v_format("net-%zu", i++);
		CLEANUP_FREE char *there =
			is_in_pod(m, nic) ? NULL : attachment(v, nic);

		json_array_append_new(list,
			there ? json_pack("{s:s, s:{s:s}}", "name", name,
					"multus", "networkName", there)
			      : json_pack("{s:s, s:{}}", "name", name, "pod"));
	}
	return list;
}

static void add_sound(
	struct v2v *v, const struct v2v_machine *m, json_t *devices)
{
	const char *sound = m->sound;

	if (!sound)
		return;
	if (v2v_streq(sound, "ac97") || v2v_starts_with(sound, "ich"))
		json_object_set_new(devices, "sound",
			json_pack("{s:s, s:s}", "name", "sound", "model",
				*sound == 'a' ? "ac97" : "ich9"));
	else
		v2v_machine_tell_sound(v, m);
}

/* Its machines are q35, where old virtio has to be asked for, once for all. */
json_t *v2v_kubevirt_devices(struct v2v *v, const struct v2v_machine *m)
{
	json_t *devices = json_pack("{s:o, s:o, s:[{s:s, s:s, s:s}]}", "disks",
		disks(v, m), "interfaces", interfaces(v, m), "inputs", "name",
		"tablet", "type", "tablet", "bus", "usb");

	if (!m->caps.virtio_1_0)
		json_object_set_new(
			devices, "useVirtioTransitional", json_true());
	if (m->caps.virtio_rng)
		json_object_set_new(devices, "rng", json_object());
	if (!m->caps.virtio_balloon)
		json_object_set_new(
			devices, "autoattachMemBalloon", json_false());
	/* Else it adds one in the pod's network by itself. */
	if (!m->nics.count)
		json_object_set_new(
			devices, "autoattachPodInterface", json_false());
	if (m->tpm)
		json_object_set_new(
			devices, "tpm", json_pack("{s:b}", "persistent", 1));
	add_sound(v, m, devices);
	return devices;
}

static json_t *hyperv(unsigned bits)
{
	static const struct {
		enum v2v_hyperv bit;
		const char *name;
	} parts[] = {
		{ V2V_HV_RELAXED, "relaxed" },
		{ V2V_HV_VAPIC, "vapic" },
		{ V2V_HV_VPINDEX, "vpindex" },
		{ V2V_HV_RUNTIME, "runtime" },
		{ V2V_HV_SYNIC, "synic" },
		{ V2V_HV_RESET, "reset" },
		{ V2V_HV_FREQUENCIES, "frequencies" },
		{ V2V_HV_TLBFLUSH, "tlbflush" },
		{ V2V_HV_IPI, "ipi" },
	};
	json_t *object = json_object();

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (bits & parts[i].bit)
			json_object_set_new(
				object, parts[i].name, json_object());
	if (bits & V2V_HV_SPINLOCKS)
		json_object_set_new(object, "spinlocks",
			json_pack("{s:i}", "spinlocks", V2V_HV_RETRIES));
	if (bits & V2V_HV_STIMER)
		json_object_set_new(
			object, "synictimer", json_pack("{s:{}}", "direct"));
	return object;
}

/* A guest without ACPI cannot be: KubeVirt itself says "enabled". */
json_t *v2v_kubevirt_features(const struct v2v_machine *m)
{
	json_t *features = json_pack(
		"{s:{s:b}}", "acpi", "enabled", m->caps.acpi || m->is_uefi);

	if (v2v_streq(m->arch, "x86_64"))
		json_object_set_new(features, "apic", json_object());
	if (m->secure_boot)
		json_object_set_new(
			features, "smm", json_pack("{s:b}", "enabled", 1));
	if (m->hyperv)
		json_object_set_new(features, "hyperv", hyperv(m->hyperv));
	return features;
}

static json_t *timers(const struct v2v_machine *m)
{
	json_t *timers = json_object();

	if (m->windows_timers)
		json_object_update_new(timers,
			json_pack("{s:{s:b}, s:{s:s}, s:{s:s}}", "hpet",
				"present", 0, "pit", "tickPolicy", "delay",
				"rtc", "tickPolicy", "catchup"));
	if (m->hyperv & V2V_HV_CLOCK)
		json_object_set_new(
			timers, "hyperv", json_pack("{s:b}", "present", 1));
	return timers;
}

/* There is no "local time", only that of a place. */
json_t *v2v_kubevirt_clock(struct v2v *v, const struct v2v_machine *m)
{
	const char *windows =
		m->inspect.windows ? m->inspect.windows->time_zone : NULL;
	const char *zone =
		m->is_local_time && windows ? v2v_zone(windows) : NULL;
	json_t *clock = zone ? json_pack("{s:s}", "timezone", zone)
			     : json_pack("{s:{}}", "utc");

	if (m->is_local_time && !zone)
		v2v_warn(v, "clock-changed",
			"the guest's clock has local time, of which the zone "
			"is not known ('%s'): it gets UTC",
			windows ? windows : "");
	json_object_set_new(clock, "timer", timers(m));
	return clock;
}
