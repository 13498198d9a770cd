/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* qemu's devices but for the disks. */
#include "meta/qemu.h"

/* Without libvirt there are no networks: bridges, and qemu's own NAT. */
static void add_nic(struct v2v *v, struct v2v_qemu *q, size_t index,
	const struct v2v_machine_nic *nic)
{
	CLEANUP_FREE char *bridge =
		v2v_qemu_value(nic->plugged ? nic->plugged : "");
	CLEANUP_FREE char *mac =
		nic->mac ? v2v_format(",mac=%s", nic->mac) : v2v_strdup("");
	bool is_virtio = v2v_streq(nic->model, "virtio");

	if (q->is_alone) {
		v2v_qemu_pci(q, "%s%s%s,romfile=",
			is_virtio ? "virtio-net-pci" : nic->model,
			is_virtio ? v2v_qemu_transitional(q) : "", mac);
		return;
	}
	if (nic->is_bridge)
		v2v_qemu_add(
			q, "netdev", "bridge,id=net%zu,br=%s", index, bridge);
	else
		v2v_qemu_add(q, "netdev", "user,id=net%zu", index);
	if (!nic->is_bridge && nic->is_chosen)
		v2v_warn(v, "network-changed",
			"nic %lld: qemu has no networks, only bridges: in "
			"place of '%s' it has NAT of its own",
			(long long)nic->id, nic->plugged);
	v2v_qemu_pci(q, "%s%s,netdev=net%zu%s",
		is_virtio ? "virtio-net-pci" : nic->model,
		is_virtio ? v2v_qemu_transitional(q) : "", index, mac);
}

static void add_agent(struct v2v_qemu *q)
{
	v2v_qemu_pci(q, "virtio-serial-pci%s", v2v_qemu_transitional(q));
	v2v_qemu_option(q, "chardev");
	v2v_text_addf(q->script,
		" \"socket,id=agent,server=on,wait=off,path=$agent\"");
	v2v_qemu_add(q, "device",
		"virtserialport,chardev=agent,name=org.qemu.guest_agent.0");
}

static void add_sound(struct v2v *v, struct v2v_qemu *q)
{
	static const struct {
		const char *model, *device;
	} cards[] = {
		{ "ac97", "AC97" },
		{ "es1370", "ES1370" },
		{ "ich6", "intel-hda" },
		{ "ich9", "ich9-intel-hda" },
	};
	const char *sound = q->machine->sound;

	for (size_t i = 0; sound && i < ARRAY_SIZE(cards); i++) {
		if (!v2v_streq(cards[i].model, sound))
			continue;
		v2v_qemu_add(q, "audiodev", "none,id=sound");
		if (v2v_starts_with(sound, "ich")) {
			v2v_qemu_pci(q, "%s,id=hda", cards[i].device);
			v2v_qemu_add(q, "device",
				"hda-duplex,bus=hda.0,audiodev=sound");
		} else
			v2v_qemu_pci(q, "%s,audiodev=sound", cards[i].device);
		return;
	}
	v2v_machine_tell_sound(v, q->machine);
}

static void add_video(struct v2v_qemu *q)
{
	const char *video = q->machine->video;

	if (v2v_streq(q->machine->type, "virt"))
		v2v_qemu_pci(q, "virtio-gpu-pci");
	else if (v2v_streq(video, "virtio"))
		v2v_qemu_pci(q, "virtio-vga");
	else
		v2v_qemu_pci(
			q, "%s", v2v_streq(video, "qxl") ? "qxl-vga" : "VGA");
}

static void add_inputs(struct v2v_qemu *q)
{
	if (v2v_streq(q->machine->type, "virt")) {
		v2v_qemu_pci(q, "qemu-xhci");
		v2v_qemu_add(q, "device", "usb-kbd");
	} else
		v2v_qemu_option(q, "usb");
	v2v_qemu_add(q, "device", "usb-tablet");
	if (q->is_alone)
		return;
	v2v_qemu_option(q, "serial");
	v2v_text_addf(q->script, " \"$serial\"");
}

static void add_virtio(struct v2v_qemu *q)
{
	const struct v2v_guestcaps *caps = &q->machine->caps;

	if (caps->virtio_rng) {
		v2v_qemu_add(
			q, "object", "rng-random,id=rng,filename=/dev/urandom");
		v2v_qemu_pci(q, "virtio-rng-pci%s,rng=rng",
			v2v_qemu_transitional(q));
	}
	if (caps->virtio_balloon)
		v2v_qemu_pci(
			q, "virtio-balloon-pci%s", v2v_qemu_transitional(q));
	if (caps->pvpanic && v2v_streq(q->machine->arch, "x86_64"))
		v2v_qemu_add(q, "device", "pvpanic");
}

void v2v_qemu_devices(struct v2v *v, struct v2v_qemu *q)
{
	size_t i = 0;

	v2v_list_foreach (const struct v2v_machine_nic, nic, &q->machine->nics)
		add_nic(v, q, i++, nic);
	add_inputs(q);
	if (q->machine->has_agent_channel && !q->is_alone)
		add_agent(q);
	add_video(q);
	if (!q->is_alone)
		add_sound(v, q);
	add_virtio(q);
}
