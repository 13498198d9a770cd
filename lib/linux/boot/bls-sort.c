/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The order in which entries of loader/entries are offered. */
#include "linux/boot/bls.h"

#include <ctype.h>

static const char *skip_separators(const char *s)
{
	while (*s && !isalnum((unsigned char)*s) && *s != '~' && *s != '^')
		s++;
	return s;
}

/* The length of the digits or of the letters at @s. */
static size_t segment(const char *s, bool digits)
{
	size_t n = 0;

	while (digits ? isdigit((unsigned char)s[n])
		      : isalpha((unsigned char)s[n]))
		n++;
	return n;
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

/* Numbers of any length: without zeros in front the longer one is greater. */
static int compare_numbers(const char *a, size_t m, const char *b, size_t n)
{
	for (; m && *a == '0'; m--)
		a++;
	for (; n && *b == '0'; n--)
		b++;
	if (m != n)
		return m > n ? 1 : -1;
	return sign(strncmp(a, b, m));
}

static int compare_words(const char *a, size_t m, const char *b, size_t n)
{
	int order = sign(strncmp(a, b, m < n ? m : n));

	return order ? order : (m > n) - (m < n);
}

/* Go behind both where they are the same. */
static int compare_segments(
	const char **a, size_t m, const char **b, size_t n, bool digits)
{
	int order = digits ? compare_numbers(*a, m, *b, n)
			   : compare_words(*a, m, *b, n);

	if (!order) {
		*a += m;
		*b += n;
	}
	return order;
}

/* '~' sorts before everything, the end too; '^' behind the end, before the
 * rest.  0: neither is there, 2: both have it. */
static int compare_marks(const char *a, const char *b)
{
	if (*a == '~' || *b == '~')
		return *a == *b ? 2 : *a == '~' ? -1 : 1;
	if (*a != '^' && *b != '^')
		return 0;
	if (*a == *b)
		return 2;
	if (!*a || !*b)
		return *a ? 1 : -1;
	return *a == '^' ? -1 : 1;
}

int v2v_bls_compare_versions(const char *a, const char *b)
{
	while (*a || *b) {
		bool digits;
		size_t m, n;
		int order;

		a = skip_separators(a);
		b = skip_separators(b);
		order = compare_marks(a, b);
		if (order == 2) {
			a++;
			b++;
			continue;
		}
		if (order)
			return order;
		if (!*a || !*b)
			break;
		digits = isdigit((unsigned char)*a);
		m = segment(a, digits);
		n = segment(b, digits);
		/* A number is newer than a word. */
		if (n == 0)
			return digits ? 1 : -1;
		order = compare_segments(&a, m, &b, n, digits);
		if (order)
			return order;
	}
	return (*a != '\0') - (*b != '\0');
}

/* Signs of systemd's order: what follows one is older than what does not,
 * '~' also than the end. */
static int compare_sign(const char **a, const char **b, char sign)
{
	bool in_a = **a == sign, in_b = **b == sign;

	if (in_a != in_b)
		return in_a ? -1 : 1;
	*a += in_a;
	*b += in_b;
	return 0;
}

static const char *skip_others(const char *s)
{
	while (*s && !isalnum((unsigned char)*s) && !strchr("~-^.", *s))
		s++;
	return s;
}

/* UAPI.10, "Version Comparison Specification" */
int v2v_bls_compare_systemd(const char *a, const char *b)
{
	for (;;) {
		size_t m, n;
		bool digits;
		int order;

		a = skip_others(a);
		b = skip_others(b);
		order = compare_sign(&a, &b, '~');
		if (!order && (!*a || !*b))
			return (*a != '\0') - (*b != '\0');
		for (const char *s = "-^."; *s && !order; s++)
			order = compare_sign(&a, &b, *s);
		if (order)
			return order;
		digits = isdigit((unsigned char)*a) ||
			 isdigit((unsigned char)*b);
		m = segment(a, digits);
		n = segment(b, digits);
		/* A number is newer than a word. */
		if (digits && (!m || !n))
			return m ? 1 : -1;
		order = compare_segments(&a, m, &b, n, digits);
		if (order)
			return order;
	}
}

/* Cut "NAME-VERSION-RELEASE" at its last two dashes; parts[0] owns all. */
static void split(const char *id, char *parts[3])
{
	static char empty[] = "";
	char *dash;

	parts[0] = v2v_strdup(id);
	parts[1] = parts[2] = empty;
	for (int i = 2; i > 0; i--) {
		dash = strrchr(parts[0], '-');
		if (!dash)
			return;
		*dash = '\0';
		parts[i] = dash + 1;
	}
}

static int by_package(const void *x, const void *y)
{
	const struct v2v_bls *a = x, *b = y;
	char *in_a[3], *in_b[3];
	int order = 0;

	split(a->id, in_a);
	split(b->id, in_b);
	for (int i = 0; i < 3 && !order; i++)
		order = v2v_bls_compare_versions(in_b[i], in_a[i]);
	free(in_a[0]);
	free(in_b[0]);
	return order ? order : strcmp(b->id, a->id);
}

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

/* By the whole name of the file: "arch.conf" is newer than
 * "arch-fallback.conf". */
static int by_file_name(const struct v2v_bls *a, const struct v2v_bls *b)
{
	CLEANUP_FREE char *in_a =
		v2v_format("%s%s", a->id, a->is_uki ? "" : ".conf");
	CLEANUP_FREE char *in_b =
		v2v_format("%s%s", b->id, b->is_uki ? "" : ".conf");
	int order = v2v_bls_compare_systemd(in_b, in_a);

	return order ? order : strcmp(in_b, in_a);
}

/* Boot Loader Specification, "Sorting": those with a sort-key first; what has
 * failed too often last. */
static int by_sort_key(const void *x, const void *y)
{
	const struct v2v_bls *a = x, *b = y;
	int order;

	if (a->is_bad != b->is_bad)
		return a->is_bad ? 1 : -1;
	if (!a->sort_key != !b->sort_key)
		return a->sort_key ? -1 : 1;
	if (a->sort_key) {
		order = strcmp(a->sort_key, b->sort_key);
		if (!order)
			order = strcmp(or_empty(a->machine_id),
				or_empty(b->machine_id));
		if (!order)
			order = v2v_bls_compare_systemd(
				or_empty(b->version), or_empty(a->version));
		if (order)
			return order;
	}
	return by_file_name(a, b);
}

static void sort(
	struct v2v_list *list, int (*order)(const void *, const void *))
{
	if (list->count)
		qsort(list->items, list->count, sizeof(struct v2v_bls), order);
}

void v2v_bls_sort_grub(struct v2v_list *list)
{
	sort(list, by_package);
}

void v2v_bls_sort_systemd(struct v2v_list *list)
{
	sort(list, by_sort_key);
}
