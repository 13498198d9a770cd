/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The devices of the new machine. */
#include "meta/meta.h"
#include <ctype.h>

#define MAC_LENGTH 17 /* "52:54:00:12:34:56" */

/* Six bytes in hexadecimal, not a group's address: libvirt refuses others. */
static bool is_mac(const char *s)
{
	for (size_t i = 0; i < MAC_LENGTH; i++)
		if (i % 3 == 2 ? s[i] != ':' : !isxdigit((unsigned char)s[i]))
			return false;
	return !s[MAC_LENGTH] && !strchr("13579bdfBDF", s[1]);
}

/* 8-4-4-4-12 hexadecimal digits. */
static bool is_uuid(const char *s)
{
	static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	size_t i = 0;

	for (; shape[i]; i++)
		if (shape[i] == '-' ? s[i] != '-'
				    : !isxdigit((unsigned char)s[i]))
			return false;
	return !s[i];
}

const char *v2v_machine_genid(struct v2v *v, const struct v2v_machine *m)
{
	const char *genid = m->source.genid;

	if (!genid || is_uuid(genid))
		return genid;
	v2v_warn(v, "bad-genid", "invalid genid '%s' (not a UUID): left out",
		genid);
	return NULL;
}

const struct v2v_topology *v2v_machine_topology(const struct v2v_machine *m)
{
	const struct v2v_topology *t =
		m->source.cpu ? m->source.cpu->topology : NULL;
	int64_t n;

	if (!t || t->sockets < 1 || t->cores < 1 || t->threads < 1 ||
		__builtin_mul_overflow(t->sockets, t->cores, &n) ||
		__builtin_mul_overflow(n, t->threads, &n) ||
		n != m->source.vcpus)
		return NULL;
	return t;
}

/* What the guest now expects, else what the old machine had; any text. */
static const char *mac_of(
	const struct v2v_machine *m, const struct v2v_nic *nic)
{
	v2v_list_foreach (struct v2v_guest_nic, expected, &m->caps.nics)
		if (expected->nic == nic->id && expected->mac)
			return expected->mac;
	return nic->mac;
}

/* A guest that nobody converted keeps a card that qemu has too; any other
 * becomes an e1000, for which nearly every system has a driver. */
static const char *nic_model(
	const struct v2v_machine *m, const struct v2v_nic *nic)
{
	static const char *const known[] = { "e1000", "e1000e", "rtl8139",
		"pcnet", "virtio" };

	if (v2v_streq(m->caps.net_bus, "virtio-net"))
		return "virtio";
	if (m->caps.net_bus)
		return m->caps.net_bus;
	if (v2v_streq(nic->model, "pcnet32"))
		return "pcnet";
	return v2v_is_one_of(nic->model, known) ? nic->model : "e1000";
}

static void add_nic(struct v2v_machine *m, const struct v2v_nic *nic)
{
	struct v2v_machine_nic *to = v2v_list_add(&m->nics, sizeof *to);
	const char *mac = mac_of(m, nic);

	to->id = nic->id;
	to->model = nic_model(m, nic);
	if (mac && is_mac(mac))
		to->mac = mac;
	else
		to->bad_mac = mac;
	to->network = nic->network;
}

/* The guest counts its cards in the order of guestcaps: eth0 is the first.
 * Others come behind. */
static void add_nics(struct v2v_machine *m)
{
	size_t count = m->source.nics.count;
	const struct v2v_nic *nics = m->source.nics.items;
	CLEANUP_FREE bool *added = v2v_alloc(count + 1, sizeof *added);

	v2v_list_foreach (const struct v2v_guest_nic, expected, &m->caps.nics)
		for (size_t i = 0; i < count; i++)
			if (nics[i].id == expected->nic && !added[i]) {
				add_nic(m, &nics[i]);
				added[i] = true;
				break;
			}
	for (size_t i = 0; i < count; i++)
		if (!added[i])
			add_nic(m, &nics[i]);
}

const char *v2v_machine_boots_as(const struct v2v_machine *m)
{
	if (!m->is_uefi)
		return "BIOS";
	return m->secure_boot ? "UEFI with secure boot" : "UEFI";
}

void v2v_machine_devices(struct v2v_machine *m)
{
	static const char *const sounds[] = { "ac97", "es1370", "ich6", "ich9",
		"pcspk", "sb16", "usb" };

	m->is_transitional = v2v_streq(m->type, "q35") && !m->caps.virtio_1_0;
	m->sound =
		v2v_is_one_of(m->source.sound, sounds) ? m->source.sound : NULL;
	m->video = m->caps.video ? m->caps.video : "vga";
	m->scsi = v2v_machine_scsi(&m->source);
	m->is_local_time = !m->caps.rtc_utc;
	m->has_agent_channel = m->is_converted;
	v2v_machine_windows(m);
	/* It needs SMM, which only a q35 has. */
	m->secure_boot = m->is_uefi && m->source.secure_boot &&
			 v2v_streq(m->type, "q35");
	add_nics(m);
	if (m->source.tpm)
		m->tpm = v2v_streq(m->type, "q35") ? "tpm-crb" : "tpm-tis";
}
