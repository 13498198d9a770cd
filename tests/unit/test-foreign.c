/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The old hypervisor's parts in texts: pairs NAME.before and NAME.after (no
 * .after: nothing is changed), by folder. */
#include "cases.h"

#include "linux/guest-tools/foreign-texts.h"
#include "linux/guest-tools/foreign.h"

#define DIR "tests/data/foreign/"

static char *(*edit)(const char *text, struct v2v_text *what);

static void test_pair(const char *path)
{
	same_pair(path, edit);
}

static void test_folder(const char *pattern, size_t least,
	char *(*function)(const char *, struct v2v_text *))
{
	edit = function;
	each_case(pattern, least, test_pair);
}

static void test_variants(void)
{
	struct v2v_text what CLEANUP_TEXT = { 0 };
	CLEANUP_FREE char *net =
		v2v_foreign_modprobe_conf_e1000("alias eth0 vmxnet\n", &what);
	CLEANUP_FREE char *video = v2v_foreign_xorg_old(
		"Section \"Device\"\nDriver \"vmware\"\n", &what);

	same("e1000", net, "alias eth0 e1000\n");
	same("vesa", video, "Section \"Device\"\nDriver \"vesa\"\n");
}

static void test_packages(void)
{
	same("package", v2v_foreign_package("open-vm-tools"), "VMware");
	same("package", v2v_foreign_package("kmod-vmware-tools-vmci"),
		"VMware");
	same("package", v2v_foreign_package("hyperv-daemons"), "Hyper-V");
	same("package", v2v_foreign_package("open-vm-toolsx"), NULL);
	same("package", v2v_foreign_package("qemu-guest-agent"), NULL);
	same("package", v2v_foreign_package(NULL), NULL);
}

int main(void)
{
	test_folder(DIR "repo/*.before", 8, v2v_foreign_repo);
	test_folder(DIR "fstab/*.before", 7, v2v_foreign_fstab);
	test_folder(DIR "modprobe/*.before", 7, v2v_foreign_modprobe_conf);
	test_folder(DIR "xorg/*.before", 8, v2v_foreign_xorg);
	test_folder(DIR "cloud/*.before", 10, v2v_foreign_cloud);
	test_folder(DIR "dsid/*.before", 3, v2v_foreign_ds_identify);
	test_folder(DIR "apt/*.before", 3, v2v_foreign_apt_list);
	test_folder(DIR "sources/*.before", 3, v2v_foreign_apt_sources);
	test_folder(DIR "modules/*.before", 3, v2v_foreign_modules);
	test_folder(DIR "modprobed/*.before", 2, v2v_foreign_modprobe_d);
	test_variants();
	test_packages();
	return 0;
}
