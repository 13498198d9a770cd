/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Windows: names, hibernation, a registry that cannot be read, and its changes
 * as texts. */
#include "cases.h"

#include "dir-tree.h"
#include "inspect/findings/find-private.h"
#include "plan/plan.h"
#include "windows/reg-text.h"
#include "windows/windows.h"

/* libosinfo's short ids of Windows by build. */
static void test_windows_names(void)
{
	static const struct {
		struct v2v_windows_version version;
		const char *osinfo;
	} cases[] = {
		{ { 10, 0, 19045, "Windows 10 Pro", "Client" }, "win10" },
		{ { 10, 0, 22000, "Windows 10 Pro", "Client" }, "win11" },
		{ { 10, 0, 26100, "Windows 10 Pro", "Client" }, "win11" },
		{ { 10, 0, 0, "Windows 11 Pro", "Client" }, "win10" },
		{ { 10, 0, 14393, "Windows Server", "Server" }, "win2k16" },
		{ { 10, 0, 17763, "Windows Server", "Server" }, "win2k19" },
		{ { 10, 0, 20348, "Windows Server", "Server Core" },
			"win2k22" },
		{ { 10, 0, 25398, "Windows Server", "Server" }, "win2k22" },
		{ { 10, 0, 26100, "Windows Server", "Server" }, "win2k25" },
		{ { 10, 0, 0, "Windows Server 2025", "Server" }, "win2k25" },
		{ { 10, 0, 0, "Windows Server 2019", "Server" }, "win2k19" },
		{ { 5, 2, 3790, "Windows XP 64", NULL }, "winxp" },
		{ { 5, 2, 3790, NULL, NULL }, "win2k3" },
		{ { 5, 0, 2195, "Windows 2000", NULL }, NULL },
		{ { 7, 0, 1, "", "" }, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		same("windows", v2v_windows_osinfo(&cases[i].version),
			cases[i].osinfo);
}

static void is_asleep(const struct v2v_tree *tree)
{
	assert(v2v_windows_is_hibernated(tree));
}

static void is_awake(const struct v2v_tree *tree)
{
	assert(!v2v_windows_is_hibernated(tree));
}

static void test_hibernated(void)
{
	in_tree("==== /hiberfil.sys\nHIBR\n", is_asleep);
	in_tree("==== /HiberFil.sys\nwake and more\n", is_asleep);
	in_tree("==== /hiberfil.sys\nRSTR\n", is_awake);
	in_tree("==== /hiberfil.sys\nhi\n", is_awake);
	in_tree("==== /hiberfil.sys dir\n", is_awake);
	in_tree("==== /other\n", is_awake);
}

#define FOLDERS                                                                \
	"==== /Windows/System32/cmd.exe pe 8664 20b\n"                         \
	"==== /Windows/System32/config dir\n"
#define SOFTWARE "/Windows/System32/config/SOFTWARE"
#define SYSTEM	 "/Windows/System32/config/SYSTEM"
#define GOOD_SOFTWARE                                                          \
	"==== " SOFTWARE " hive\n[Microsoft\\Windows NT\\CurrentVersion]\n"    \
	"ProductName=Windows 10 Pro\n"
#define GOOD_SYSTEM "==== " SYSTEM " hive\n[Select]\nCurrent=dword:1\n"

/* "file: reason" of each finding about the registry, a line each. */
static struct v2v_text unread;

static void find_unread(const struct v2v_tree *tree)
{
	struct v2v_inspect inspect CLEANUP_INSPECT = { .major_version = -1 };
	struct v2v_plan plan CLEANUP_PLAN = { 0 };

	v2v_plan_init(&plan, tree);
	v2v_text_clear(&unread);
	assert(v2v_windows_read(tree, &inspect));
	v2v_find_windows(&plan, &inspect);
	v2v_list_foreach (const struct v2v_finding, f, &inspect.findings)
		if (strcmp(f->code, "registry-unread") == 0)
			v2v_text_addf(&unread, "%s: %s\n", f->where, f->text);
}

static void test_unread(void)
{
	static const char none[] = "what it says of this Windows is not known";
	static const struct {
		const char *tree, *where, *reason; /* NULL: all is known */
	} cases[] = {
		{ FOLDERS GOOD_SOFTWARE GOOD_SYSTEM, NULL, NULL },
		{ FOLDERS "==== " SOFTWARE "\nnot a hive\n" GOOD_SYSTEM,
			SOFTWARE, "cannot read the registry '" SOFTWARE "'" },
		{ FOLDERS GOOD_SOFTWARE "==== " SYSTEM "\nregf\n", SYSTEM,
			"cannot read the registry '" SYSTEM "'" },
		{ FOLDERS GOOD_SOFTWARE, "/Windows/system32/config/SYSTEM",
			"hive SYSTEM not found" },
		{ FOLDERS GOOD_SYSTEM, "/Windows/system32/config/SOFTWARE",
			"hive SOFTWARE not found" },
		{ FOLDERS "==== " SOFTWARE " hive\n[Other]\na=b\n" GOOD_SYSTEM,
			SOFTWARE,
			"no key 'Microsoft\\Windows NT\\CurrentVersion'" },
		{ FOLDERS GOOD_SOFTWARE "==== " SYSTEM
					" hive\n[Select]\nLast=dword:1\n",
			SYSTEM, "values of the key 'Select' are missing" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_FREE char *want = v2v_format("%s: %s: %s",
			cases[i].where ?: "", none, cases[i].reason ?: "");

		in_tree(cases[i].tree, find_unread);
		if (!cases[i].where)
			assert(unread.length == 0);
		else
			assert(v2v_starts_with(unread.data, want) &&
				strchr(unread.data, '\n')[1] == '\0');
	}
	v2v_text_clear(&unread);
}

/* A text that is cut for a line is cut between characters; in a .reg file none
 * is masked: what would be is in hexadecimal digits. */
static void test_reg_texts(void)
{
	unsigned char data[2 * 600 + 2] = { 0 };
	struct v2v_edited edited = { .type = V2V_EDITED_VALUE,
		.key = (char *)"Key",
		.name = (char *)"Name",
		.after = { true, V2V_REG_SZ, data, sizeof data } };
	struct v2v_list list = { &edited, 1 };
	CLEANUP_FREE char *what = NULL, *text = NULL;

	data[0] = 'x';
	for (size_t i = 1; i < 600; i++)
		data[2 * i] = 0xe9;
	what = v2v_reg_what(&edited);
	assert(v2v_is_utf8(what));
	assert(v2v_ends_with(what, "\xc3\xa9'"));
	data[0] = 127;
	edited.after.size = 4;
	data[2] = 0;
	text = v2v_reg_text("/SYSTEM", &list);
	assert(strstr(text, "\"Name\"=hex(1):7f,00,00,00\n"));
}

int main(void)
{
	test_reg_texts();
	test_windows_names();
	test_hibernated();
	test_unread();
	return 0;
}
