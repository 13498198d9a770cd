/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A daemon that closed its descriptors 0 to 2, and prints to them nevertheless:
 * closed DIR LOG DONE <DOCUMENT. */
#include <v2v.h>

#include <string.h>
#include <unistd.h>

static void print(const char *text)
{
	for (int fd = 0; fd < 3; fd++)
		(void)!write(fd, text, strlen(text));
}

static void on_message(const struct v2v_message *message, void *opaque)
{
	(void)opaque;
	print(message->text);
}

static void on_progress(const struct v2v_progress *progress, void *opaque)
{
	(void)opaque;
	print(progress->step);
}

static int run(const char *dir, json_t *doc, struct v2v_error *err)
{
	struct v2v_copy_options copy = V2V_OPTIONS(
		copy, .out_dir = dir, .format = "raw", .verify = true);
	struct v2v *v = v2v_new();
	int status;

	v2v_set_tmpdir(v, dir);
	v2v_on_message(v, on_message, NULL);
	v2v_on_progress(v, on_progress, NULL);
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	status = v2v_overlay(v, doc, NULL, err);
	print("between");
	if (status == 0)
		status = v2v_copy(v, doc, &copy, err);
	print("done");
	v2v_free(v);
	return status;
}

int main(int argc, char **argv)
{
	struct v2v_error err = { 0 };
	json_auto_t *doc = NULL;
	FILE *log;
	int status;

	if (argc != 4 || v2v_doc_read(stdin, &doc, &err) <= 0)
		return 2;
	log = fopen(argv[2], "w");
	status = run(argv[1], doc, &err);
	fprintf(log, "%s\n", err.text);
	if (status == 0)
		status = json_dump_file(doc, argv[3], 0);
	return fclose(log) != 0 || status < 0;
}
