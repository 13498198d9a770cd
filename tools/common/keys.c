/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Passphrases: from the command line, where they are wiped, from descriptors
 * and from the terminal. */
#include "common/keys.h"
#include "common/array.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define MAX_KEY	 8192
#define TERMINAL "/dev/tty"
#define ASK	 ":ask"

/* @mask: the signals that are blocked but while we wait; one that came between
 * a question and the reading would be waited for in vain.  NULL: none are. */
static ssize_t read_byte(int fd, const sigset_t *mask, char *ret)
{
	struct pollfd input = { .fd = fd, .events = POLLIN };

	if (mask && ppoll(&input, 1, NULL, mask) < 0)
		return -1;
	return read(fd, ret, 1);
}

/* A line without its end, byte by byte: what follows is somebody else's, maybe
 * the documents.  NULL and errno where there is none. */
static char *read_line(int fd, const sigset_t *mask)
{
	char *line = calloc(1, MAX_KEY + 1);
	size_t n = 0;
	ssize_t got = 1;

	if (!line)
		abort();
	while (n < MAX_KEY && (got = read_byte(fd, mask, line + n)) == 1 &&
		line[n] != '\n')
		n++;
	if (got < 0 || n == MAX_KEY || (got == 0 && n == 0)) {
		explicit_bzero(line, MAX_KEY);
		free(line);
		errno = got < 0 ? errno : n ? E2BIG : ENODATA;
		return NULL;
	}
	line[n] = '\0';
	line[strcspn(line, "\r")] = '\0';
	return line;
}

static void wipe(char *text)
{
	explicit_bzero(text, strlen(text));
	free(text);
}

/* "SELECTOR:key:PASSPHRASE"; takes @passphrase over. */
static char *as_key(const char *selector, size_t length, char *passphrase)
{
	char *text;

	if (asprintf(&text, "%.*s:key:%s", (int)length, selector, passphrase) <
		0)
		abort();
	wipe(passphrase);
	return text;
}

static char *from_descriptor(
	struct argp_state *state, const char *arg, const char *kind)
{
	const char *number = kind + strlen(":fd:");
	char *end, *line;
	long fd = strtol(number, &end, 10);

	if (end == number || *end || fd < 0 || fd > 1 << 20)
		argp_error(state, "--key: '%s' is not a descriptor's number",
			number);
	line = read_line((int)fd, NULL);
	if (line)
		return as_key(arg, (size_t)(kind - arg), line);
	argp_error(state, "--key: cannot read descriptor %ld: %s", fd,
		strerror(errno));
	return NULL;
}

/* The first of the words that a selector ends with. */
static const char *kind_of(const char *arg)
{
	static const char *const kinds[] = { ":key:", ":file:", ":fd:" };
	const char *first = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const char *at = strstr(arg, kinds[i]);

		if (at && (!first || at < first))
			first = at;
	}
	return first;
}

static bool is_to_ask(const char *text)
{
	size_t n = strlen(text), suffix = strlen(ASK);

	return n > suffix && strcmp(text + n - suffix, ASK) == 0 &&
	       !kind_of(text);
}

