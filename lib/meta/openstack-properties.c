/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Properties of an image, as Nova names them (nova, "Useful image
 * properties"; objects/image_meta.py). */
#include "meta/openstack.h"

static void add(json_t *properties, const char *key, const char *value)
{
	json_object_set_new(properties, key, json_string(value));
}

static void add_number(json_t *properties, const char *key, int64_t value)
{
	CLEANUP_FREE char *text = v2v_format("%lld", (long long)value);

	add(properties, key, text);
}

/* One for all disks: that of the disk that boots. */
static void add_buses(struct v2v *v, const struct v2v_machine *m, json_t *props)
{
	const struct v2v_target *boot = v2v_machine_boot_disk(m);
	const char *bus = boot ? boot->bus : NULL;

	v2v_list_foreach (const struct v2v_target, target, &m->targets) {
		if (target->file && !v2v_streq(bus, target->bus))
			v2v_warn(v, "bus-changed",
				"disk %lld: all disks of openstack are on one "
				"bus, '%s', not '%s'",
				(long long)target->disk, bus, target->bus);
	}
	if (!bus)
		return;
	if (v2v_streq(bus, "virtio-blk"))
		add(props, "hw_disk_bus", "virtio");
	else if (v2v_streq(bus, "virtio-scsi")) {
		add(props, "hw_disk_bus", "scsi");
		add(props, "hw_scsi_model", "virtio-scsi");
	} else
		add(props, "hw_disk_bus", bus);
	if (v2v_streq(bus, "scsi"))
		add(props, "hw_scsi_model", m->scsi);
}

static void add_card(struct v2v *v, const struct v2v_machine *m, json_t *props)
{
	const char *model = NULL;

	v2v_list_foreach (const struct v2v_machine_nic, nic, &m->nics) {
		if (!model)
			model = nic->model;
		if (!v2v_streq(model, nic->model))
			v2v_warn(v, "model-changed",
				"nic %lld: all cards of openstack are of one "
				"model, '%s', not '%s'",
				(long long)nic->id, model, nic->model);
	}
	if (model)
		add(props, "hw_vif_model", model);
}

static void add_firmware(const struct v2v_machine *m, json_t *props)
{
	add(props, "hw_firmware_type", m->is_uefi ? "uefi" : "bios");
	if (m->is_uefi)
		add(props, "os_secure_boot",
			m->secure_boot ? "required" : "disabled");
	if (m->tpm) {
		add(props, "hw_tpm_model", m->tpm);
		add(props, "hw_tpm_version", "2.0");
	}
}

/* Nova's os_type knows two systems, and sets the clock and Hyper-V's interface
 * by it: any other word is refused at boot. */
static void add_system(
	struct v2v *v, const struct v2v_machine *m, json_t *props)
{
	if (m->is_windows || v2v_streq(m->inspect.type, "linux"))
		add(props, "os_type", m->inspect.type);
	if (m->inspect.osinfo && *m->inspect.osinfo)
		add(props, "os_distro", m->inspect.osinfo);
	if (m->windows_timers)
		add(props, "hw_time_hpet", "false");
	if (m->is_local_time != m->is_windows)
		v2v_warn(v, "clock-changed",
			"openstack gives a Windows local time and others UTC: "
			"the guest's clock has %s",
			m->is_local_time ? "local time" : "UTC");
}

static void add_topology(const struct v2v_machine *m, json_t *props)
{
	const struct v2v_topology *t = v2v_machine_topology(m);

	if (!t)
		return;
	add_number(props, "hw_cpu_sockets", t->sockets);
	add_number(props, "hw_cpu_cores", t->cores);
	add_number(props, "hw_cpu_threads", t->threads);
}

/* What there is no property for. */
static void tell_lost(struct v2v *v, const struct v2v_machine *m)
{
	const char *genid = v2v_machine_genid(v, m);

	if (genid)
		v2v_warn(v, "genid-left-out",
			"openstack has no generation ID: '%s' is left out",
			genid);
	v2v_machine_tell_sound(v, m);
	v2v_list_foreach (const struct v2v_removable_slot, slot, &m->slots)
		v2v_machine_tell_drive(v, slot);
}

json_t *v2v_openstack_properties(struct v2v *v, const struct v2v_machine *m)
{
	static const char *const arches[] = { "x86_64", "aarch64", "armv7l",
		"ppc64", "ppc64le", "s390x" };
	json_t *props = json_object();

	if (v2v_is_one_of(m->arch, arches))
		add(props, "hw_architecture", m->arch);
	add(props, "hw_machine_type", m->type);
	add_firmware(m, props);
	add_buses(v, m, props);
	add_card(v, m, props);
	add(props, "hw_video_model", m->video);
	add(props, "hw_pointer_model", "usbtablet");
	if (m->caps.virtio_rng)
		add(props, "hw_rng_model", "virtio");
	if (m->has_agent_channel)
		add(props, "hw_qemu_guest_agent", "yes");
	add_topology(m, props);
	add_system(v, m, props);
	tell_lost(v, m);
	return props;
}
