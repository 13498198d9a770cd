/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plain qemu with this machine's own kernel: emulated, or by KVM. */
#include "kernel/vehicle-private.h"

#include "core/kvm.h"
#include "kernel/kernel-image.h"

#include <sys/utsname.h>

#define MIB (1ULL << 20)

/* A kernel for real machines takes more than User-mode Linux. */
#define MORE_MEMORY 64 /* MiB */

static const struct v2v_host_folders here = { "/boot", "/lib/modules" };

static int find_kernel(struct v2v *v, struct v2v_vehicle_kernel *ret_kernel,
	struct v2v_error *err)
{
	(void)v;
	return v2v_host_kernel_find(&here, ret_kernel, err);
}

/* Machines as uname(2) has them. */
static const struct machine {
	const char *name, *program;
	const char *emulated; /* processor: the less it has the quicker */
	const char *console;
} machines[] = {
	{ "x86_64", "qemu-system-x86_64", "Nehalem", "ttyS0" },
};

static const struct machine *find_machine(char **ret_name)
{
	struct utsname name = { 0 };

	uname(&name);
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (strcmp(machines[i].name, name.machine) == 0)
			return &machines[i];
	*ret_name = v2v_strdup(name.machine);
	return NULL;
}

static unsigned memory_of(unsigned memory_mib)
{
	return v2v_vehicle_memory(memory_mib) + MORE_MEMORY;
}

static bool is_usable(struct v2v *v, unsigned memory_mib, char **ret_reason)
{
	struct v2v_vehicle_kernel kernel CLEANUP_VEHICLE_KERNEL = { 0 };
	CLEANUP_FREE char *name = NULL, *program = NULL;
	const struct machine *machine = find_machine(&name);
	struct v2v_error why = { 0 };

	if (machine)
		program = v2v_vehicle_program(machine->program);
	if (!machine)
		*ret_reason = v2v_format(
			"machines of the kind '%s' are not known", name);
	else if (!program)
		*ret_reason =
			v2v_format("%s is not installed", machine->program);
	else if (find_kernel(v, &kernel, &why) < 0)
		*ret_reason = v2v_strdup(why.text);
	else
		return v2v_vehicle_has_memory(
			memory_of(memory_mib), ret_reason);
	return false;
}

static void add_machine(struct v2v_vehicle_command *c,
	const struct machine *machine, unsigned mib)
{
	const bool kvm = v2v_kvm_is_there();

	v2v_command_add(c, "-nodefaults");
	v2v_command_add(c, "-no-user-config");
	v2v_command_add(c, "-display");
	v2v_command_add(c, "none");
	v2v_command_add(c, "-no-reboot");
	v2v_command_add(c, "-machine");
	/* tcg as well: where KVM cannot be opened after all. */
	v2v_command_add(
		c, "pc,accel=%stcg,memory-backend=memory", kvm ? "kvm:" : "");
	v2v_command_add(c, "-cpu");
	v2v_command_add(c, "%s", kvm ? "max" : machine->emulated);
	v2v_command_add(c, "-m");
	v2v_command_add(c, "%u", mib);
	v2v_command_add(c, "-object");
	v2v_command_add(
		c, "memory-backend-memfd,id=memory,size=%uM,share=on", mib);
}

/* Names in the directory have neither commas nor blanks. */
static void add_devices(
	struct v2v_vehicle_command *c, const struct v2v_vehicle_config *config)
{
	v2v_command_add(c, "-chardev");
	v2v_command_add(c, "stdio,id=console,signal=off,mux=off");
	v2v_command_add(c, "-serial");
	v2v_command_add(c, "chardev:console");
	for (size_t i = 0; i < config->socket_count; i++) {
		v2v_command_add(c, "-chardev");
		v2v_command_add(c, "socket,id=socket%zu,path=%s", i,
			v2v_base_name(config->sockets[i]));
		v2v_command_add(c, "-device");
		v2v_command_add(c, "vhost-user-blk-pci,chardev=socket%zu", i);
	}
}

static int add_kernel(struct v2v *v, const struct v2v_vehicle_config *config,
	const char *own, const struct machine *machine,
	struct v2v_vehicle_command *c, struct v2v_error *err)
{
	CLEANUP_FREE char *vmlinux = NULL, *image = NULL, *initrd = NULL;

	if (v2v_host_kernel_unpack(v, config->kernel,
		    config->cache ? config->cache : own, &vmlinux, err) < 0)
		return -1;
	v2v_landlock_allow(&c->files, vmlinux, V2V_MAY_READ);
	image = v2v_vehicle_link(own, "kernel", vmlinux, err);
	if (image)
		initrd = v2v_vehicle_link(own, "initrd", config->initrd, err);
	if (!initrd)
		return -1;
	v2v_command_add(c, "-kernel");
	v2v_command_add(c, "%s", image);
	v2v_command_add(c, "-initrd");
	v2v_command_add(c, "%s", initrd);
	v2v_command_add(c, "-append");
	v2v_command_add(c,
		"console=%s panic=-1 mitigations=off nokaslr no_timer_check "
		"%s%s%s%s",
		machine->console, V2V_VEHICLE_ARGUMENTS,
		v2v_vehicle_skips_raid6(config) ? " " V2V_VEHICLE_NO_RAID6 : "",
		config->init ? " rdinit=" : "",
		config->init ? config->init : "");
	return 0;
}

static int prepare(struct v2v *v, const struct v2v_vehicle_config *config,
	const char *own, struct v2v_vehicle_command *c, struct v2v_error *err)
{
	unsigned mib = memory_of(config->memory_mib);
	CLEANUP_FREE char *name = NULL, *program = NULL;
	const struct machine *machine = find_machine(&name);

	if (machine)
		program = v2v_vehicle_program(machine->program);
	if (!program)
		return v2v_fail(err, "kernel-unusable",
			"qemu for this machine is not installed");
	if (v2v_command_begin(c, program, own, err) < 0)
		return -1;
	v2v_command_confine_qemu(c, own);
	v2v_landlock_allow(&c->files, config->initrd, V2V_MAY_READ);
	add_machine(c, machine, mib);
	add_devices(c, config);
	c->max_file = (mib + 64) * MIB;
	return add_kernel(v, config, own, machine, c, err);
}

const struct v2v_vehicle_ops v2v_vehicle_qemu = {
	.name = "qemu",
	.is_usable = is_usable,
	.find_kernel = find_kernel,
	.prepare = prepare,
};
