/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lib/boot: what a console says and a screen shows, as a verdict. */
#include "cases.h"

#include "boot/agent.h"
#include "boot/said.h"
#include "boot/screen.h"
#include "boot/verdict.h"

#include <sys/socket.h>
#include <unistd.h>

#define DIR "tests/data/boot/"

/* The console comes in pieces, of which none is whole. */
static void check_console(const char *path)
{
	CLEANUP_FREE char *bytes = read_whole(path);
	CLEANUP_FREE char *expect_path = beside(path, ".expect");
	CLEANUP_FREE char *expect = read_whole(expect_path);
	struct v2v_said said CLEANUP_SAID = { 0 };
	const char *code;

	for (const char *at = bytes; *at; at++) {
		const char piece[2] = { *at, '\0' };

		v2v_said_add(&said, piece);
	}
	code = v2v_boot_verdict(said.text.data);
	expect[strcspn(expect, "\n")] = '\0';
	if (strcmp(code ? code : "none", expect) != 0) {
		fprintf(stderr, "%s: %s, not %s\n", path, code, expect);
		abort();
	}
}

static void test_up(void)
{
	assert(v2v_boot_is_up("boot-login") && v2v_boot_is_up("boot-running"));
	assert(!v2v_boot_is_up("boot-panic") && !v2v_boot_is_up("boot-off"));
}

/* An endless console stays bounded, and its end is what counts. */
static void test_much(void)
{
	struct v2v_said said CLEANUP_SAID = { 0 };
	static char line[1001];

	memset(line, 'x', 999);
	line[999] = '\n';
	for (int i = 0; i < 3000; i++)
		v2v_said_add(&said, line);
	v2v_said_add(&said, "\nhost login: ");
	assert(said.text.length <= V2V_SAID_MOST);
	assert(v2v_boot_verdict(said.text.data));
}

/* GRUB's menus, as they come from SeaBIOS' serial port: in pieces. */
static void test_quiet(void)
{
	static const char menu[] =
		"\n     Use the \xe2\x86\x91 \nand \xe2\x86\x93 keys to select "
		"which en\ntry is highlighted.   \n   Press enter to boot the "
		"s\n"
		"elected OS\n*Debian GNU/Linux";
	static const char counts[] = "\nThe highlighted entry will be "
				     "execu\nted automatically in 5s.";
	CLEANUP_FREE char *counting = v2v_format("%s%s", menu, counts);
	CLEANUP_FREE char *again =
		v2v_format("%s\nerror: you need to load the kernel first."
			   "\nPress any key to continue...%s",
			counting, menu);

	assert(v2v_streq(v2v_boot_verdict_of_quiet(menu), "boot-grub"));
	assert(!v2v_boot_verdict_of_quiet(counting));
	assert(v2v_streq(v2v_boot_verdict_of_quiet(again), "boot-grub"));
	assert(!v2v_boot_verdict_of_quiet("Loading Linux 6.1.0 ...\n"));
	assert(!v2v_boot_verdict(again));
}

static void test_last_lines(void)
{
	json_auto_t *lines = v2v_said_last("one\n\n  \ntwo\nthree\n", 2);

	assert(json_array_size(lines) == 2);
	assert(strcmp(json_string_value(json_array_get(lines, 0)), "two") == 0);
	assert(strcmp(json_string_value(json_array_get(lines, 1)), "three") ==
		0);
}

/* A dump with @head, filled with pixels of one colour but for the first. */
static int dump(const char *head, size_t pixels, const unsigned char *colour,
	const unsigned char *first)
{
	FILE *file = tmpfile();
	int fd;

	fputs(head, file);
	for (size_t i = 0; i < pixels; i++)
		fwrite(i ? colour : first, 3, 1, file);
	fflush(file);
	fd = dup(fileno(file));
	fclose(file);
	return fd;
}

static int read_dump(const char *head, size_t pixels,
	const unsigned char *colour, const unsigned char *first,
	struct v2v_screen *ret)
{
	int fd = dump(head, pixels, colour, first);
	int status = v2v_screen_read(fd, ret, NULL);

	close(fd);
	return status;
}

