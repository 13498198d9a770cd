/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A machine of Proxmox' but for its disks. */
#include "meta/proxmox.h"

#include "meta/names.h"

#define MIB	   (1024 * 1024)
#define EFI_SIZE   (528 * 1024) /* bytes of the variables, "4m" */
#define TPM_SIZE   (4 * MIB)
#define MAX_NICS   32
#define BRIDGE	   "vmbr0" /* what an installation begins with */
#define MAX_BRIDGE 15	   /* bytes of an interface's name: IFNAMSIZ - 1 */

/* Hyper-V's interface goes by it, and what else a Windows wants. */
static const char *windows_type(const struct v2v_inspect *inspect)
{
	int64_t major = inspect->major_version, minor = inspect->minor_version;
	int64_t build = inspect->windows ? inspect->windows->build : -1;

	if (major >= 10)
		return build >= 20348 ? "win11" : "win10";
	if (major == 6)
		return minor >= 2 ? "win8" : minor == 1 ? "win7" : "wvista";
	if (major == 5)
		return minor == 0 ? "w2k" : minor == 1 ? "wxp" : "w2k3";
	return "win10";
}

static const char *os_type(const struct v2v_machine *m)
{
	if (m->is_windows)
		return windows_type(&m->inspect);
	if (!m->inspect.type || v2v_streq(m->inspect.type, "linux"))
		return "l26";
	return "other";
}

/* "host" could not go to another node. */
static void add_processors(struct v2v_pve *p)
{
	const struct v2v_machine *m = p->machine;
	const struct v2v_topology *t = v2v_machine_topology(m);

	v2v_pve_add(p, "sockets", "%lld", (long long)(t ? t->sockets : 1));
	v2v_pve_add(p, "cores", "%lld",
		(long long)(t ? t->cores * t->threads : m->source.vcpus));
	if (!v2v_streq(m->arch, "x86_64"))
		return;
	v2v_pve_add(p, "cpu", "%s",
		m->caps.arch_min_version >= 3 ? "x86-64-v3" : "x86-64-v2-AES");
}

static void add_arch(struct v2v *v, struct v2v_pve *p)
{
	const struct v2v_machine *m = p->machine;

	if (v2v_streq(m->arch, "aarch64"))
		v2v_pve_add(p, "arch", "aarch64");
	else if (!v2v_streq(m->arch, "x86_64"))
		v2v_warn(v, "arch-changed",
			"proxmox has no machines of '%s': it would be x86_64",
			m->arch);
	if (v2v_streq(m->type, "q35"))
		v2v_pve_add(p, "machine", "q35");
}

static void add_volume(
	struct v2v_pve *p, const char *key, const char *more, int64_t size)
{
	struct v2v_pve_key *line = v2v_pve_add(p, key, "%s", more);

	line->is_volume = true;
	line->size = size;
}

static void add_firmware(struct v2v_pve *p)
{
	const struct v2v_machine *m = p->machine;

	v2v_pve_add(p, "bios", "%s", m->is_uefi ? "ovmf" : "seabios");
	if (m->is_uefi)
		add_volume(p, "efidisk0",
			m->secure_boot ? ",efitype=4m,pre-enrolled-keys=1"
				       : ",efitype=4m,pre-enrolled-keys=0",
			EFI_SIZE);
	if (m->tpm)
		add_volume(p, "tpmstate0", ",version=v2.0", TPM_SIZE);
}

/* The bridge that a card is on. */
static char *bridge(struct v2v *v, const struct v2v_machine_nic *nic)
{
	char *name;

	if (!nic->is_bridge && v2v_streq(nic->plugged, "default"))
		return v2v_strdup(BRIDGE);
	name = v2v_names_plain(nic->plugged, "-_.", MAX_BRIDGE);
	if (!v2v_streq(name, nic->plugged))
		v2v_warn(v, "network-changed",
			"nic %lld: '%s' is not the name of a bridge there: it "
			"is '%s'",
			(long long)nic->id, nic->plugged, name);
	return name;
}

static void add_nics(struct v2v *v, struct v2v_pve *p)
{
	size_t i = 0;

	v2v_list_foreach (
		const struct v2v_machine_nic, nic, &p->machine->nics) {
		CLEANUP_FREE char *key = v2v_format("net%zu", i++);
		CLEANUP_FREE char *plugged = bridge(v, nic);

		if (i > MAX_NICS)
			v2v_warn(v, "nic-left-out",
				"nic %lld: the machine has no room for it "
				"there",
				(long long)nic->id);
		else
			v2v_pve_add(p, key, "%s%s%s,bridge=%s", nic->model,
				nic->mac ? "=" : "", nic->mac ? nic->mac : "",
				plugged);
	}
}

static void add_sound(struct v2v *v, struct v2v_pve *p)
{
	static const char *const cards[][2] = {
		{ "ac97", "AC97" },
		{ "ich6", "intel-hda" },
		{ "ich9", "ich9-intel-hda" },
	};
	const char *sound = p->machine->sound;

	for (size_t i = 0; sound && i < ARRAY_SIZE(cards); i++)
		if (v2v_streq(cards[i][0], sound)) {
			v2v_pve_add(p, "audio0", "device=%s,driver=none",
				cards[i][1]);
			return;
		}
	v2v_machine_tell_sound(v, p->machine);
}

static void add_extras(struct v2v *v, struct v2v_pve *p)
{
	const struct v2v_machine *m = p->machine;

	v2v_pve_add(p, "agent", "%d", m->has_agent_channel);
	v2v_pve_add(p, "tablet", "1");
	v2v_pve_add(p, "serial0", "socket");
	v2v_pve_add(
		p, "vga", "%s", v2v_streq(m->video, "vga") ? "std" : m->video);
	v2v_pve_add(p, "localtime", "%d", m->is_local_time);
	if (m->caps.virtio_rng)
		v2v_pve_add(p, "rng0", "source=/dev/urandom");
	if (!m->caps.virtio_balloon)
		v2v_pve_add(p, "balloon", "0");
	if (!m->caps.acpi)
		v2v_pve_add(p, "acpi", "0");
	add_sound(v, p);
}

void v2v_pve_devices(struct v2v *v, struct v2v_pve *p)
{
	int64_t memory = p->machine->source.memory;

	v2v_pve_add(p, "ostype", "%s", os_type(p->machine));
	v2v_pve_add(p, "memory", "%lld",
		(long long)(memory < 16 * MIB ? 16 : (memory + MIB - 1) / MIB));
	add_arch(v, p);
	add_processors(p);
	add_firmware(p);
	add_nics(v, p);
	add_extras(v, p);
}
