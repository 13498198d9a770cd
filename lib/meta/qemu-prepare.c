/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the script for qemu finds out where it runs: KVM, firmware by the
 * descriptors that qemu's packages bring (qemu, docs/interop/firmware.json), a
 * TPM.  It may run on another host than we do.
 */
#include "meta/qemu.h"

#include "core/file.h"

#include <libgen.h>

static const struct {
	enum v2v_hyperv bit;
	const char *name;
} hyperv[] = {
	{ V2V_HV_RELAXED, "hv-relaxed" },
	{ V2V_HV_VAPIC, "hv-vapic" },
	{ V2V_HV_SPINLOCKS, "hv-spinlocks=0x1fff" },
	{ V2V_HV_VPINDEX, "hv-vpindex" },
	{ V2V_HV_RUNTIME, "hv-runtime" },
	{ V2V_HV_SYNIC, "hv-synic" },
	{ V2V_HV_STIMER, "hv-stimer" },
	{ V2V_HV_RESET, "hv-reset" },
	{ V2V_HV_FREQUENCIES, "hv-frequencies" },
	{ V2V_HV_TLBFLUSH, "hv-tlbflush" },
	{ V2V_HV_IPI, "hv-ipi" },
	{ V2V_HV_CLOCK, "hv-time" },
};
_Static_assert(V2V_HV_RETRIES == 0x1fff, "as the table says");

static void add_usage(const struct v2v_machine *m, struct v2v_text *t)
{
	v2v_shell_comment(t, "Starts '%s'.  Arguments are further options of",
		m->source.name);
	v2v_shell_comment(
		t, "qemu's: -snapshot keeps the disks as they are, -display");
	v2v_shell_comment(
		t, "none shows nothing.  V2V_SERIAL=mon:stdio has the serial");
	v2v_shell_comment(
		t, "console here; else a terminal is made, and named.");
	if (m->inspect.osinfo)
		v2v_shell_comment(t, "libosinfo calls the system '%s'.",
			m->inspect.osinfo);
	v2v_text_addf(t, "serial=${V2V_SERIAL:-pty}\n");
}

/* /dev/kvm is also on a virtual machine that has no processor for it: see
 * core/kvm.h.  Hyper-V's interface is KVM's: without it there is none. */
static void add_accelerator(const struct v2v_machine *m, struct v2v_text *t)
{
	v2v_text_addf(t,
		"\naccel=tcg cpu=max\n"
		"if [ -w /dev/kvm ] && [ \"$(uname -m)\" = %s ]%s; then\n"
		"\taccel=kvm cpu=host",
		m->arch,
		v2v_streq(m->arch, "x86_64")
			? " &&\n\tgrep -Eqw 'vmx|svm' /proc/cpuinfo"
			: "");
	for (size_t i = 0; i < ARRAY_SIZE(hyperv); i++)
		if (m->hyperv & hyperv[i].bit)
			v2v_text_addf(t, ",%s", hyperv[i].name);
	v2v_text_addf(t, "\nfi\n");
	if (m->windows_timers)
		v2v_text_addf(t, "[ $accel = tcg ] || set -- -global "
				 "kvm-pit.lost_tick_policy=delay \"$@\"\n");
	v2v_text_addf(t, "[ -n \"${DISPLAY-}${WAYLAND_DISPLAY-}\" ] ||\n"
			 "\tset -- -display vnc=localhost:0,to=99 \"$@\"\n");
}

/* Where what the machine keeps beside its disks is: beside the first that is a
 * file, else beside the script. */
static void add_state(const struct v2v_machine *m, struct v2v_text *t)
{
	CLEANUP_FREE char *name = v2v_safe_name(m->source.name);
	CLEANUP_FREE char *file = NULL;

	v2v_list_foreach (struct v2v_target, target, &m->targets)
		if (!file && target->file && !v2v_machine_is_device(target))
			file = v2v_strdup(target->file);
	v2v_text_addf(t, "\nstate=");
	if (file)
		v2v_shell_word(t, dirname(file));
	else
		v2v_text_addf(t, "$(cd \"$(dirname \"$0\")\" && pwd)");
	v2v_text_addf(t, "/");
	v2v_shell_word(t, name);
	v2v_text_addf(t,
		"\n# In an option of qemu's a comma of a name is doubled.\n"
		"double() {\n"
		"\tdoubled=$(printf '%%sx' \"$1\" | sed 's/,/,,/g')\n"
		"\tdoubled=${doubled%%x}\n"
		"}\n");
}

/* A socket's path has 107 bytes (unix(7)). */
static void add_sockets(const struct v2v_machine *m, struct v2v_text *t)
{
	if (!m->has_agent_channel && !m->tpm)
		return;
	v2v_text_addf(t, "\nrun=$state.run\n"
			 "mkdir -p -- \"$run\"\n"
			 "chmod 700 \"$run\"\n"
			 "sockets=$run\n"
			 "[ \"$(printf %%s \"$run\" | wc -c)\" -lt 90 ] || "
			 "sockets=$(mktemp -d)\n");
	if (!m->has_agent_channel)
		return;
	v2v_text_addf(t, "double \"$sockets/agent\"\n"
			 "agent=$doubled\n");
}

/* The first by name, whatever its folder; one that is more specific hides those
 * of its name, an empty one too (firmware.json).  Split firmware in flash; what
 * needs SMM only for secure boot, enrolled keys for nothing else. */
