/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The writer of libvirt's domain XML. */
#include "meta/libvirt.h"

#include <ctype.h>

#define OSINFO_NS "http://libosinfo.org/xmlns/libvirt/domain/1.0"

/* A word and a version.  "nixos-23.11" has a dash between them. */
static const struct {
	const char *word, *url;
} versioned[] = {
	{ "debian", "http://debian.org/debian" },
	{ "ubuntu", "http://ubuntu.com/ubuntu" },
	{ "centos-stream", "http://centos.org/centos-stream" },
	{ "centos", "http://centos.org/centos" },
	{ "rhel", "http://redhat.com/rhel" },
	{ "fedora", "http://fedoraproject.org/fedora" },
	{ "rocky", "http://rockylinux.org/rocky" },
	{ "almalinux", "http://almalinux.org/almalinux" },
	{ "circle", "http://cclinux.org/circle" },
	{ "miraclelinux", "http://miraclelinux.com/miraclelinux" },
	{ "scientificlinux", "http://scientificlinux.org/scientificlinux" },
	{ "ol", "http://oracle.com/ol" },
	{ "sle", "http://suse.com/sle" },
	{ "sles", "http://suse.com/sles" },
	{ "sled", "http://suse.com/sled" },
	{ "slem", "http://suse.com/slem" },
	{ "opensuse", "http://opensuse.org/opensuse" },
	{ "mageia", "http://mageia.org/mageia" },
	{ "alt", "http://altlinux.org/alt" },
	{ "alpinelinux", "http://alpinelinux.org/alpinelinux" },
	{ "slackware", "http://slackware.com/slackware" },
	{ "nixos-", "http://nixos.org/nixos" },
	{ "popos", "http://system76.com/popos" },
	{ "pureos", "http://pureos.net/pureos" },
	{ "freebsd", "http://freebsd.org/freebsd" },
	{ "openbsd", "http://openbsd.org/openbsd" },
	{ "netbsd", "http://netbsd.org/netbsd" },
	{ "win", "http://microsoft.com/win" },
};

/* Those without a version. */
static const struct {
	const char *short_id, *id;
} rolling[] = {
	{ "archlinux", "http://archlinux.org/archlinux/rolling" },
	{ "manjaro", "http://manjaro.org/manjaro/rolling" },
	{ "gentoo", "http://gentoo.org/gentoo/rolling" },
	{ "voidlinux", "http://voidlinux.org/voidlinux/rolling" },
	{ "clearlinux", "http://clearlinux.org/clearlinux/rolling" },
	{ "opensusetumbleweed", "http://opensuse.org/opensuse/tumbleweed" },
};

/* As osinfo-db has it: the id is a URL with the same two; service packs are
 * ".N" there. */
char *v2v_libvirt_os_id(const char *short_id)
{
	for (size_t i = 0; i < ARRAY_SIZE(rolling); i++)
		if (strcmp(rolling[i].short_id, short_id) == 0)
			return v2v_strdup(rolling[i].id);
	for (size_t i = 0; i < ARRAY_SIZE(versioned); i++) {
		const char *word = versioned[i].word, *url = versioned[i].url;
		const char *version, *pack;

		if (!v2v_starts_with(short_id, word))
			continue;
		version = short_id + strlen(word);
		if (!isdigit((unsigned char)*version))
			continue;
		pack = strstr(version, "sp");
		if (!pack)
			return v2v_format("%s/%s", url, version);
		return v2v_format("%s/%.*s.%s", url, (int)(pack - version),
			version, pack + 2);
	}
	return NULL;
}

/* libvirt's names are not empty and have no '/'; control characters (C0, DEL,
 * C1) would reach the terminal of who lists the machines. */
static void write_name(struct v2v_xml *xml, const char *name)
{
	CLEANUP_FREE char *safe = v2v_strdup(*name ? name : "unnamed");

	for (unsigned char *s = (unsigned char *)safe; *s; s++)
		if (*s == '/' || *s < 0x20 || *s == 0x7f)
			*s = '_';
		else if (*s == 0xc2 && s[1] >= 0x80 && s[1] < 0xa0)
			s[0] = s[1] = '_';
	v2v_xml_text(xml, "name", "%s", safe);
}

static void write_identity(
	struct v2v *v, struct v2v_xml *xml, const struct v2v_machine *m)
{
	CLEANUP_FREE char *os =
		m->inspect.osinfo ? v2v_libvirt_os_id(m->inspect.osinfo) : NULL;
	const char *genid = v2v_machine_genid(v, m);

	write_name(xml, m->source.name);
	if (genid)
		v2v_xml_text(xml, "genid", "%s", genid);
	if (!os)
		return;
	v2v_xml_open(xml, "metadata");
	v2v_xml_open(xml, "libosinfo:libosinfo", "xmlns:libosinfo", OSINFO_NS);
	v2v_xml_empty(xml, "libosinfo:os", "id", os);
	v2v_xml_close(xml);
	v2v_xml_close(xml);
}

static void write_amount(
	struct v2v_xml *xml, const char *name, const char *unit, int64_t amount)
{
	CLEANUP_FREE char *text = v2v_format("%lld", (long long)amount);

	v2v_xml_open(xml, name, "unit", unit);
	v2v_xml_content(xml, text);
	v2v_xml_close(xml);
}

