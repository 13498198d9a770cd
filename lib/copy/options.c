/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which options of a copy go together. */
#include "copy/options.h"

#include "copy/engine.h"

#include <sched.h>
#include <sys/stat.h>

static const char *const formats[] = { "qcow2", "raw", NULL };
static const char *const packings[] = { "zlib", "zstd", NULL };
/* In the order of enum v2v_preallocation. */
static const char *const modes[] = { "off", "metadata", "falloc", "full",
	NULL };

static int find(const char *const *words, const char *word)
{
	for (int i = 0; words[i]; i++)
		if (v2v_streq(words[i], word))
			return i;
	return -1;
}

static bool is_nbd(const char *out)
{
	return v2v_starts_with(out, "nbd://") ||
	       v2v_starts_with(out, "nbds://") ||
	       v2v_starts_with(out, "nbd+unix://") ||
	       v2v_starts_with(out, "nbds+unix://");
}

static enum v2v_out_kind kind_of(const char *out)
{
	struct stat st;

	if (v2v_streq(out, "-"))
		return V2V_OUT_STREAM;
	if (is_nbd(out))
		return V2V_OUT_NBD;
	if (stat(out, &st) == 0 && S_ISBLK(st.st_mode))
		return V2V_OUT_DEVICE;
	return V2V_OUT_DIRECTORY;
}

static unsigned cores(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof set, &set) < 0)
		return 1;
	return (unsigned)CPU_COUNT(&set);
}

static int choose_words(const struct v2v_copy_options *opt,
	struct v2v_copy_choice *c, struct v2v_error *err)
{
	bool is_file = c->kind == V2V_OUT_DIRECTORY;
	int format = opt->format ? find(formats, opt->format) : !is_file;
	int mode = opt->preallocation ? find(modes, opt->preallocation) : 0;
	int packing = opt->compression ? find(packings, opt->compression) : 0;

	if (format < 0)
		return v2v_fail(err, "bad-option",
			"unknown target format '%s' (supported: qcow2, raw)",
			opt->format);
	if (mode < 0)
		return v2v_fail(err, "bad-option",
			"unknown preallocation '%s' (supported: off, metadata, "
			"falloc, full)",
			opt->preallocation);
	if (packing < 0)
		return v2v_fail(err, "bad-option",
			"unknown compression '%s' (supported: zlib, zstd)",
			opt->compression);
	c->format = formats[format];
	c->preallocation = (enum v2v_preallocation)mode;
	c->packing = opt->compress ? packings[packing] : NULL;
	return 0;
}

static int check_together(const struct v2v_copy_options *opt,
	const struct v2v_copy_choice *c, struct v2v_error *err)
{
	bool is_raw = v2v_streq(c->format, "raw");
	const char *bad = NULL;

	if (c->kind != V2V_OUT_DIRECTORY && !is_raw)
		bad = "only a raw disk goes anywhere but to a directory";
	else if (c->kind != V2V_OUT_DIRECTORY && c->preallocation)
		bad = "a preallocation goes with files only";
	else if (c->kind == V2V_OUT_STREAM && opt->verify)
		bad = "standard output cannot be read back";
	else if (is_raw && c->preallocation == V2V_PREALLOC_METADATA)
		bad = "preallocation 'metadata' goes with qcow2 only";
	else if (is_raw && opt->compress)
		bad = "a raw target cannot be compressed";
	else if (opt->compress && c->preallocation)
		bad = "a compressed target cannot be preallocated";
	else if (opt->compression && !opt->compress)
		bad = "--compression requires --compress";
	else if (opt->resume && !*opt->resume &&
		 (c->kind == V2V_OUT_DEVICE || c->kind == V2V_OUT_NBD))
		bad = "a device or an NBD export has no directory for the "
		      "record of the copy: --resume=DIR";
	return bad ? v2v_fail(err, "bad-option", "%s", bad) : 0;
}

int v2v_copy_choose(const struct v2v_copy_options *opt,
	struct v2v_copy_choice *ret_choice, struct v2v_error *err)
{
	struct v2v_copy_choice c = { .threads = opt->threads,
		.jobs = opt->jobs };

	if (!opt->out_dir)
		return v2v_fail(err, "bad-option", "no target directory given");
	c.kind = kind_of(opt->out_dir);
	if (choose_words(opt, &c, err) < 0 || check_together(opt, &c, err) < 0)
		return -1;
	if (!c.threads)
		c.threads = cores();
	if (c.threads > V2V_COPY_MAX_THREADS)
		c.threads = V2V_COPY_MAX_THREADS;
	c.resumes = opt->resume && v2v_streq(c.format, "raw") &&
		    c.kind != V2V_OUT_STREAM;
	*ret_choice = c;
	return 0;
}
