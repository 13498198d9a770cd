/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt's devices but for the disks. */
#include "meta/libvirt.h"

/* The old network's name stands beside the new one. */
static void write_nic(struct v2v *v, struct v2v_xml *xml,
	const struct v2v_machine *m, const struct v2v_machine_nic *nic)
{
	const char *kind = nic->is_bridge ? "bridge" : "network";

	v2v_xml_open(xml, "interface", "type", kind);
	if (nic->network) {
		v2v_xml_comment(xml, "was on the network '%s'", nic->network);
		v2v_info(v, "network-replaced",
			"nic %lld: the network '%s' becomes the %s '%s'",
			(long long)nic->id, nic->network, kind, nic->plugged);
	}
	if (nic->mac)
		v2v_xml_empty(xml, "mac", "address", nic->mac);
	v2v_xml_empty(xml, "source", kind, nic->plugged);
	v2v_xml_empty(xml, "model", "type",
		v2v_streq(nic->model, "virtio") ? v2v_libvirt_virtio(m)
						: nic->model);
	v2v_xml_close(xml);
}

static void write_display(struct v2v_xml *xml, const struct v2v_machine *m)
{
	v2v_xml_empty(xml, "graphics", "type", "vnc", "autoport", "yes");
	if (m->sound)
		v2v_xml_empty(xml, "sound", "model", m->sound);
	v2v_xml_open(xml, "video");
	v2v_xml_empty(xml, "model", "type", m->video);
	v2v_xml_close(xml);
}

static void write_consoles(struct v2v_xml *xml, const struct v2v_machine *m)
{
	v2v_xml_empty(xml, "serial", "type", "pty");
	v2v_xml_open(xml, "console", "type", "pty");
	v2v_xml_empty(xml, "target", "type", "serial");
	v2v_xml_close(xml);
	v2v_xml_empty(xml, "input", "type", "tablet", "bus", "usb");
	if (!m->has_agent_channel)
		return;
	if (m->is_transitional)
		v2v_xml_empty(xml, "controller", "type", "virtio-serial",
			"model", v2v_libvirt_virtio(m));
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
	const char *model = v2v_libvirt_virtio(m);

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

static void write_tpm(struct v2v_xml *xml, const struct v2v_machine *m)
{
	if (!m->tpm)
		return;
	v2v_xml_open(xml, "tpm", "model", m->tpm);
	v2v_xml_empty(xml, "backend", "type", "emulator", "version", "2.0");
	v2v_xml_close(xml);
}

void v2v_libvirt_devices(
	struct v2v *v, struct v2v_xml *xml, const struct v2v_machine *m)
{
	v2v_list_foreach (const struct v2v_machine_nic, nic, &m->nics)
		write_nic(v, xml, m, nic);
	write_consoles(xml, m);
	write_tpm(xml, m);
	write_display(xml, m);
	write_virtio(xml, m);
}