static void add_search(const struct v2v_machine *m, struct v2v_text *t)
{
	v2v_text_addf(t,
		"\n# The string $2 of the object $1 in $text.\n"
		"member() {\n"
		"\tprintf '%%s\\n' \"$text\" |\n"
		"\t\tsed -n 's/.*\"'\"$1\"'\":{[^}]*\"'\"$2\"'\":"
		"\"\\([^\"]*\\)\".*/\\1/p'\n"
		"}\n"
		"code=\n"
		"user=${XDG_CONFIG_HOME:-${HOME-}/.config}/" V2V_FIRMWARE_USER
		"\n"
		"while IFS= read -r name; do\n"
		"\tfor file in \"$user\" " V2V_FIRMWARE_HOST
		" " V2V_FIRMWARE_PACKAGES "; do\n"
		"\t\tfile=$file/$name\n"
		"\t\t[ ! -e \"$file\" ] || break\n"
		"\tdone\n"
		"\t[ -f \"$file\" ] || continue\n"
		"\t[ \"$(wc -c <\"$file\")\" -le %d ] || continue\n"
		"\ttext=$(tr -d '[:space:]' <\"$file\")\n"
		"\tcase $text in *'\"device\":\"flash\"'*) ;; *) continue ;; "
		"esac\n"
		"\tcase $text in *'\"mode\":\"stateless\"'* | "
		"*'\"mode\":\"combined\"'*) continue ;; esac\n"
		"\tcase $text in *'\"architecture\":\"%s\"'*) ;; *) continue "
		";; esac\n"
		"\tcase $text in *'\"%s'*) ;; *) continue ;; esac\n",
		V2V_FIRMWARE_SIZE, m->arch, v2v_qemu_family(m));
	v2v_text_addf(t,
		m->secure_boot ? "\tcase $text in *'\"enrolled-keys\"'*) ;; *) "
				 "continue ;; esac\n"
				 "\tcase $text in *'\"secure-boot\"'*) ;; *) "
				 "continue ;; esac\n"
			       : "\tcase $text in *'\"enrolled-keys\"'* | "
				 "*'\"requires-smm\"'*) continue ;; esac\n");
	v2v_text_addf(t, "\tcode=$(member executable filename) "
			 "code_format=$(member executable format)\n"
			 "\tvars=$(member nvram-template filename) "
			 "vars_format=$(member nvram-template format)\n"
			 "\t[ -r \"$code\" ] && [ -r \"$vars\" ] && break\n"
			 "\tcode=\n"
			 "done <<END\n"
			 "$(for file in \"$user\"/*.json " V2V_FIRMWARE_HOST
			 "/*.json " V2V_FIRMWARE_PACKAGES "/*.json; do\n"
			 "\tprintf '%%s\\n' \"${file##*/}\"\n"
			 "done | LC_ALL=C sort -u)\n"
			 "END\n");
}

/* The variables are the machine's own from its first start on. */
static void add_firmware(const struct v2v_machine *m, struct v2v_text *t)
{
	if (!m->is_uefi)
		return;
	add_search(m, t);
	v2v_text_addf(t,
		"if [ -z \"$code\" ]; then\n"
		"\techo \"$0: no firmware for %s on %s (OVMF, "
		"edk2) is installed\" >&2\n"
		"\texit 1\n"
		"fi\n"
		"own=$state.vars.${vars_format:-raw}\n"
		"if [ ! -e \"$own\" ]; then\n"
		"\tcp -- \"$vars\" \"$own.new\"\n"
		"\tmv -- \"$own.new\" \"$own\"\n"
		"fi\n"
		"double \"$own\"\n"
		"set -- -drive \"if=pflash,unit=1,format=${vars_format:-raw},"
		"file=$doubled\" \"$@\"\n"
		"double \"$code\"\n"
		"set -- -drive \"if=pflash,unit=0,readonly=on,"
		"format=${code_format:-raw},file=$doubled\" \"$@\"\n",
		v2v_machine_boots_as(m), m->arch);
}

/* On a "virt" it is not on an ISA bus, which there is none of. */
static const char *tpm_device(const struct v2v_machine *m)
{
	return v2v_streq(m->type, "virt") ? "tpm-tis-device" : m->tpm;
}

static void add_tpm(const struct v2v_machine *m, struct v2v_text *t)
{
	if (!m->tpm)
		return;
	v2v_text_addf(t,
		"\nif command -v swtpm >/dev/null; then\n"
		"\tmkdir -p -- \"$run/tpm\"\n"
		"\tdouble \"$run/tpm\"\n"
		"\ttpm=$doubled\n"
		"\tdouble \"$sockets/tpm\"\n"
		"\tswtpm socket --tpm2 --tpmstate \"dir=$tpm\" "
		"--ctrl \"type=unixio,path=$doubled\" --terminate --daemon\n"
		"\tset -- -chardev \"socket,id=tpm,path=$doubled\" "
		"-tpmdev emulator,id=tpm0,chardev=tpm "
		"-device %s,tpmdev=tpm0 \"$@\"\n"
		"else\n"
		"\techo \"$0: swtpm is not installed: the machine has no "
		"TPM\" >&2\n"
		"fi\n",
		tpm_device(m));
}

void v2v_qemu_prepare(const struct v2v_machine *m, struct v2v_text *t)
{
	add_usage(m, t);
	add_accelerator(m, t);
	if (m->is_uefi || m->has_agent_channel || m->tpm)
		add_state(m, t);
	add_sockets(m, t);
	add_firmware(m, t);
	add_tpm(m, t);
}
