/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts of a few kilobytes that would take hours or gigabytes, were the readers
 * not bounded. */
#include "cases.h"

#include "guest/files.h"
#include "initrd/modules.h"
#include "linux/boot/bls.h"
#include "linux/boot/grubenv.h"
#include "linux/guest-tools/foreign-texts.h"
#include "linux/network/netread.h"
#include "linux/network/nettexts.h"
#include "linux/network/network.h"
#include "linux/network/parsers.h"
#include "linux/storage/fstab.h"

#define TEXT (200 << 10)

/* @format with numbers from 0 on, until there are @size bytes more. */
static void repeat(struct v2v_text *text, const char *format, size_t size)
{
	const char *at = strchr(format, '@');
	size_t end = text->length + size;

	for (unsigned i = 0; text->length < end; i++)
		v2v_text_addf(text, "%.*s%x%s", (int)(at - format), format, i,
			at + 1);
}

static void check_interfaces(struct v2v_list *interfaces)
{
	struct v2v_inspect all = { .network = *interfaces };

	assert(interfaces->count > 1);
	assert(interfaces->count <= V2V_NETREAD_MAX + 1);
	v2v_list_foreach (const struct v2v_interface, i, interfaces)
		assert(i->addresses.count <= 256);
	v2v_inspect_clear(&all);
}

/* Every card has all of the addresses. */
static void test_aliases(void)
{
	struct v2v_text text CLEANUP_TEXT = { 0 };
	struct v2v_list interfaces = { 0 };

	v2v_text_addf(&text, "x: &x {addresses: [");
	repeat(&text, "a@,", TEXT / 2);
	v2v_text_addf(&text, "0]}\nnetwork:\n ethernets:\n");
	repeat(&text, "  e@: *x\n", TEXT / 2);
	v2v_network_netplan(text.data, "/etc/netplan/x.yaml", &interfaces);
	check_interfaces(&interfaces);
}

/* Every card has all of the members. */
static void test_members(void)
{
	struct v2v_text text CLEANUP_TEXT = { 0 };
	struct v2v_list interfaces = { 0 };

	v2v_text_addf(&text, "x: &x {dhcp4: yes,");
	repeat(&text, "a@: b,", TEXT / 2);
	v2v_text_addf(&text, "a: b}\nnetwork:\n ethernets:\n");
	repeat(&text, "  e@: *x\n", TEXT / 2);
	v2v_network_netplan(text.data, "/etc/netplan/x.yaml", &interfaces);
	check_interfaces(&interfaces);
}

static void test_anchors(void)
{
	struct v2v_text text CLEANUP_TEXT = { 0 };
	struct v2v_list interfaces = { 0 };

	v2v_text_addf(&text, "network:\n ethernets: {e: {dhcp4: yes}}\nx: [");
	repeat(&text, "&a@ b,", TEXT);
	v2v_text_addf(&text, "b]\n");
	v2v_network_netplan(text.data, "/etc/netplan/x.yaml", &interfaces);
	assert(interfaces.count == 0);
}

static void test_names(void)
{
	struct v2v_text text CLEANUP_TEXT = { 0 };
	struct v2v_list interfaces = { 0 };

	v2v_text_addf(&text, "[Match]\nName=");
	repeat(&text, "e@ ", TEXT / 2);
	v2v_text_addf(&text, "\n[Network]\n");
	repeat(&text, "Address=192.0.2.@\n", TEXT / 2);
	v2v_network_networkd(text.data, "x.network", &interfaces);
	check_interfaces(&interfaces);
}

/* Every stanza could be that of every mapping. */
static void test_mappings(void)
{
	struct v2v_text text CLEANUP_TEXT = { 0 };
	struct v2v_list interfaces = { 0 };

	repeat(&text, "mapping eth@\n", TEXT / 4);
	repeat(&text, "map x y@\n", TEXT / 4);
	repeat(&text, "iface e@ inet dhcp\n", TEXT / 2);
	v2v_network_ifupdown(text.data, "/etc/network/interfaces", &interfaces);
	check_interfaces(&interfaces);
}

/* Each rule names each card. */
static void test_numbered_rules(void)
{
	struct v2v_guest_nic *nics = v2v_alloc(1000, sizeof *nics);
	const struct v2v_list all = { nics, 1000 }, none = { 0 };
	const struct v2v_net_edit edit = {
		.macs = &none, .places = &none, .nics = &all
	};
	struct v2v_text text CLEANUP_TEXT = { 0 }, what CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *edited = NULL;

	for (int i = 0; i < 1000; i++) {
		nics[i].mac =
			v2v_format("52:54:00:00:%02x:%02x", i >> 8, i & 255);
		nics[i].name = v2v_format("lan%d", i);
	}
	repeat(&text, "SUBSYSTEM==\"net\", NAME=\"lan%n\", OWNER=\"@\"\n",
		TEXT);
	edited = v2v_nettext_rules(text.data, &edit, &what);
	assert(edited && strlen(edited) < 2 << 20);
	for (int i = 0; i < 1000; i++) {
		free(nics[i].mac);
		free(nics[i].name);
	}
	free(nics);
}

