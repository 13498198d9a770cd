/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The writer of a template of OpenNebula's (its "Virtual Machine Template"
 * reference). */
#include "meta/meta.h"

#include "meta/names.h"
#include "meta/shell.h"

#define MIB	 (1024 * 1024)
#define MAX_NAME 100 /* bytes, with room for "-disk-N" in 128 */

/* OVMF where Debian and Ubuntu have it; the driver's list has to name it. */
#define FIRMWARE "/usr/share/OVMF/OVMF_CODE_4M.fd"
#define SECURE	 "/usr/share/OVMF/OVMF_CODE_4M.secboot.fd"

/* A vector: a name, and pairs in brackets. */
struct vector {
	struct v2v_text text;
	const char *name;
};

static void add(struct vector *vector, const char *key, const char *value)
{
	v2v_text_join(&vector->text, ", ", "%s = \"%s\"", key, value);
}

static void end(struct v2v_text *t, struct vector *vector)
{
	v2v_text_addf(t, "%s = [ %s ]\n", vector->name, vector->text.data);
	v2v_text_clear(&vector->text);
}

/* The prefix of its name says which bus a disk is on. */
static const char *prefix(const struct v2v_target *target)
{
	if (v2v_streq(target->bus, "virtio-blk"))
		return "vd";
	return v2v_streq(target->bus, "ide") ? "hd" : "sd";
}

/* "sd" is one bus for all: its "scsi" is virtio-scsi, and what else is SCSI
 * becomes sata, which nearly every guest can use. */
static const char *sd_bus_of(const struct v2v_target *target)
{
	return v2v_streq(target->bus, "virtio-scsi") ? "scsi" : "sata";
}

/* That of the first "sd" in the order of booting; NULL: there is none. */
static const char *sd_bus(const struct v2v_machine *m)
{
	const struct v2v_target *target = m->targets.items, *found = NULL;
	size_t first = SIZE_MAX;

	for (size_t i = 0; i < m->targets.count; i++) {
		const size_t order = v2v_machine_boot_order(m, i);

		if (target[i].file && order < first &&
			v2v_streq(prefix(&target[i]), "sd")) {
			found = &target[i];
			first = order;
		}
	}
	return found ? sd_bus_of(found) : NULL;
}

static void add_os(
	struct v2v *v, struct v2v_text *t, const struct v2v_machine *m)
{
	struct vector os = { .name = "OS" };

	add(&os, "ARCH", m->arch);
	add(&os, "MACHINE", m->type);
	if (m->is_uefi) {
		add(&os, "FIRMWARE", m->secure_boot ? SECURE : FIRMWARE);
		add(&os, "FIRMWARE_SECURE", m->secure_boot ? "YES" : "NO");
		v2v_record(v, "firmware-path",
			"the firmware is named by its path, '%s': the hosts "
			"and the driver's list have to have it",
			m->secure_boot ? SECURE : FIRMWARE);
	}
	add(&os, "BOOT", m->targets.count ? "disk0" : "");
	if (sd_bus(m))
		add(&os, "SD_DISK_BUS", sd_bus(m));
	end(t, &os);
}

static void add_features(struct v2v_text *t, const struct v2v_machine *m)
{
	struct vector features = { .name = "FEATURES" };

	add(&features, "ACPI", m->caps.acpi ? "YES" : "NO");
	add(&features, "APIC", "YES");
	add(&features, "HYPERV", m->hyperv ? "YES" : "NO");
	add(&features, "LOCALTIME", m->is_local_time ? "YES" : "NO");
	add(&features, "GUEST_AGENT", m->has_agent_channel ? "YES" : "NO");
	end(t, &features);
}

static void tell_bus(struct v2v *v, const struct v2v_machine *m,
	const struct v2v_target *target)
{
	if (v2v_streq(prefix(target), "sd") &&
		(v2v_streq(target->bus, "scsi") ||
			!v2v_streq(sd_bus_of(target), sd_bus(m))))
		v2v_warn(v, "bus-changed",
			"disk %lld: opennebula has one bus for disks of SCSI "
			"and SATA, virtio-scsi or sata: it is '%s', not '%s'",
			(long long)target->disk,
			v2v_streq(sd_bus(m), "scsi") ? "virtio-scsi" : "sata",
			target->bus);
}

/* How the disk becomes an image, as a comment. */
static void add_upload(struct v2v_text *t, const char *image,
	const struct v2v_target *target, const struct v2v_meta_place *place)
{
	struct v2v_text line CLEANUP_TEXT = { 0 };

	v2v_text_addf(&line, "oneimage create --name");
	v2v_shell_add(&line, "%s", image);
	v2v_text_addf(&line, " --datastore %s --format %s --path",
		place->storage ? place->storage : "default", target->format);
	v2v_shell_add(&line, "%s", target->file);
	if (v2v_shell_comment_holds(target->file))
		v2v_shell_comment(t, "%s", line.data);
	else
		v2v_shell_comment(t, "(a name with control characters: %s)",
			target->file);
}