static void check_terminal(struct argp_state *state)
{
	int fd = open(TERMINAL, O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		argp_error(state, "--key: cannot ask: no terminal; "
				  "SELECTOR:file:NAME or SELECTOR:fd:N");
	close(fd);
}

static void add(struct argp_state *state, struct keys *keys, char *arg)
{
	const char *kind = kind_of(arg);
	char *text = strdup(arg);

	if (!text)
		abort();
	if (is_to_ask(arg)) {
		check_terminal(state);
		keys->asks = true;
	} else if (kind && strncmp(kind, ":fd:", 4) == 0) {
		free(text);
		text = from_descriptor(state, arg, kind);
	} else if (kind && strncmp(kind, ":key:", 5) == 0) {
		/* Others see it in ps(1) up to here. */
		memset(arg + (kind + 5 - arg), 'x', strlen(kind + 5));
	}
	tool_collect(&keys->texts, text);
	keys->count++;
}

/* What the library says of them; being asked for a key is not a fault. */
static void check(struct argp_state *state, const struct keys *keys,
	const struct v2v_inspect_options *inspect)
{
	struct v2v_inspect_options now = *inspect;
	struct v2v_error err = { 0 };
	char **known = NULL;

	for (size_t i = 0; i < keys->count; i++)
		if (!is_to_ask(keys->texts[i]))
			tool_collect(&known, keys->texts[i]);
	now.keys = (const char *const *)known;
	if (v2v_inspect_check(&now, &err) < 0)
		argp_error(state, "%s", err.text);
	free(known);
}

static const char *backend_of(struct argp_state *state, const char *name)
{
	struct v2v *v = v2v_new();
	struct v2v_error err = { 0 };
	int status = v2v_set_backend(v, name, &err);

	v2v_free(v);
	if (status < 0)
		argp_error(state, "--backend: %s", err.text);
	return name;
}

/* Where the package virtio-win of Fedora and RHEL puts them. */
#define VIRTIO_WIN "/usr/share/virtio-win"

/* The library reads no environment, and knows no places.  Empty: no drivers. */
static void take_virtio_win(struct v2v_inspect_options *inspect)
{
	const char *place = getenv("VIRTIO_WIN");

	if (inspect->virtio_win)
		return;
	if (place)
		inspect->virtio_win = *place ? place : NULL;
	else if (access(VIRTIO_WIN, R_OK | X_OK) == 0)
		inspect->virtio_win = VIRTIO_WIN;
}

error_t keys_parse(int key, char *arg, struct argp_state *state,
	struct keys *keys, struct v2v_inspect_options *inspect)
{
	switch (key) {
	case KEYS_ROOT:
		inspect->root = arg;
		return 0;
	case KEYS_KEY:
		add(state, keys, arg);
		inspect->keys = (const char *const *)keys->texts;
		return 0;
	case KEYS_BACKEND:
		keys->backend = backend_of(state, arg);
		return 0;
	case KEYS_VIRTIO_WIN:
		inspect->virtio_win = tool_readable(state, "--virtio-win", arg);
		return 0;
	case KEYS_BLOCK_DRIVER:
		inspect->block_driver = arg;
		return 0;
	case ARGP_KEY_END:
		take_virtio_win(inspect);
		check(state, keys, inspect);
		return ARGP_ERR_UNKNOWN;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* NULL and errno on failure; EINTR: a signal. */
static char *ask(int terminal, const char *tool, const char *text)
{
	struct termios before, quiet;
	sigset_t ends, mask;
	char *line;
	int why;

	if (tcgetattr(terminal, &before) < 0)
		return NULL;
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	sigprocmask(SIG_BLOCK, &ends, &mask);
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	quiet.c_lflag |= ECHONL;
	tcsetattr(terminal, TCSAFLUSH, &quiet);
	dprintf(terminal, "%s: passphrase of the guest's %.*s: ", tool,
		(int)(strlen(text) - strlen(ASK)), text);
	line = read_line(terminal, &mask);
	why = errno;
	tcsetattr(terminal, TCSAFLUSH, &before);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	errno = why;
	return line;
}

static int ask_all(struct keys *keys, int terminal, const char *tool)
{
	for (size_t i = 0; i < keys->count; i++) {
		char *text = keys->texts[i], *line;

		if (!is_to_ask(text))
			continue;
		line = ask(terminal, tool, text);
		if (!line)
			return -1;
		keys->texts[i] = as_key(text, strlen(text) - strlen(ASK), line);
		free(text);
	}
	keys->asks = false;
	return 0;
}

int keys_ask(struct keys *keys, struct v2v *v, const char *tool,
	struct v2v_error *err)
{
	int terminal, status;

	if (v2v_set_backend(v, keys->backend, err) < 0)
		return -1;
	if (!keys->asks)
		return 0;
	terminal = open(TERMINAL, O_RDWR | O_NOCTTY | O_CLOEXEC);
	status = terminal < 0 ? -1 : ask_all(keys, terminal, tool);
	if (status < 0) {
		err->code = errno == EINTR ? "cancelled" : "key";
		snprintf(err->text, sizeof err->text,
			"--key: cannot ask at the terminal: %s",
			strerror(errno));
	}
	if (terminal >= 0)
		close(terminal);
	return status;
}

void keys_clear(struct keys *keys)
{
	for (size_t i = 0; i < keys->count; i++)
		wipe(keys->texts[i]);
	free(keys->texts);
}
