/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A hive is edited, and read again; what a child says of its edits is read. */
#include "scratch.h"

#include "windows/edited.h"
#include "windows/readers.h"
#include "windows/reg-text.h"

#include <string.h>
#include <unistd.h>

#define SET "ControlSet001"

static void fill(struct v2v_edits *edits)
{
	static const char *const texts[] = { "one", "two", NULL };
	static const char service[] = SET "\\Services\\storahci";

	v2v_edit_dword(edits, service, "Start", 0, "code", "why");
	v2v_edit_delete_key(edits, SET "\\Services\\storahci\\StartOverride",
		"code", "why");
	v2v_edit_text(edits, SET "\\New\\Key", "Text", V2V_REG_SZ, "text",
		"code", "why");
	v2v_edit_texts(edits, SET "\\New", "Texts", texts, "code", "why");
	v2v_edit_binary(edits, SET "\\New", "", "\1\2", 2, "code", "why");
	v2v_edit_make_key(edits, SET "\\New\\Other", "code", "why");
	v2v_edit_add_item(edits, SET "\\Control", "Path", V2V_REG_EXPAND_SZ,
		"added", "code", "why");
	v2v_edit_drop_item(edits, SET "\\Control\\NetworkProvider\\Order",
		"ProviderOrder", "vmhgfs", "code", "why");
	v2v_edit_delete_value(edits, "Select", "LastKnownGood", "code", "why");
	v2v_edit_delete_key(edits, SET "\\Services", "code", "why");
}

/* Once more: nothing may be left to do. */
static void carry_out(
	struct v2v_registry *registry, const struct v2v_edits *edits)
{
	json_t *told = json_array(), *again = json_array();

	if (v2v_edits_carry_out(registry, edits, told, NULL) == 0)
		v2v_edits_carry_out(registry, edits, again, NULL);
	json_decref(told);
	json_decref(again);
}

/* libhivex says on standard error what it finds; in the child that is
 * nobody's (confine/alone.h). */
static void edit(
	const uint8_t *data, size_t size, const struct v2v_edits *edits)
{
	struct v2v_inspect told CLEANUP_INSPECT = { .windows =
							    v2v_windows_new() };
	struct v2v_registry *registry CLEANUP_REGISTRY =
		v2v_registry_open_to_write(fuzz_fd(data, size), "hive", NULL);

	if (!registry)
		return;
	carry_out(registry, edits);
	v2v_system_read(registry, &told, NULL);
	v2v_registry_commit(registry, NULL);
}

/* What came of it, in the same file, is a hive. */
static void load(
	const uint8_t *data, size_t size, const struct v2v_edits *edits)
{
	struct fuzz_quiet quiet CLEANUP_QUIET = fuzz_quiet();
	struct v2v_list edited CLEANUP_EDITED = { 0 };

	if (v2v_edited_load(fuzz_fd(data, size), edits, &edited, NULL) < 0)
		return;
	v2v_list_foreach (const struct v2v_edited, one, &edited) {
		free(v2v_reg_where("/SYSTEM", one));
		free(v2v_reg_what(one));
	}
	free(v2v_reg_text("/SYSTEM", &edited));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct v2v_edits edits = { 0 };

	fill(&edits);
	if (size && *data == '{')
		load(data, size, &edits);
	else
		edit(data, size, &edits);
	v2v_edits_clear(&edits);
	return 0;
}
