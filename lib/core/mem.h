/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Allocation that cannot fail (it ends the process, as v2v.h says), strings
 * and numbers.
 */
#ifndef V2V_MEM_H
#define V2V_MEM_H

#include "core/banned.h"
#include "core/cleanup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define V2V_PRINTF(f, a) __attribute__((format(printf, f, a)))

#define ARRAY_SIZE(array) (sizeof(array) / sizeof(array)[0])

/* Zeroed memory for @count things of @size bytes. */
void *v2v_alloc(size_t count, size_t size);

/* Copies; NULL gives NULL.  The caller frees. */
char *v2v_strdup(const char *s);
char *v2v_strndup(const char *s, size_t length);

/* A formatted string, the caller's to free. */
char *v2v_format(const char *fmt, ...) V2V_PRINTF(1, 2);

/* Add one zeroed element to the array @items of @count and point at it.  It has
 * grown in this way alone: there is room up to the next power of two. */
#define v2v_append(items, count)                                               \
	({                                                                     \
		(items) = v2v_regrow((items), &(count), sizeof *(items));      \
		&(items)[(count)-1];                                           \
	})
void *v2v_regrow(void *items, size_t *count, size_t size);

bool v2v_starts_with(const char *s, const char *prefix);
bool v2v_ends_with(const char *s, const char *suffix);
bool v2v_streq(const char *a, const char *b); /* NULL equals NULL only */

/* Is @s one of the strings in the array @words; does it begin or end with one,
 * or contain one?  Of NULL nothing is true. */
#define v2v_is_one_of(s, words)	      v2v_any(s, words, v2v_streq)
#define v2v_starts_with_any(s, words) v2v_any(s, words, v2v_starts_with)
#define v2v_ends_with_any(s, words)   v2v_any(s, words, v2v_ends_with)
#define v2v_contains_any(s, words)    v2v_any(s, words, v2v_contains)
#define v2v_any(s, words, is)	      v2v_match_any(s, words, ARRAY_SIZE(words), is)
bool v2v_match_any(const char *s, const char *const *words, size_t count,
	bool (*is)(const char *s, const char *word));
bool v2v_contains(const char *s, const char *part);
bool v2v_ends_with_nocase(const char *s, const char *suffix);

/* Behind the last '/', or the whole; in @path. */
const char *v2v_base_name(const char *path);

/* The caller's string in *@place becomes a copy of @value (NULL: none). */
void v2v_string_set(char **place, const char *value);

/* Decimal digits and nothing else (a leading '-' for the signed one), in range;
 * false, and *@ret untouched, otherwise. */
bool v2v_parse_u64(const char *s, uint64_t *ret);
bool v2v_parse_i64(const char *s, int64_t *ret);

/*
 * A growing text, always ended by a NUL; zeroed is empty.  v2v_text_take()
 * hands the string over ("" where nothing was added).
 */
struct v2v_text {
	char *data;
	size_t length, room;
};

void v2v_text_add(struct v2v_text *t, const void *data, size_t length);
void v2v_text_addf(struct v2v_text *t, const char *fmt, ...) V2V_PRINTF(2, 3);

/* Add one more item to a list in words: @separator before it, but for the
 * first. */
void v2v_text_join(struct v2v_text *t, const char *separator, const char *fmt,
	...) V2V_PRINTF(3, 4);
char *v2v_text_take(struct v2v_text *t);
void v2v_text_clear(struct v2v_text *t);
#define CLEANUP_TEXT __attribute__((cleanup(v2v_text_clear)))
#endif
