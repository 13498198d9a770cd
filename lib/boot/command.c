/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* qemu's command for a machine that nobody is to talk with. */
#include "boot/boot.h"

#include "core/file.h"
#include "core/kvm.h"
#include "core/open.h"
#include "kernel/supervisor.h"
#include "meta/qemu.h"

#include <fcntl.h>

#define MIB (1ULL << 20)

/* What of the machine's memory it is given to come up: the host need not have
 * what the old one had. */
#define MEMORY_MOST (4096 * MIB)
#define VCPUS_MOST  4

/* The layers take what the guest writes. */
#define FILE_MOST (16ULL << 30)

static void add(
	struct v2v_vehicle_command *c, const char *option, const char *value)
{
	v2v_command_add(c, "-%s", option);
	if (value)
		v2v_command_add(c, "%s", value);
}

static void add_machine(
	const struct v2v_machine *m, struct v2v_vehicle_command *c)
{
	const uint64_t memory = (uint64_t)m->source.memory;
	const bool kvm = v2v_kvm_is_there();

	add(c, "nodefaults", NULL);
	add(c, "no-user-config", NULL);
	add(c, "display", "none");
	v2v_command_add(c, "-machine");
	v2v_command_add(c, "%s%s%s", m->type, m->secure_boot ? ",smm=on" : "",
		m->caps.acpi ? "" : ",acpi=off");
	if (kvm)
		add(c, "accel", "kvm");
	add(c, "accel", "tcg");
	/* Five-level page tables only cost time. */
	add(c, "cpu", kvm ? "max" : "max,la57=off");
	v2v_command_add(c, "-smp");
	v2v_command_add(c, "%lld",
		(long long)(m->source.vcpus < VCPUS_MOST ? m->source.vcpus
							 : VCPUS_MOST));
	v2v_command_add(c, "-m");
	v2v_command_add(c, "size=%lluk",
		(unsigned long long)(memory < MEMORY_MOST ? memory
							  : MEMORY_MOST) /
			1024);
	add(c, "rtc", m->caps.rtc_utc ? "base=utc" : "base=localtime");
}

/* The console and the monitor. */
static void add_ears(struct v2v_vehicle_command *c)
{
	add(c, "chardev", "stdio,id=console,signal=off,mux=off");
	add(c, "serial", "chardev:console");
	v2v_command_add(c, "-chardev");
	v2v_command_add(
		c, "socket,id=monitor,fd=%d,server=off", V2V_SUPERVISED_FILE);
	add(c, "mon", "chardev=monitor,mode=control");
}

/* SeaBIOS, and whoever asks it to write, talks on the serial port beside the
 * screen (its docs/Runtime_config.md, etc/sercon-port). */
static int add_console(const char *scratch, struct v2v_vehicle_command *c,
	struct v2v_error *err)
{
	static const unsigned char port[] = { 0xf8, 0x03 };
	CLEANUP_FREE char *name = v2v_format("%s/sercon-port", scratch);
	CLEANUP_CLOSE int fd =
		v2v_open(name, O_WRONLY | O_CREAT | O_EXCL, 0600);

	if (fd < 0)
		return v2v_fail_errno(err, "cannot create '%s'", name);
	add(c, "fw_cfg", "name=etc/sercon-port,file=sercon-port");
	return v2v_write_all(fd, name, port, sizeof port, err);
}

static int add_firmware(const struct v2v_machine *m, const char *config_dir,
	const char *scratch, struct v2v_vehicle_command *c,
	struct v2v_error *err)
{
	CLEANUP_FREE char *code = NULL, *value = NULL;

	if (!m->is_uefi)
		return add_console(scratch, c, err);
	if (v2v_boot_firmware(m, config_dir, scratch, &code, err) < 0)
		return -1;
	value = v2v_qemu_value(code);
	v2v_landlock_allow(&c->files, code, V2V_MAY_READ);
	v2v_command_add(c, "-drive");
	v2v_command_add(
		c, "if=pflash,unit=0,format=raw,readonly=on,file=%s", value);
	add(c, "drive", "if=pflash,unit=1,format=raw,file=" V2V_BOOT_VARIABLES);
	if (m->secure_boot)
		add(c, "global",
			"driver=cfi.pflash01,property=secure,value=on");
	return 0;
}

static void add_option(void *opaque, const char *name, const char *value)
{
	add(opaque, name, value);
}

static void add_devices(struct v2v *v, const struct v2v_machine *m,
	bool has_agent, struct v2v_vehicle_command *c)
{
	struct v2v_qemu q = { .machine = m,
		.option = add_option,
		.opaque = c,
		.is_alone = true };

	v2v_qemu_disks(&q);
	v2v_qemu_devices(v, &q);
	if (has_agent)
		v2v_qemu_pci(
			&q, "virtio-serial-pci%s", v2v_qemu_transitional(&q));
}

int v2v_boot_command(struct v2v *v, const struct v2v_machine *m,
	const struct v2v_boot_options *opt, const char *scratch,
	struct v2v_vehicle_command *c, struct v2v_error *err)
{
	v2v_command_confine_qemu(c, scratch);
	c->max_file = FILE_MOST;
	add_machine(m, c);
	add_ears(c);
	add_devices(v, m, opt->agent_ping, c);
	return add_firmware(m, opt->config_dir, scratch, c, err);
}