/* A variable of 60 KiB on each line. */
static void test_options(void)
{
	struct v2v_text value CLEANUP_TEXT = { 0 };
	struct v2v_text text CLEANUP_TEXT = { 0 };
	struct v2v_list variables CLEANUP_GRUB_VARIABLES = { 0 };
	struct v2v_bls entry;

	repeat(&value, "a@", 60 << 10);
	v2v_grub_set(&variables, "v", value.data, false);
	repeat(&text, "options $v @\n", TEXT);
	v2v_bls_read("x.conf", text.data, &variables, &entry);
	assert(strlen(entry.options) < 256 << 10);
	v2v_bls_clear(&entry);
}

static void test_needs(void)
{
	struct v2v_text dep CLEANUP_TEXT = { 0 };
	struct v2v_text config CLEANUP_TEXT = { 0 };
	struct v2v_list paths = { 0 };
	struct v2v_modules *m;

	v2v_text_addf(&dep, "kernel/a.ko:");
	repeat(&dep, " kernel/m@.ko", 4 << 20);
	v2v_text_addf(&dep, "\n");
	repeat(&config, "CONFIG_@=y\n", 4 << 20);
	m = v2v_modules_new(dep.data, NULL, config.data);
	v2v_modules_closure(m, "a", &paths);
	assert(paths.count > 1 && paths.count <= 257);
	v2v_strings_clear(&paths);
	v2v_modules_needs(m, "a", &paths);
	assert(paths.count > 1 && paths.count <= 257);
	v2v_strings_clear(&paths);
	v2v_modules_free(m);
}

static void test_mountpoints(void)
{
	char device[] = "/dev/sda1";
	struct v2v_volume volume = { .device = device };
	const struct v2v_list volumes = { &volume, 1 };
	struct v2v_disk disk = { .id = 0 };
	const struct v2v_source source = { .disks = { &disk, 1 } };
	struct v2v_inspect inspect CLEANUP_INSPECT = { 0 };
	struct v2v_text text CLEANUP_TEXT = { 0 };
	struct v2v_list entries CLEANUP_FSTAB = { 0 };
	const struct v2v_volume_names names = { &volumes, &source, &inspect,
		NULL, NULL, NULL };

	repeat(&text, "/dev/sda1 /a@ ext4\n", 8 << 20);
	v2v_fstab_read(text.data, &entries);
	v2v_fstab_mountpoints(&entries, &names, &inspect);
	assert(inspect.mountpoints.count > 1);
	assert(inspect.mountpoints.count <= 256);
}

static void check_notes(const struct v2v_text *what)
{
	assert(what->length > 100 && what->length < 1500);
	assert(v2v_is_utf8(what->data));
}

/* What is reported of a file is a line of a message and of the document. */
static void test_notes(void)
{
	static char mac[] = "52:54:00:00:00:01", path[] = "pci-0000:0b:00.0";
	struct v2v_net_place place = { path, mac };
	const struct v2v_list none = { 0 }, places = { &place, 1 };
	const struct v2v_net_edit edit = { &none, &places, &none, NULL, NULL };
	struct v2v_text links CLEANUP_TEXT = { 0 }, many CLEANUP_TEXT = { 0 };
	struct v2v_text one CLEANUP_TEXT = { 0 };
	struct v2v_text what[3] = { 0 };
	CLEANUP_FREE char *network = NULL, *fstab = NULL, *other = NULL;

	v2v_text_addf(&links, "[Match]\n");
	repeat(&links, "Path=*[0@]*\n", TEXT);
	network = v2v_nettext_systemd(links.data, &edit, &what[0]);
	repeat(&many, ".host:/ /mnt/@ vmhgfs defaults 0 0\n", TEXT);
	fstab = v2v_foreign_fstab(many.data, &what[1]);
	v2v_text_addf(&one, ".host:/ /");
	repeat(&one, "ö@", TEXT);
	v2v_text_addf(&one, " vmhgfs defaults 0 0\n");
	other = v2v_foreign_fstab(one.data, &what[2]);
	assert(network && fstab && other);
	for (size_t i = 0; i < ARRAY_SIZE(what); i++) {
		check_notes(&what[i]);
		v2v_text_clear(&what[i]);
	}
}

int main(void)
{
	test_notes();
	test_aliases();
	test_members();
	test_anchors();
	test_names();
	test_mappings();
	test_numbered_rules();
	test_options();
	test_needs();
	test_mountpoints();
	return 0;
}
