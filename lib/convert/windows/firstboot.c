/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What only Windows itself can do, when it first starts: our service
 * (lib/windows/firstboot) is put into a folder of its own, with the list of its
 * steps, and registered.
 */
#include "convert/windows/firstboot.h"

#include "core/file.h"
#include "core/libexec.h"
#include "windows/windows.h"

#include <unistd.h>

/* Seconds that one try may take. */
#define SHORT  120
#define DRIVER 600
#define LONG   3600

#define MISSING "no firstboot program for the processor '%s' is installed: "

#define ABOVE	    "/Program Files"
#define MAX_FOLDERS 100

/* The program for the guest's processor, the caller's; NULL: there is none. */
static char *find_program(const struct v2v_windows_work *work)
{
	const char *arch = work->inspect->arch;
	const char *build = v2v_streq(arch, "x86_64") ? "x86_64"
			    : v2v_streq(arch, "i386") ? "i686"
						      : NULL;
	CLEANUP_FREE char *name =
		v2v_format("v2v-firstboot-%s.exe", build ? build : "");
	CLEANUP_FREE char *path = v2v_libexec_find(name);

	return build && access(path, R_OK) == 0 ? v2v_take(path) : NULL;
}

/* Folder number @i, from 1 on, in its own spelling where it exists. */
static char *folder_of(
	const struct v2v_windows_work *work, int i, bool *ret_is_there)
{
	CLEANUP_FREE char *real = v2v_windows_path(work->tree, ABOVE);
	const char *above = real ? real : ABOVE;
	CLEANUP_FREE char *path =
		i == 1 ? v2v_format("%s/v2v-tools", above)
		       : v2v_format("%s/v2v-tools-%d", above, i);
	char *there = v2v_windows_path(work->tree, path);

	*ret_is_there =
		there || v2v_tree_kind(work->tree, path) != V2V_KIND_NONE;
	return there ? there : v2v_take(path);
}

/* A name that is not taken: whoever could write to an existing folder may have
 * left something in it for the system to run. */
static char *choose_folder(
	const struct v2v_windows_work *work, struct v2v_error *err)
{
	for (int i = 1; i <= MAX_FOLDERS; i++) {
		bool is_there;
		CLEANUP_FREE char *path = folder_of(work, i, &is_there);

		if (!is_there)
			return v2v_take(path);
	}
	v2v_fail(err, "guest-write",
		"the guest has %d folders '" ABOVE "/v2v-tools-…' already",
		MAX_FOLDERS);
	return NULL;
}

/* Was the guest converted before, and not started since? */
static bool is_waiting(const struct v2v_windows_work *work)
{
	bool is_there = true;

	for (int i = 1; i <= MAX_FOLDERS && is_there; i++) {
		CLEANUP_FREE char *path = folder_of(work, i, &is_there);
		CLEANUP_FREE char *steps =
			v2v_format("%s/" V2V_FIRSTBOOT_STEPS, path);

		if (is_there && v2v_tree_is_file(work->tree, steps))
			return true;
	}
	return false;
}

static bool is_inf(const struct v2v_op *op)
{
	return op->type == V2V_OP_REPLACE &&
	       v2v_ends_with_nocase(op->path, ".inf");
}

/* A step for each driver that an earlier part of the plan installs; there is
 * no pnputil before Vista. */
static int add_drivers(const struct v2v_windows_work *work,
	struct v2v_firstboot_list *list, struct v2v_error *err)
{
	if (!v2v_windows_is_since(work, 6, 0))
		return 0;
	v2v_list_foreach (const struct v2v_op, op, &work->plan->ops) {
		CLEANUP_FREE char *path = v2v_firstboot_path(op->path);
		const struct v2v_firstboot_step step = { V2V_FIRSTBOOT_DRIVER,
			DRIVER, { path } };

		if (is_inf(op) && v2v_firstboot_add(list, &step, err) < 0)
			return -1;
	}
	return 0;
}

/* The MAC that the card has on the new machine; NULL. */
static const char *mac_of(
	const struct v2v_windows_work *work, const struct v2v_windows_nic *nic)
{
	v2v_list_foreach (
		const struct v2v_nic, source, &work->task->source->nics)
		if (source->id == nic->nic && source->mac)
			return source->mac;
	return NULL;
}

