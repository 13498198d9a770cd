/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BSDs: tests/data/bsd, guests as text-tree.h has them in NAME.tree;
 * NAME.expect what is read and found. */
#include "cases.h"

#include "bsd/bsd.h"
#include "inspect/findings/find-private.h"
#include "model/source.h"
#include "text-tree.h"

static const char *or_dash(const char *s)
{
	return s ? s : "-";
}

static void add_network(struct v2v_text *got, const struct v2v_list *network)
{
	v2v_list_foreach (const struct v2v_interface, i, network) {
		v2v_text_addf(got, "%s %s", i->name, or_dash(i->method));
		v2v_list_foreach (char *, address, &i->addresses)
			v2v_text_addf(got, " %s", *address);
		v2v_text_addf(got, " %s\n", i->where);
	}
}

static void test_tree(const char *path)
{
	CLEANUP_FREE char *text = read_whole(path);
	CLEANUP_FREE char *expect_name = beside(path, ".expect");
	CLEANUP_FREE char *want = read_whole(expect_name);
	struct v2v_text got CLEANUP_TEXT = { 0 };
	struct v2v_source source = { 0 };
	const struct v2v_bsd *bsd;
	struct text_tree t;

	text_tree_read(&t, text);
	bsd = v2v_bsd_of_tree(&t.tree);
	if (bsd) {
		t.inspect.type = v2v_strdup(bsd->type);
		v2v_bsd_describe(&t.tree, &t.inspect);
		v2v_bsd_network(&t.tree, &t.inspect);
		v2v_find_bsd(&t.tree, &source, &t.inspect);
	}
	v2v_text_addf(&got, "%s %s %s '%s' %s\n", or_dash(t.inspect.type),
		or_dash(t.inspect.distro), or_dash(t.inspect.osinfo),
		or_dash(t.inspect.product_name), or_dash(t.inspect.hostname));
	add_network(&got, &t.inspect.network);
	v2v_list_foreach (const struct v2v_finding, f, &t.inspect.findings)
		v2v_text_addf(&got, "%s %s %s: %s\n", f->level, f->code,
			or_dash(f->where), f->text);
	same(path, got.data, want);
	text_tree_clear(&t);
}

/* Without its files the partitions tell the family. */
static void test_partitions(void)
{
	struct v2v_inspect inspect = { 0 };
	const struct v2v_source source = { 0 };
	const struct v2v_finding *findings;

	same("zfs",
		v2v_bsd_of_partition("516e7cba-6ecf-11d6-8ff8-00022d09712b")
			->type,
		"freebsd");
	same("mbr", v2v_bsd_of_partition("0xa6")->type, "openbsd");
	assert(!v2v_bsd_of_partition("0x83"));
	assert(!v2v_bsd_of_partition(NULL));
	inspect.type = v2v_strdup("freebsd");
	v2v_find_bsd(NULL, &source, &inspect);
	assert(inspect.findings.count == 2);
	findings = inspect.findings.items;
	same("first", findings[0].code, "type-not-supported");
	same("second", findings[1].code, "bsd-not-read");
	v2v_inspect_clear(&inspect);
}

/* A name is reported once a line, whatever is around it. */
static void count(const struct v2v_bsd_mention *mention, void *opaque)
{
	(void)mention;
	++*(size_t *)opaque;
}

static void test_many(void)
{
	struct v2v_text text CLEANUP_TEXT = { 0 };
	struct text_tree t;
	size_t n = 0;

	v2v_text_addf(&text, "==== /etc/pf.conf\n");
	for (unsigned i = 0; i < 5000; i++)
		v2v_text_addf(&text, "pass in on vmx%u\n", i);
	text_tree_read(&t, text.data);
	v2v_bsd_mentions(&t.tree, v2v_bsd_find("freebsd"), count, &n);
	assert(n == 100);
	text_tree_clear(&t);
}

int main(void)
{
	each_case("tests/data/bsd/*.tree", 8, test_tree);
	test_partitions();
	test_many();
	return 0;
}