static void write_topology(struct v2v_xml *xml, const struct v2v_machine *m)
{
	const struct v2v_topology *t = v2v_machine_topology(m);
	CLEANUP_FREE char *sockets = NULL, *cores = NULL, *threads = NULL;

	if (!t)
		return;
	sockets = v2v_format("%lld", (long long)t->sockets);
	cores = v2v_format("%lld", (long long)t->cores);
	threads = v2v_format("%lld", (long long)t->threads);
	v2v_xml_empty(xml, "topology", "sockets", sockets, "cores", cores,
		"threads", threads);
}

static void write_resources(struct v2v_xml *xml, const struct v2v_machine *m)
{
	int64_t kib = m->source.memory / 1024;

	write_amount(xml, "memory", "KiB", kib);
	write_amount(xml, "currentMemory", "KiB", kib);
	v2v_xml_text(xml, "vcpu", "%lld", (long long)m->source.vcpus);
}

static void write_firmware(struct v2v_xml *xml, const struct v2v_machine *m)
{
	v2v_xml_open(xml, "firmware");
	v2v_xml_empty(xml, "feature", "enabled", m->secure_boot ? "yes" : "no",
		"name", "secure-boot");
	if (m->secure_boot)
		v2v_xml_empty(xml, "feature", "enabled", "yes", "name",
			"enrolled-keys");
	v2v_xml_close(xml);
}

static void write_os(struct v2v_xml *xml, const struct v2v_machine *m)
{
	v2v_xml_open(xml, "os", "firmware", m->is_uefi ? "efi" : NULL);
	v2v_xml_open(xml, "type", "arch", m->arch, "machine", m->type);
	v2v_xml_content(xml, "hvm");
	v2v_xml_close(xml);
	if (m->is_uefi)
		write_firmware(xml, m);
	v2v_xml_close(xml);
}

static void write_hyperv(struct v2v_xml *xml, unsigned hyperv)
{
	static const struct {
		enum v2v_hyperv bit;
		const char *name;
	} parts[] = {
		{ V2V_HV_RELAXED, "relaxed" },
		{ V2V_HV_VAPIC, "vapic" },
		{ V2V_HV_SPINLOCKS, "spinlocks" },
		{ V2V_HV_VPINDEX, "vpindex" },
		{ V2V_HV_RUNTIME, "runtime" },
		{ V2V_HV_SYNIC, "synic" },
		{ V2V_HV_STIMER, "stimer" },
		{ V2V_HV_RESET, "reset" },
		{ V2V_HV_FREQUENCIES, "frequencies" },
		{ V2V_HV_TLBFLUSH, "tlbflush" },
		{ V2V_HV_IPI, "ipi" },
	};
	CLEANUP_FREE char *retries = v2v_format("%d", V2V_HV_RETRIES);

	v2v_xml_open(xml, "hyperv", "mode", "custom");
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (hyperv & parts[i].bit)
			v2v_xml_empty(xml, parts[i].name, "state", "on",
				"retries",
				parts[i].bit == V2V_HV_SPINLOCKS ? retries
								 : NULL);
	v2v_xml_close(xml);
}

static void write_features(struct v2v_xml *xml, const struct v2v_machine *m)
{
	v2v_xml_open(xml, "features");
	if (m->caps.acpi)
		v2v_xml_empty(xml, "acpi");
	if (v2v_streq(m->arch, "x86_64"))
		v2v_xml_empty(xml, "apic");
	if (m->hyperv)
		write_hyperv(xml, m->hyperv);
	v2v_xml_close(xml);
}

static void write_cpu(struct v2v_xml *xml, const struct v2v_machine *m)
{
	v2v_xml_open(xml, "cpu", "mode",
		v2v_streq(m->arch, "x86_64") ? "host-model"
					     : "host-passthrough");
	write_topology(xml, m);
	v2v_xml_close(xml);
}

static void write_clock(struct v2v_xml *xml, const struct v2v_machine *m)
{
	v2v_xml_open(
		xml, "clock", "offset", m->is_local_time ? "localtime" : "utc");
	if (m->windows_timers) {
		v2v_xml_empty(
			xml, "timer", "name", "rtc", "tickpolicy", "catchup");
		v2v_xml_empty(
			xml, "timer", "name", "pit", "tickpolicy", "delay");
		v2v_xml_empty(xml, "timer", "name", "hpet", "present", "no");
	}
	if (m->hyperv & V2V_HV_CLOCK)
		v2v_xml_empty(
			xml, "timer", "name", "hypervclock", "present", "yes");
	v2v_xml_close(xml);
}

static int write_domain(struct v2v *v, const struct v2v_machine *m,
	const struct v2v_meta_place *place, struct v2v_list *files,
	struct v2v_error *err)
{
	CLEANUP_XML struct v2v_xml *xml = v2v_xml_new();

	(void)place;
	v2v_xml_comment(xml, "made by v2v-meta; virsh define reads it");
	v2v_xml_open(xml, "domain", "type", "kvm");
	write_identity(v, xml, m);
	write_resources(xml, m);
	write_os(xml, m);
	write_features(xml, m);
	write_cpu(xml, m);
	write_clock(xml, m);
	v2v_xml_text(xml, "on_poweroff", "destroy");
	v2v_xml_text(xml, "on_reboot", "restart");
	v2v_xml_text(xml, "on_crash", "restart");
	v2v_xml_open(xml, "devices");
	if (v2v_libvirt_disks(xml, m, err) < 0)
		return -1;
	v2v_libvirt_devices(v, xml, m);
	v2v_meta_file_add(files, ".xml", v2v_xml_take(xml), false);
	return 0;
}

const struct v2v_meta_writer v2v_meta_libvirt = {
	.write = write_domain,
};
