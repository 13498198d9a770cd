/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options through argp: each is said once, help and errors follow. */
#include "common/options.h"

#include "common/usage.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_HOURS 1000000

enum {
	OPT_PRETTY = 0x1000,
	OPT_PROGRESS,
	OPT_MESSAGES,
	OPT_KEEP,
	OPT_JSON,
	OPT_TIMES
};

static const struct argp_option common_options[] = {
	{ "verbose", 'v', NULL, 0, "Tell what is done; twice: all of it", -1 },
	{ "json", OPT_JSON, NULL, 0,
		"Write the documents to a terminal too, not their summary",
		-1 },
	{ "pretty", OPT_PRETTY, NULL, 0, "As --json, and indented", -1 },
	{ "progress", OPT_PROGRESS, NULL, 0,
		"Show progress even if standard error is not a terminal", -1 },
	{ "messages", OPT_MESSAGES, "json", 0,
		"Each line on standard error a JSON object", -1 },
	{ "keep", OPT_KEEP, NULL, 0,
		"Keep the work directory of a document that ends here", -1 },
	{ "times", OPT_TIMES, NULL, 0,
		"Add to the document how long this step took", -1 },
	{ 0 },
};

struct parsing {
	const struct tool_spec *spec;
	struct tool_options *common;
	void *options;
};

static error_t parse_common(int key, char *arg, struct argp_state *state)
{
	struct parsing *parsing = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = parsing->options;
		return 0;
	case 'v':
		parsing->common->verbose++;
		return 0;
	case OPT_PRETTY:
		parsing->common->pretty = true;
		return 0;
	case OPT_JSON:
		parsing->common->json = true;
		return 0;
	case OPT_PROGRESS:
		parsing->common->progress = true;
		return 0;
	case OPT_KEEP:
		parsing->common->keep = true;
		return 0;
	case OPT_TIMES:
		parsing->common->times = true;
		return 0;
	case OPT_MESSAGES:
		if (strcmp(arg, "json") != 0)
			argp_error(
				state, "--messages: '%s' is not 'json'", arg);
		parsing->common->json_messages = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* argp's own parser calls it: state->input is not ours. */
static void print_version(FILE *out, struct argp_state *state)
{
	fprintf(out, "%s (v2v-tools) %s\n", state->name, v2v_version());
}

/* argp prints the help and ends the process: that it could not be written is
 * seen here only. */
static bool is_parsing;

static void check_help(void)
{
	if (!is_parsing || (fflush(stdout) == 0 && !ferror(stdout)))
		return;
	fprintf(stderr, "%s: cannot write to standard output\n",
		program_invocation_short_name);
	_exit(1);
}

void tool_options_parse(const struct tool_spec *spec, int argc, char **argv,
	struct tool_options *common, void *options)
{
	const struct argp own = { .options = spec->options,
		.parser = spec->parse };
	const struct argp_child children[] = { { &own, 0, NULL, 0 }, { 0 } };
	const struct argp argp = {
		.options = common_options,
		.parser = parse_common,
		.args_doc = spec->args,
		.doc = spec->doc,
		.children = children,
	};
	struct parsing parsing = { spec, common, options };

	argp_program_version_hook = print_version;
	argp_err_exit_status = 2;
	is_parsing = atexit(check_help) == 0;
	usage_catch(spec->name, argc, argv);
	if (argp_parse(&argp, argc, argv, 0, NULL, &parsing) != 0)
		exit(2);
	is_parsing = false;
	usage_release();
}

void tool_collect(char ***list, char *arg)
{
	size_t n = 0;

	while (*list && (*list)[n])
		n++;
	*list = reallocarray(*list, n + 2, sizeof **list);
	if (!*list)
		abort();
	(*list)[n] = arg;
	(*list)[n + 1] = NULL;
}

/* "G", "GB" and "GiB" are one unit, 2^30, in any case; "" is 2^0. */
static bool parse_unit(const char *unit, unsigned *ret_shift)
{
	static const char letters[] = "KMGT";
	const char *letter;

	*ret_shift = 0;
	if (!*unit)
		return true;
	letter = strchr(letters, toupper((unsigned char)*unit++));
	if (!letter || (*unit && strcasecmp(unit, "B") != 0 &&
			       strcasecmp(unit, "iB") != 0))
		return false;
	*ret_shift = 10 * (unsigned)(letter - letters + 1);
	return true;
}

/* Digits, and a unit where @units; false where it is anything else. */
static bool parse_number(const char *arg, bool units, uint64_t *ret)
{
	uint64_t n = 0;
	const char *s = arg;
	unsigned shift = 0;

	for (; isdigit((unsigned char)*s); s++)
		if (__builtin_mul_overflow(n, 10, &n) ||
			__builtin_add_overflow(n, (uint64_t)(*s - '0'), &n))
			return false;
	if (s == arg || (units ? !parse_unit(s, &shift) : *s != '\0'))
		return false;
	return !__builtin_mul_overflow(n, 1ULL << shift, ret);
}

uint64_t tool_size(struct argp_state *state, const char *what, const char *arg)
{
	uint64_t size = 0;

	if (!parse_number(arg, true, &size) || size == 0)
		argp_error(state,
			"%s: '%s' is not a size (such as 4096M, 4G, 4GB or "
			"4GiB, all binary)",
			what, arg);
	return size;
}

unsigned tool_count(struct argp_state *state, const char *what, const char *arg)
{
	uint64_t count = 0;

	if (!parse_number(arg, false, &count) || count == 0 || count > 4096)
		argp_error(state, "%s: '%s' is not a number from 1 to 4096",
			what, arg);
	return (unsigned)count;
}

uint64_t tool_hours(struct argp_state *state, const char *what, const char *arg)
{
	uint64_t hours = 0;

	if (!parse_number(arg, false, &hours) || hours > MAX_HOURS)
		argp_error(
			state, "%s: '%s' is not a number of hours", what, arg);
	return hours * 3600;
}

const char *tool_directory(
	struct argp_state *state, const char *what, const char *arg)
{
	struct stat st;

	if (stat(arg, &st) < 0 ||
		(S_ISDIR(st.st_mode) && access(arg, W_OK | X_OK) < 0))
		argp_error(state, "%s: '%s': %s", what, arg, strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		argp_error(state, "%s: '%s' is not a directory", what, arg);
	return arg;
}

const char *tool_readable(
	struct argp_state *state, const char *what, const char *arg)
{
	if (access(arg, R_OK) < 0)
		argp_error(state, "%s: '%s': %s", what, arg, strerror(errno));
	return arg;
}

const char *tool_word(struct argp_state *state, const char *what,
	const char *arg, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(arg, *words) == 0)
			return *words;
	argp_error(state, "%s: '%s' is not known", what, arg);
	return NULL;
}
