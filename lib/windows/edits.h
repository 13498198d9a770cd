/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is to be changed in one hive of a Windows registry: a list that the
 * parts of a conversion fill, in the order in which it is carried out.  A path
 * of keys begins below the hive's root ("ControlSet001\\Services\\viostor"),
 * and case does not matter where a key or a value is there already.  Texts are
 * UTF-8.  Each edit has the stable code of its change, and why it is made.
 */
#ifndef V2V_WINDOWS_EDITS_H
#define V2V_WINDOWS_EDITS_H

#include "core/error.h"
#include "core/fields.h"

/* The types of values (winnt.h). */
enum v2v_value_type {
	V2V_REG_SZ = 1,
	V2V_REG_EXPAND_SZ = 2,
	V2V_REG_BINARY = 3,
	V2V_REG_DWORD = 4,
	V2V_REG_MULTI_SZ = 7,
};

enum v2v_edit_type {
	V2V_EDIT_SET, /* a value; the keys above it that are missing are made
		       */
	V2V_EDIT_DELETE_KEY, /* with all that is below it; nothing to do where
				it is not there */
	/* One text of a list: of a REG_MULTI_SZ, or of a string whose items are
	 * separated by ';' (one is taken away where there are ',', too).  It is
	 * put at the end unless it is there; taken away, and the value deleted
	 * where nothing is left. */
	V2V_EDIT_ADD_ITEM,
	V2V_EDIT_DROP_ITEM,
};

struct v2v_edit {
	enum v2v_edit_type type;
	char *key;
	char *name;	     /* of the value; "": the default one */
	uint32_t value_type; /* SET, ADD_ITEM where there is no value yet */
	unsigned char *data; /* SET: as a hive has it, strings in UTF-16LE with
				their end; else NULL */
	size_t size;	     /* bytes of data */
	char *item;	     /* ADD_ITEM, DROP_ITEM */
	const char *code;    /* static */
	char *why;	     /* one line for people */
};

struct v2v_edits {
	struct v2v_list list; /* of struct v2v_edit */
};

void v2v_edits_clear(struct v2v_edits *edits);
#define CLEANUP_EDITS __attribute__((cleanup(v2v_edits_clear)))

/* Add an edit.  The strings are copied; @code is not. */
void v2v_edit_dword(struct v2v_edits *edits, const char *key, const char *name,
	uint32_t value, const char *code, const char *why);
/* REG_SZ or REG_EXPAND_SZ. */
void v2v_edit_text(struct v2v_edits *edits, const char *key, const char *name,
	enum v2v_value_type type, const char *text, const char *code,
	const char *why);
/* REG_MULTI_SZ; @texts ends with NULL. */
void v2v_edit_texts(struct v2v_edits *edits, const char *key, const char *name,
	const char *const *texts, const char *code, const char *why);
void v2v_edit_binary(struct v2v_edits *edits, const char *key, const char *name,
	const void *data, size_t size, const char *code, const char *why);
void v2v_edit_delete_key(struct v2v_edits *edits, const char *key,
	const char *code, const char *why);
void v2v_edit_add_item(struct v2v_edits *edits, const char *key,
	const char *name, enum v2v_value_type type, const char *item,
	const char *code, const char *why);
void v2v_edit_drop_item(struct v2v_edits *edits, const char *key,
	const char *name, const char *item, const char *code, const char *why);

/* @text in UTF-16LE with its end, the caller's; *@ret_size: bytes of all. */
unsigned char *v2v_edit_utf16(const char *text, size_t *ret_size);
#endif
