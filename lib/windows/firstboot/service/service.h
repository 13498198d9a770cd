/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The program that runs once in a converted Windows, as a service of
 * LocalSystem: it does the steps beside it (steps.h), each up to three times,
 * and removes itself.  A step that fails does not stop the others.  What is
 * done is on the disk before the next is begun, so that a reboot goes on
 * where it was, and no step is begun more than three times whatever happens.
 * Nothing but Windows' own libraries of XP and later is needed.
 */
#ifndef V2V_FIRSTBOOT_SERVICE_H
#define V2V_FIRSTBOOT_SERVICE_H

#include "windows/firstboot/steps.h"

#include <stdint.h>
#include <stdio.h>
/* Before windows.h, which has the older one. */
#include <winsock2.h>

#include <windows.h>

#define TRIES 3

/* A wide string of one that is a macro. */
#define WIDE_(text) L##text
#define WIDE(text)  WIDE_(text)
#define SERVICE	    WIDE(V2V_FIRSTBOOT_SERVICE)

#define LINE_ROOM 1024 /* characters of a command line */
#define KEY_ROOM  256  /* of a key of the registry */

/* Set when the service is to end: the machine is shut down. */
extern HANDLE stopping;

/* paths.c: the folder of the program, "C:\\Program Files\\v2v-tools"; false: it
 * cannot be known. */
bool paths_init(void);
/* "@folder\\@name". */
void path_beside(const wchar_t *name, wchar_t *path, size_t room);
/* A path of a step, in UTF-8, on the program's drive; false: it is too long. */
bool path_of_step(const char *step, wchar_t *path, size_t room);
/* A program of Windows: "C:\\Windows\\System32\\@name". */
void path_of_system(const wchar_t *name, wchar_t *path, size_t room);

/* log.c: a line with the time, in the file firstboot.log, UTF-8. */
void log_open(void);
void log_line(const char *format, ...)
	__attribute__((format(gnu_printf, 1, 2)));

/* state.c: what is known of step @number, from 1 on; false: it cannot be read.
 */
struct step_state {
	unsigned tries;
	bool is_done;
};
bool state_get(size_t number, struct step_state *ret_state);
/* Written to the disk when it returns; false: it is not. */
bool state_set(size_t number, const struct step_state *state);

/* process.c: run a command line for @seconds at most; then it ends with all
 * that it started.  Its exit code; ERROR_TIMEOUT, or why it did not start. */
DWORD process_run(wchar_t *line, unsigned seconds);

/* cards.c: a network card. */
struct card {
	char guid[64];
	uint64_t luid; /* 0: before Vista */
};
/* The one with the step's MAC: its driver may be another step's work, and take
 * a while to be used. */
DWORD card_wait(const struct v2v_firstboot_step *step, struct card *ret_card);
/* Windows reads what is set for it. */
void card_restart(const struct card *card);

/* programs.c, network.c, network6.c, disks.c, tools.c: steps.  0: done; else an
 * error as Windows counts them. */
DWORD step_driver(const struct v2v_firstboot_step *step);
DWORD step_install(const struct v2v_firstboot_step *step);
DWORD step_run(const struct v2v_firstboot_step *step);
DWORD step_network(const struct v2v_firstboot_step *step);
DWORD step_network6(const struct v2v_firstboot_step *step);
DWORD step_san(const struct v2v_firstboot_step *step);
DWORD step_disks(const struct v2v_firstboot_step *step);
DWORD step_remove_tools(const struct v2v_firstboot_step *step);

/* run.c: all steps.  False: it was stopped before the last was done. */
bool run_steps(void);

/* remove.c: the service, and the files that are not needed any more. */
void remove_all(void);
#endif
