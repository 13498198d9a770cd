/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt's devices but for the disks. */
#include "meta/libvirt.h"

#include <ctype.h>

#define MAC_LENGTH 17 /* "52:54:00:12:34:56" */

static bool is_one_of(const char *word, const char *const *words)
{
	while (*words && !v2v_streq(word, *words))
		words++;
	return *words;
}

/* Six bytes in hexadecimal, not a group's address: libvirt refuses others. */
static bool is_mac(const char *s)
{
	for (size_t i = 0; i < MAC_LENGTH; i++)
		if (i % 3 == 2 ? s[i] != ':' : !isxdigit((unsigned char)s[i]))
			return false;
	return !s[MAC_LENGTH] && !strchr("13579bdfBDF", s[1]);
}

/* What the guest now expects, else what the old machine had. */
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
		"pcnet", "virtio", NULL };
	const char *transitional = v2v_libvirt_transitional(m);

	if (v2v_streq(m->caps.net_bus, "virtio-net"))
		return transitional ? transitional : "virtio";
	if (m->caps.net_bus)
		return m->caps.net_bus;
	if (v2v_streq(nic->model, "pcnet32"))
		return "pcnet";
	return is_one_of(nic->model, known) ? nic->model : "e1000";
}

/* A VMware network is no bridge of this host: each NIC is on libvirt's own
 * network, which is there on every host, and the old name is told. */
static void write_nic(struct v2v *v, struct v2v_xml *xml,
	const struct v2v_machine *m, const struct v2v_nic *nic)
{
	const char *mac = mac_of(m, nic);

	if (mac && !is_mac(mac)) {
		v2v_warn(v, "bad-mac",
			"nic %lld: '%s' is no MAC address of a card: left out",
			(long long)nic->id, mac);
		mac = NULL;
	}
	v2v_xml_open(xml, "interface", "type", "network");
	if (nic->network) {
		v2v_xml_comment(xml, "was on the network '%s'", nic->network);
		v2v_info(v, "network-replaced",
			"nic %lld: the network '%s' becomes libvirt's "
			"'default'",
			(long long)nic->id, nic->network);
	}
	if (mac)
		v2v_xml_empty(xml, "mac", "address", mac);
	v2v_xml_empty(xml, "source", "network", "default");
	v2v_xml_empty(xml, "model", "type", nic_model(m, nic));
	v2v_xml_close(xml);
}

/* The guest counts its cards in the order of guestcaps: eth0 is the first.
 * Others come behind. */
static void write_nics(
	struct v2v *v, struct v2v_xml *xml, const struct v2v_machine *m)
{
	size_t count = m->source.nics.count;
	const struct v2v_nic *nics = m->source.nics.items;
	CLEANUP_FREE bool *written = v2v_alloc(count + 1, sizeof *written);

	v2v_list_foreach (const struct v2v_guest_nic, expected, &m->caps.nics)
		for (size_t i = 0; i < count; i++)
			if (nics[i].id == expected->nic && !written[i]) {
				write_nic(v, xml, m, &nics[i]);
				written[i] = true;
				break;
			}
	for (size_t i = 0; i < count; i++)
		if (!written[i])
			write_nic(v, xml, m, &nics[i]);
}

static void write_display(struct v2v_xml *xml, const struct v2v_machine *m)
{
	static const char *const sounds[] = { "ac97", "es1370", "ich6", "ich9",
		"pcspk", "sb16", "usb", NULL };

	v2v_xml_empty(xml, "graphics", "type", "vnc", "autoport", "yes");
	if (is_one_of(m->source.sound, sounds))
		v2v_xml_empty(xml, "sound", "model", m->source.sound);
	v2v_xml_open(xml, "video");
	v2v_xml_empty(
		xml, "model", "type", m->caps.video ? m->caps.video : "vga");
	v2v_xml_close(xml);
}

static void write_consoles(struct v2v_xml *xml, const struct v2v_machine *m)
{
	const char *transitional = v2v_libvirt_transitional(m);

	v2v_xml_empty(xml, "serial", "type", "pty");
	v2v_xml_open(xml, "console", "type", "pty");
	v2v_xml_empty(xml, "target", "type", "serial");
	v2v_xml_close(xml);
	v2v_xml_empty(xml, "input", "type", "tablet", "bus", "usb");
	if (!m->is_converted)
		return;
	if (transitional)
		v2v_xml_empty(xml, "controller", "type", "virtio-serial",
			"model", transitional);
	v2v_xml_open(xml, "channel", "type", "unix");
	v2v_xml_empty(xml, "target", "type", "virtio", "name",
		"org.qemu.guest_agent.0");
	v2v_xml_close(xml);
}

static void write_rng(struct v2v_xml *xml, const char *model)
{
	v2v_xml_open(xml, "rng", "model", model);
	v2v_xml_open(xml, "backend", "model", "random");
	v2v_xml_content(xml, "/dev/urandom");
	v2v_xml_close(xml);
	v2v_xml_close(xml);
}

static void write_panic(struct v2v_xml *xml)
{
	v2v_xml_open(xml, "panic", "model", "isa");
	v2v_xml_empty(xml, "address", "type", "isa", "iobase", "0x505");
	v2v_xml_close(xml);
}

/* A balloon must be denied, else libvirt adds one. */
static void write_virtio(struct v2v_xml *xml, const struct v2v_machine *m)
{
	const char *transitional = v2v_libvirt_transitional(m);
	const char *model = transitional ? transitional : "virtio";

	if (m->caps.virtio_rng)
		write_rng(xml, model);
	v2v_xml_empty(xml, "memballoon", "model",
		m->caps.virtio_balloon ? model : "none");
	if (m->caps.pvpanic && v2v_streq(m->arch, "x86_64"))
		write_panic(xml);
	if (!m->caps.virtio_socket)
		return;
	v2v_xml_open(xml, "vsock", "model", model);
	v2v_xml_empty(xml, "cid", "auto", "yes");
	v2v_xml_close(xml);
}

/* What the old one held sealed cannot be taken along. */
static void write_tpm(
	struct v2v *v, struct v2v_xml *xml, const struct v2v_machine *m)
{
	if (!m->source.tpm)
		return;
	v2v_warn(v, "tpm-new",
		"the machine gets a new, empty TPM: keys in the old one are "
		"lost; the host needs swtpm");
	v2v_xml_open(xml, "tpm", "model",
		v2v_streq(m->type, "q35") ? "tpm-crb" : "tpm-tis");
	v2v_xml_empty(xml, "backend", "type", "emulator", "version", "2.0");
	v2v_xml_close(xml);
}

void v2v_libvirt_devices(
	struct v2v *v, struct v2v_xml *xml, const struct v2v_machine *m)
{
	write_nics(v, xml, m);
	write_consoles(xml, m);
	write_tpm(v, xml, m);
	write_display(xml, m);
	write_virtio(xml, m);
}
