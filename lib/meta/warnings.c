/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the new machine does not have of the old one, for people. */
#include "meta/meta.h"

static void tell_blank_disks(struct v2v *v, const struct v2v_machine *m)
{
	v2v_list_foreach (const struct v2v_target, target, &m->targets)
		if (!target->file)
			v2v_warn(v, "blank-disk",
				"disk %lld is blank and has no file: left out",
				(long long)target->disk);
}

static void tell_bitlocker(struct v2v *v, const struct v2v_machine *m)
{
	v2v_list_foreach (const struct v2v_filesystem, filesystem,
		&m->inspect.filesystems)
		if (m->is_windows && v2v_streq(filesystem->type, "BitLocker")) {
			v2v_warn(v, "bitlocker-key",
				"a disk has BitLocker, which notices another "
				"machine: Windows will ask for the recovery "
				"key");
			return;
		}
}

/* VMware's variables are not those of OVMF: nobody takes them along. */
static void tell_firmware(struct v2v *v, const struct v2v_machine *m)
{
	if (!m->is_uefi)
		return;
	if (m->source.secure_boot && !m->secure_boot)
		v2v_warn(v, "no-secure-boot",
			"secure boot is off: the machine is '%s', not 'q35'",
			m->type);
	v2v_record(v, "nvram-new",
		"the machine gets new UEFI variables: boot entries and keys "
		"that the old firmware kept are lost");
}

static void tell_macs(struct v2v *v, const struct v2v_machine *m)
{
	v2v_list_foreach (const struct v2v_machine_nic, nic, &m->nics)
		if (nic->bad_mac)
			v2v_warn(v, "bad-mac",
				"nic %lld: invalid MAC address '%s': left out",
				(long long)nic->id, nic->bad_mac);
}

void v2v_machine_tell(struct v2v *v, const struct v2v_machine *m)
{
	tell_blank_disks(v, m);
	tell_bitlocker(v, m);
	tell_firmware(v, m);
	tell_macs(v, m);
	/* What the old one held sealed cannot be taken along. */
	if (m->tpm)
		v2v_warn(v, "tpm-new",
			"the machine gets a new, empty TPM: keys in the old "
			"one are lost; the host needs swtpm");
}

void v2v_machine_tell_sound(struct v2v *v, const struct v2v_machine *m)
{
	if (m->sound)
		v2v_warn(v, "sound-left-out", "the sound card '%s' is left out",
			m->sound);
}

void v2v_machine_tell_drive(
	struct v2v *v, const struct v2v_removable_slot *slot)
{
	v2v_record(v, "removable-left-out",
		"the empty drive '%s' on '%s' is left out", slot->type,
		slot->bus);
}