static bool has_address(const struct v2v_windows_nic *nic, bool is_ipv6)
{
	v2v_list_foreach (char *, address, &nic->addresses)
		if ((strchr(*address, ':') != NULL) == is_ipv6)
			return true;
	return false;
}

/* IPv6 addresses are kept elsewhere, and may be static beside a lease of
 * DHCP's.  Valid only: what the registry calls a GUID need not be one. */
static bool is_carried(const struct v2v_windows_work *work,
	const struct v2v_windows_nic *nic, enum v2v_firstboot_kind kind,
	struct v2v_firstboot_step *ret_step)
{
	const bool is_ipv6 = kind == V2V_FIRSTBOOT_NETWORK6;

	*ret_step = (struct v2v_firstboot_step){ kind, SHORT,
		{ mac_of(work, nic), nic->guid } };
	return !work->task->leave_network &&
	       (is_ipv6 || v2v_streq(nic->method, "static")) &&
	       has_address(nic, is_ipv6) && v2v_firstboot_is_valid(ret_step);
}

static int add_addresses(const struct v2v_windows_work *work,
	struct v2v_firstboot_list *list, enum v2v_firstboot_kind kind,
	struct v2v_error *err)
{
	v2v_list_foreach (
		const struct v2v_windows_nic, nic, &work->windows->nics) {
		struct v2v_firstboot_step step;

		if (is_carried(work, nic, kind, &step) &&
			v2v_firstboot_add(list, &step, err) < 0)
			return -1;
	}
	return 0;
}

static int add_disks(const struct v2v_windows_work *work,
	struct v2v_firstboot_list *list, struct v2v_error *err)
{
	const struct v2v_firstboot_step step = { V2V_FIRSTBOOT_DISKS, SHORT,
		{ NULL } };

	return v2v_windows_san_policy(work) < 0
		       ? 0
		       : v2v_firstboot_add(list, &step, err);
}

/* The last step: until then no new disk may be taken offline. */
static int add_policy(const struct v2v_windows_work *work,
	struct v2v_firstboot_list *list, struct v2v_error *err)
{
	const int64_t policy = v2v_windows_san_policy(work);
	const char number[] = { (char)('0' + policy), '\0' };
	const struct v2v_firstboot_step step = { V2V_FIRSTBOOT_SAN, SHORT,
		{ number } };

	return policy < 0 ? 0 : v2v_firstboot_add(list, &step, err);
}

static int add_removal(const struct v2v_windows_work *work,
	struct v2v_firstboot_list *list, struct v2v_error *err)
{
	const struct v2v_firstboot_step step = { V2V_FIRSTBOOT_REMOVE_TOOLS,
		LONG, { NULL } };

	return work->task->remove_tools ? v2v_firstboot_add(list, &step, err)
					: 0;
}

static int list_steps(const struct v2v_windows_work *work,
	struct v2v_firstboot_list *list, struct v2v_error *err)
{
	v2v_text_addf(&list->text, V2V_FIRSTBOOT_HEAD "\n");
	if (add_drivers(work, list, err) < 0 ||
		add_addresses(work, list, V2V_FIRSTBOOT_NETWORK, err) < 0 ||
		add_addresses(work, list, V2V_FIRSTBOOT_NETWORK6, err) < 0 ||
		add_disks(work, list, err) < 0 ||
		v2v_firstboot_add_files(work, list, err) < 0 ||
		add_removal(work, list, err) < 0 ||
		add_policy(work, list, err) < 0)
		return -1;
	return 0;
}

static const char *arch_of(const struct v2v_windows_work *work)
{
	return work->inspect->arch ? work->inspect->arch : "unknown";
}

static bool is_asked_for(const struct v2v_windows_work *work)
{
	const struct v2v_task *task = work->task;

	return task->guest_agent || task->firstboot || task->remove_tools;
}

static int cannot_do(const struct v2v_windows_work *work, struct v2v_error *err)
{
	return v2v_fail(err, "firstboot-missing",
		MISSING
		"--guest-agent, --firstboot and --remove-tools cannot be done",
		arch_of(work));
}

/* The service that waits has its list, and would run beside another one. */
static int cannot_add(struct v2v_error *err)
{
	return v2v_fail(err, FIRSTBOOT_CODE,
		"this Windows was converted before and has not been started "
		"since: start it, or undo that conversion, before steps are "
		"added");
}