static void test_screens(void)
{
	static const unsigned char black[3], blue[] = { 0, 0x78, 0xd7 },
					     white[] = { 255, 255, 255 };
	struct v2v_screen a CLEANUP_SCREEN = { 0 };
	struct v2v_screen b CLEANUP_SCREEN = { 0 };
	struct v2v_screen stop CLEANUP_SCREEN = { 0 };
	struct v2v_screen text CLEANUP_SCREEN = { 0 };

	assert(read_dump("P6\n40 30\n255\n", 1200, black, black, &a) == 0);
	assert(read_dump("P6\n40 30\n255\n", 1200, black, white, &b) == 0);
	assert(read_dump("P6\n40 30\n255\n", 1200, blue, white, &stop) == 0);
	assert(read_dump("P6\n720 400\n255\n", 288000, black, white, &text) ==
		0);
	assert(v2v_screen_is_blank(&a) && !v2v_screen_is_blank(&b));
	assert(v2v_screen_is_same(&a, &b) && !v2v_screen_is_same(&a, &stop));
	assert(!v2v_screen_is_same(&a, &text));
	assert(v2v_screen_is_stopped_windows(&stop));
	assert(!v2v_screen_is_stopped_windows(&b));
	assert(v2v_screen_is_text(&text) && !v2v_screen_is_text(&a));
}

static void test_bad_screens(void)
{
	static const unsigned char black[3];
	static const char *const heads[] = { "", "P5\n40 30\n255\n",
		"P6\n0 30\n255\n", "P6\n99999 2\n255\n", "P6\n40 31\n255\n",
		"P6\n8193 1\n255\n" };
	struct v2v_screen screen = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		assert(read_dump(heads[i], 1200, black, black, &screen) < 0);
}

static void test_text_mode(void)
{
	static const unsigned char cells[160 + 4] = { 'h', 7, 'i',
		7, [160] = 0xdb, 7, '>', 7 };
	CLEANUP_FREE char *text = v2v_screen_text(cells, sizeof cells);

	assert(strncmp(text, "hi  ", 4) == 0 && text[80] == '\n');
	assert(strcmp(text + 81, " >") == 0);
}

/* What a guest says on its agent's channel, and whether that is an answer. */
static const struct {
	const char *said;
	bool has_answered;
} agents[] = {
	{ "{\"return\": {}}\n", true },
	{ "\xff{\"return\": {}}\n", true },
	{ "{\"error\": {\"desc\": \"Invalid JSON syntax\"}}\n{\"return\": "
	  "{}}\n",
		true },
	{ "{\"return\": {}}", false }, /* not a whole line yet */
	{ "{\"return\": 7}\n", false },
	{ "{\"error\": {\"desc\": \"the command is disabled\"}}\n", false },
	{ "\n\n[]\nreturn\n", false },
	{ "", false },
};

static void test_agent(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(agents); i++) {
		int pair[2];
		char asked[256];
		ssize_t n;
		struct v2v_agent agent = { .fd = -1 };

		assert(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
		agent.fd = pair[0];
		v2v_agent_look(&agent, 100);
		v2v_agent_look(&agent, 101); /* too soon to ask once more */
		n = recv(pair[1], asked, sizeof asked - 1, MSG_DONTWAIT);
		assert(n > 0);
		asked[n] = '\0';
		assert(strcmp(asked, "\xff{\"execute\":\"guest-ping\"}\n") ==
			0);
		assert(write(pair[1], agents[i].said, strlen(agents[i].said)) >=
			0);
		v2v_agent_look(&agent, 106);
		assert(agent.has_answered == agents[i].has_answered);
		n = recv(pair[1], asked, sizeof asked, MSG_DONTWAIT);
		assert((n > 0) == !agent.has_answered);
		v2v_agent_clear(&agent);
		close(pair[1]);
	}
}

/* A guest that goes on and on: it ends, and no line of it is kept. */
static void test_endless_agent(void)
{
	static char junk[4096];
	int pair[2];
	struct v2v_agent agent = { .fd = -1 };

	memset(junk, 'x', sizeof junk);
	assert(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	agent.fd = pair[0];
	for (int i = 0; i < 100; i++) {
		while (send(pair[1], junk, sizeof junk, MSG_DONTWAIT) > 0)
			;
		v2v_agent_look(&agent, 1 + i);
		assert(agent.line.length <= 65536);
	}
	assert(!agent.has_answered);
	v2v_agent_clear(&agent);
	close(pair[1]);
}

int main(void)
{
	each_case(DIR "*.console", 23, check_console);
	test_up();
	test_much();
	test_quiet();
	test_last_lines();
	test_screens();
	test_bad_screens();
	test_text_mode();
	test_agent();
	test_endless_agent();
	return 0;
}
