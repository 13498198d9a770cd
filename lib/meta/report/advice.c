/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a person can do about what was warned of, or what stops a conversion. */
#include "meta/report/report.h"

static const struct {
	const char *about; /* a code, which others use */
	const char *text;
} advice[] = {
	{ "another-root", "choose the system with v2v-inspect --root" },
	{ "antivirus", "update it, or remove it, before the downtime" },
	{ "arch-changed", "choose another target for this guest" },
	{ "arrays", "assemble the array in the running guest first" },
	{ "bad-genid", "set a generation ID at the target if it is needed" },
	{ "bad-mac", "give the card a valid address at the target" },
	{ "bitlocker-key",
		"have the recovery key at hand for the first start" },
	{ "bitlocker-no-key", "give the key with v2v-inspect --key, or suspend "
			      "BitLocker in the running guest" },
	{ "blank-disk", "make an empty disk at the target if it is needed" },
	{ "boot-emergency", "read the last lines of the console; fstab names a "
			    "device that is not there, most likely" },
	{ "boot-grub", "look at the bootloader's configuration in the guest" },
	{ "boot-initramfs", "look at which drivers the initramfs has" },
	{ "boot-no-device", "look at the firmware, BIOS or UEFI, and at which "
			    "disk is the first" },
	{ "boot-panic", "read the last lines of the console" },
	{ "boot-timeout", "run v2v-boot with a longer --timeout" },
	{ "boot-windows-stop", "look at the picture for the stop code" },
	{ "bootloader-lilo", "install GRUB in the running guest first" },
	{ "bootloader-sealed", "switch off the check sum of Limine's "
			       "configuration in the running guest" },
	{ "bus-changed",
		"nothing, unless the guest names the disk by its bus" },
	{ "capacity-differs",
		"compare the size of the disk with the source's" },
	{ "clock-changed", "look at the guest's time after its first start" },
	{ "cmdline-signed", "sign a kernel image that names its root by UUID" },
	{ "device-mentioned", "look at the file once the guest has started" },
	{ "device-sealed", "change the image from which the guest is made" },
	{ "device-unknown", "look at the file, and name the disk by UUID" },
	{ "disk-left-out", "attach the disk at the target by hand" },
	{ "distribution-unknown", "try the start with v2v-boot" },
	{ "driver-missing", "take a newer virtio-win" },
	{ "driver-sha2", "install the update that knows SHA-2 first" },
	{ "driver-test-signed", "take a virtio-win with released drivers" },
	{ "driver-unsigned", "take a virtio-win with signed drivers" },
	{ "duplicate-name", "give the volumes names of their own" },
	{ "duplicate-uuid", "give the file systems UUIDs of their own" },
	{ "dynamic-system-disk", "move the system to a basic disk first" },
	{ "encrypted", "give the key with v2v-inspect --key" },
	{ "filesystem-damaged", "check the file system in the old machine" },
	{ "filesystem-dirty", "let Windows check the disk, and shut it down" },
	{ "firmware-path", "install that firmware on the hosts" },
	{ "genid-left-out", "nothing, unless the guest relies on it" },
	{ "group-policy", "see that no policy sets what was changed back" },
	{ "guest-no-inodes", "remove files from the guest" },
	{ "guest-no-space", "make room in the guest" },
	{ "hibernated", "start the old machine, and shut it down wholly" },
	{ "initrd-signed", "use --initramfs=rebuild, or sign a new image" },
	{ "initrd-unreadable", "rebuild the initramfs in the old machine" },
	{ "journal-replayed",
		"shut the old machine down before the last copy" },
	{ "kernel-no-virtio", "install a kernel with virtio first" },
	{ "kernel-other-no-virtio", "do not start that kernel" },
	{ "kernel-xen-only", "install a kernel that runs without Xen first" },
	{ "key-unused", "look whether the right key was given" },
	{ "luks-no-key", "give the key with v2v-inspect --key" },
	{ "machine-assumed", "state memory, processors and firmware with "
			     "v2v-unpack" },
	{ "machine-changed", "choose another target if the guest does not "
			     "start" },
	{ "machine-running", "shut the machine down, and begin once more" },
	{ "manifest-absent", "compare the file with its origin another way" },
	{ "manifest-incomplete", "compare the file with its origin another "
				 "way" },
	{ "model-changed", "look whether the guest has a driver for the card" },
	{ "name-changed", "choose a name with v2v-meta --name" },
	{ "network-changed", "make that network at the target, or choose one "
			     "with v2v-meta --network-map" },
	{ "network-name-lost", "look at the guest's network on its console" },
	{ "network-no-card", "remove the configuration if it is not needed" },
	{ "network-order", "look at which card got which name" },
	{ "network-static",
		"see that the address is right in the new network" },
	{ "network-unclear", "use --network=leave, and set the network up "
			     "after the first start" },
	{ "network-unmapped", "say with v2v-meta --network-map where it goes" },
	{ "nic-left-out", "add the card at the target by hand" },
	{ "no-boot-driver", "give the drivers with --virtio-win" },
	{ "no-guest-agent", "install qemu-guest-agent after the first start" },
	{ "no-kernel", "look whether all disks were given" },
	{ "no-operating-system", "look whether all disks were given" },
	{ "no-secure-boot", "choose another target where it is needed" },
	{ "not-mounted", "look whether the file system is whole" },
	{ "nvram-new", "set boot entries of your own once more" },
	{ "raid-degraded", "look whether all disks were given" },
	{ "raid-incomplete", "give all disks of the array" },
	{ "registry-dirty", "start the old machine, and shut it down wholly" },
	{ "sound-left-out", "nothing, unless the guest needs sound" },
	{ "tools-not-removed", "remove the tools in the running guest" },
	{ "tpm-new", "unseal what the old TPM held before the downtime" },
	{ "trailing-data", "compare the file with its origin" },
	{ "type-not-supported", "copy it as it is, without v2v-convert" },
	{ "uefi-no-room", "make room in the EFI system partition" },
	{ "untested-windows", "try the start with v2v-boot" },
	{ "volume-inactive", "look whether all disks were given" },
	{ "windows-experimental", "keep the old machine until the new one has "
				  "proved itself" },
	{ "workdir-kept", "remove it with v2v-unpack --clean" },
};

const char *v2v_report_advice(const char *code)
{
	for (size_t i = 0; i < ARRAY_SIZE(advice); i++)
		if (v2v_streq(advice[i].about, code))
			return advice[i].text;
	return NULL;
}