/* Without it the conversion is complete, unless more was asked for. */
static void tell_missing(const struct v2v_windows_work *work)
{
	v2v_plan_note(work->plan, "firstboot-missing",
		MISSING
		"static addresses, drivers (pnputil) and disks that stay "
		"offline are left to you when Windows has started",
		arch_of(work));
}

static void register_service(struct v2v_windows_work *work, const char *program)
{
	CLEANUP_FREE char *key =
		v2v_windows_key(work, "Services\\" V2V_FIRSTBOOT_SERVICE);
	CLEANUP_FREE char *path = v2v_firstboot_path(program);
	CLEANUP_FREE char *image = v2v_format("\"%%SystemDrive%%%s\"", path);
	struct v2v_edits *edits = &work->in_system;
	static const char why[] = "it runs once, and removes itself";

	v2v_edit_dword(edits, key, "Type", 0x10, FIRSTBOOT_CODE, why);
	v2v_edit_dword(edits, key, "Start", 2, FIRSTBOOT_CODE, why);
	v2v_edit_dword(edits, key, "ErrorControl", 1, FIRSTBOOT_CODE, why);
	v2v_edit_text(edits, key, "ObjectName", V2V_REG_SZ, "LocalSystem",
		FIRSTBOOT_CODE, why);
	v2v_edit_text(edits, key, "DisplayName", V2V_REG_SZ,
		"v2v-tools first boot", FIRSTBOOT_CODE, why);
	v2v_edit_text(edits, key, "ImagePath", V2V_REG_EXPAND_SZ, image,
		FIRSTBOOT_CODE, why);
}

/* A card that is gone must not keep the address that its successor gets.  The
 * values stay until the program has read them. */
static void release_addresses(struct v2v_windows_work *work)
{
	v2v_list_foreach (
		const struct v2v_windows_nic, nic, &work->windows->nics) {
		CLEANUP_FREE char *below = v2v_format(
			"Services\\Tcpip\\Parameters\\Interfaces\\%s",
			nic->guid ? nic->guid : "");
		CLEANUP_FREE char *key = v2v_windows_key(work, below);
		struct v2v_firstboot_step step;

		if (is_carried(work, nic, V2V_FIRSTBOOT_NETWORK, &step))
			v2v_edit_dword(&work->in_system, key, "EnableDHCP", 1,
				"network-static",
				"the firstboot program gives its addresses to "
				"the card that takes its place");
	}
}

static int install(struct v2v_windows_work *work, const char *program,
	struct v2v_firstboot_list *list, struct v2v_error *err)
{
	CLEANUP_FREE char *to =
		v2v_format("%s/" V2V_FIRSTBOOT_PROGRAM, list->folder);
	CLEANUP_FREE char *steps =
		v2v_format("%s/" V2V_FIRSTBOOT_STEPS, list->folder);
	uint64_t size;
	CLEANUP_CLOSE int fd = v2v_open_regular(program, &size, err);

	if (fd < 0 || v2v_plan_make_dir(work->plan, list->folder, err) < 0 ||
		v2v_plan_replace(work->plan, to, fd, err) < 0 ||
		v2v_plan_write(work->plan, steps, list->text.data, err) < 0)
		return -1;
	v2v_plan_changed(work->plan, to, FIRSTBOOT_CODE, NULL,
		"a service that does %zu steps when Windows starts first",
		list->count);
	register_service(work, to);
	release_addresses(work);
	return 0;
}

static void list_clear(struct v2v_firstboot_list *list)
{
	free(list->folder);
	v2v_text_clear(&list->text);
}

int v2v_windows_firstboot(struct v2v_windows_work *work, struct v2v_error *err)
{
	struct v2v_firstboot_list list
		__attribute__((cleanup(list_clear))) = { 0 };
	CLEANUP_FREE char *program = find_program(work);

	if (!program && is_asked_for(work))
		return cannot_do(work, err);
	if (is_waiting(work))
		return is_asked_for(work) ? cannot_add(err) : 0;
	list.folder = choose_folder(work, err);
	if (!list.folder || list_steps(work, &list, err) < 0)
		return -1;
	if (list.count && !program)
		tell_missing(work);
	return list.count && program ? install(work, program, &list, err) : 0;
}
