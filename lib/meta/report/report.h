/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The report: a page for people of what the documents say of their machines.
 * Each part of it is a file; all of them write HTML to a text.
 */
#ifndef V2V_META_REPORT_H
#define V2V_META_REPORT_H

#include "meta/meta.h"
#include "meta/report/html.h"

/* A machine of the page. */
struct v2v_report {
	const json_t *doc; /* borrowed */
	struct v2v_source source;
	struct v2v_inspect inspect; /* zeroed unless is_inspected */
	struct v2v_guestcaps caps;  /* zeroed unless is_converted */
	struct v2v_list targets;    /* of struct v2v_target */
	/* The new machine as a hypervisor is given it, where the document has
	 * all of it; else its type is NULL. */
	struct v2v_machine machine;
	const json_t *boot; /* v2v-boot's section; NULL */
	bool is_inspected, is_converted;
	bool is_alone;		     /* no other machine is on the page */
	size_t number;		     /* from 1 */
	struct v2v_text picture;     /* of its screen, a PNG as base64; empty */
	int64_t width, height;	     /* of that */
	struct v2v_error no_picture; /* why there is none */
};

/* Fill the zeroed *@report from @doc, which has to outlive it; @opt, where the
 * cards are plugged.  A picture that cannot be read is not a failure. */
int v2v_report_load(const json_t *doc, const struct v2v_meta_options *opt,
	struct v2v_report *report, struct v2v_error *err);
/* Its sections alone, from which no file is read. */
int v2v_report_sections(
	const json_t *doc, struct v2v_report *report, struct v2v_error *err);
void v2v_report_clear(struct v2v_report *report);

/* All of the page, the caller's, of @count machines. */
char *v2v_report_page(const struct v2v_report *reports, size_t count);

/* The style of the page, as CSS. */
extern const char v2v_report_style[];

/* What is to be said first: a word, and its reason. */
struct v2v_report_verdict {
	const char *word;  /* "READY" */
	const char *class; /* of its colour: "good" "bad" "open" */
	char *reason;	   /* a sentence; owned */
};
void v2v_report_verdict(
	const struct v2v_report *r, struct v2v_report_verdict *ret_verdict);

/* The system's name, or why none is known; borrowed. */
const char *v2v_report_system(const struct v2v_report *r);
size_t v2v_report_count_findings(const struct v2v_report *r, const char *level);
size_t v2v_report_count_changes(const struct v2v_report *r);

/* What to do about a warning or a finding; NULL where there is nothing. */
const char *v2v_report_advice(const char *code);

/* Parts of a machine's section, with their headings; nothing where the document
 * says nothing of it. */
void v2v_report_add_findings(struct v2v_text *t, const struct v2v_report *r);
void v2v_report_add_machine(struct v2v_text *t, const struct v2v_report *r);
void v2v_report_add_disks(struct v2v_text *t, const struct v2v_report *r);
void v2v_report_add_filesystems(struct v2v_text *t, const struct v2v_report *r);
void v2v_report_add_system(struct v2v_text *t, const struct v2v_report *r);
void v2v_report_add_kernels(struct v2v_text *t, const struct v2v_report *r);
void v2v_report_add_network(struct v2v_text *t, const struct v2v_report *r);
void v2v_report_add_changes(struct v2v_text *t, const struct v2v_report *r);
void v2v_report_add_boot(struct v2v_text *t, const struct v2v_report *r);
void v2v_report_add_times(struct v2v_text *t, const struct v2v_report *r);
void v2v_report_add_files(struct v2v_text *t, const struct v2v_report *r);

/* A heading of a part; @name with the machine's number is its id. */
void v2v_report_heading(struct v2v_text *t, const struct v2v_report *r,
	const char *name, const char *text);

/* A table begins, which a narrow screen moves sideways: of @label, with these
 * columns (NULL at the end, '#' before one of numbers); it ends with
 * v2v_report_table_end(). */
void v2v_report_table(
	struct v2v_text *t, const char *label, const char *const *columns);
void v2v_report_table_end(struct v2v_text *t);

/* Read the PNG @path, of a sane size, as base64. */
int v2v_report_picture(const char *path, struct v2v_text *base64,
	int64_t *ret_width, int64_t *ret_height, struct v2v_error *err);
#endif
