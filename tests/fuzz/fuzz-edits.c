/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A hive is edited, and read again; what a child says of its edits is read. */
#include "scratch.h"

#include "windows/edited.h"
#include "windows/readers.h"
#include "windows/reg-text.h"

#include <assert.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#include <sanitizer/lsan_interface.h>
#else
#define __lsan_disable()
#define __lsan_enable()
#endif

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
	v2v_edit_add_item(edits, SET "\\Control", "Path", V2V_REG_EXPAND_SZ,
		"added", "code", "why");
	v2v_edit_drop_item(edits, SET "\\Control\\NetworkProvider\\Order",
		"ProviderOrder", "vmhgfs", "code", "why");
	v2v_edit_delete_key(edits, SET "\\Services", "code", "why");
}

/* What an edit holds.  It is freed where libhivex ends it too, as it does one
 * input in a dozen: else minutes of that fill the memory. */
static struct {
	struct v2v_registry *registry;
	json_t *told, *again;
} held;

static void drop_held(void)
{
	json_decref(held.told);
	json_decref(held.again);
	held.told = held.again = NULL;
	v2v_registry_free(held.registry);
	held.registry = NULL;
}

/* Once more: nothing may be left to do. */
static void carry_out(
	struct v2v_registry *registry, const struct v2v_edits *edits)
{
	held.told = json_array();
	held.again = json_array();
	if (v2v_edits_carry_out(registry, edits, held.told, NULL) == 0)
		v2v_edits_carry_out(registry, edits, held.again, NULL);
}

/* libhivex ends the process by assert() where cells of a damaged hive overlap
 * that it deletes; in the child of edit-apply.c that is an error as others.
 * Here it is the end of the input. */
static jmp_buf refused;
static bool is_refused_there;

void __assert_fail(const char *assertion, const char *file, unsigned line,
	const char *function)
{
	if (is_refused_there)
		longjmp(refused, 1);
	fprintf(stderr, "%s:%u: %s: %s\n", file, line, function, assertion);
	abort();
}

/* libhivex says on standard error what it finds; in the child that is
 * nobody's (confine/alone.h). */
static void edit(
	const uint8_t *data, size_t size, const struct v2v_edits *edits)
{
	struct v2v_inspect told CLEANUP_INSPECT = { .windows =
							    v2v_windows_new() };

	held.registry =
		v2v_registry_open_to_write(fuzz_fd(data, size), "hive", NULL);
	if (!held.registry)
		return;
	carry_out(held.registry, edits);
	v2v_system_read(held.registry, &told, NULL);
	v2v_registry_commit(held.registry, NULL);
	drop_held();
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

/* False: libhivex ends it.  The little that it had allocated then is lost, so
 * that leaks are looked for in those alone that come to their end. */
static bool comes_to_an_end(
	const uint8_t *data, size_t size, const struct v2v_edits *edits)
{
	volatile bool is_ended = false;

	__lsan_disable();
	is_refused_there = true;
	if (setjmp(refused) == 0) {
		edit(data, size, edits);
		is_ended = true;
	} else {
		drop_held();
	}
	is_refused_there = false;
	__lsan_enable();
	return is_ended;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct v2v_edits edits = { 0 };

	fill(&edits);
	if (size && *data == '{')
		load(data, size, &edits);
	else if (comes_to_an_end(data, size, &edits))
		edit(data, size, &edits);
	v2v_edits_clear(&edits);
	return 0;
}