/* In the order in which they boot, with how each becomes an image. */
static void add_disks(struct v2v *v, struct v2v_text *t, const char *name,
	const struct v2v_machine *m, const struct v2v_meta_place *place)
{
	const struct v2v_target *target = m->targets.items;
	size_t number = 0;

	for (size_t order = 1; order <= m->targets.count; order++)
		for (size_t i = 0; i < m->targets.count; i++) {
			struct vector disk = { .name = "DISK" };
			CLEANUP_FREE char *image = NULL;

			if (!target[i].file ||
				v2v_machine_boot_order(m, i) != order)
				continue;
			image = v2v_format("%s-disk-%zu", name, number++);
			add_upload(t, image, &target[i], place);
			tell_bus(v, m, &target[i]);
			add(&disk, "IMAGE", image);
			add(&disk, "DEV_PREFIX", prefix(&target[i]));
			end(t, &disk);
		}
}

static void add_nics(
	struct v2v *v, struct v2v_text *t, const struct v2v_machine *m)
{
	v2v_list_foreach (const struct v2v_machine_nic, nic, &m->nics) {
		CLEANUP_FREE char *network =
			v2v_names_plain(nic->plugged, "-_. ", MAX_NAME);
		struct vector card = { .name = "NIC" };

		if (!v2v_streq(network, nic->plugged) || nic->is_bridge)
			v2v_warn(v, "network-changed",
				"nic %lld: '%s' is the virtual network '%s', "
				"which has to be there",
				(long long)nic->id, nic->plugged, network);
		add(&card, "NETWORK", network);
		add(&card, "MODEL", nic->model);
		if (nic->mac)
			add(&card, "MAC", nic->mac);
		end(t, &card);
	}
}

static void add_devices(struct v2v_text *t, const struct v2v_machine *m)
{
	struct vector graphics = { .name = "GRAPHICS" };
	struct vector input = { .name = "INPUT" };
	struct vector video = { .name = "VIDEO" };
	struct vector tpm = { .name = "TPM" };

	add(&graphics, "TYPE", "VNC");
	add(&graphics, "LISTEN", "127.0.0.1");
	end(t, &graphics);
	add(&input, "TYPE", "tablet");
	add(&input, "BUS", "usb");
	end(t, &input);
	add(&video, "TYPE", m->video);
	end(t, &video);
	if (!m->tpm)
		return;
	add(&tpm, "MODEL", m->tpm);
	end(t, &tpm);
}

static void tell_lost(struct v2v *v, const struct v2v_machine *m)
{
	const char *genid = v2v_machine_genid(v, m);

	if (genid)
		v2v_warn(v, "genid-left-out",
			"opennebula has no generation ID: '%s' is left out",
			genid);
	v2v_machine_tell_sound(v, m);
	v2v_list_foreach (const struct v2v_removable_slot, slot, &m->slots)
		v2v_machine_tell_drive(v, slot);
}

static void add_resources(
	struct v2v_text *t, const char *name, const struct v2v_machine *m)
{
	const struct v2v_topology *topology = v2v_machine_topology(m);
	struct vector cpus = { .name = "TOPOLOGY" };
	CLEANUP_FREE char *sockets = NULL, *cores = NULL, *threads = NULL;

	v2v_text_addf(t,
		"NAME = \"%s\"\nHYPERVISOR = \"kvm\"\nCPU = \"%lld\"\n"
		"VCPU = \"%lld\"\nMEMORY = \"%lld\"\n",
		name, (long long)m->source.vcpus, (long long)m->source.vcpus,
		(long long)((m->source.memory + MIB - 1) / MIB));
	if (!topology)
		return;
	sockets = v2v_format("%lld", (long long)topology->sockets);
	cores = v2v_format("%lld", (long long)topology->cores);
	threads = v2v_format("%lld", (long long)topology->threads);
	add(&cpus, "SOCKETS", sockets);
	add(&cpus, "CORES", cores);
	add(&cpus, "THREADS", threads);
	end(t, &cpus);
}

static int write_template(struct v2v *v, const struct v2v_machine *m,
	const struct v2v_meta_place *place, struct v2v_list *files,
	struct v2v_error *err)
{
	CLEANUP_FREE char *name =
		v2v_names_plain(m->source.name, "-_. ", MAX_NAME);
	struct v2v_text t = { 0 };

	(void)err;
	v2v_names_tell(v, "the machine", m->source.name, name);
	v2v_shell_comment(&t,
		"made by v2v-meta; onetemplate create reads it, once the "
		"images are there:");
	add_disks(v, &t, name, m, place);
	add_resources(&t, name, m);
	add_os(v, &t, m);
	add_features(&t, m);
	add_nics(v, &t, m);
	add_devices(&t, m);
	tell_lost(v, m);
	v2v_meta_file_add(files, ".template", v2v_text_take(&t), false);
	return 0;
}

const struct v2v_meta_writer v2v_meta_opennebula = {
	.write = write_template,
};
