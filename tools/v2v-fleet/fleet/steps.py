# SPDX-License-Identifier: LGPL-2.1-or-later
"""A pipeline of steps: started, watched, ended with us."""

import collections
import ctypes
import json
import os
import signal
import subprocess
import time

from fleet.error import Failed

# A step of a pipeline that has ended: its status as subprocess has it (-N: by signal N), seconds between the step before it and it.
Result = collections.namedtuple("Result", "step status seconds")

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


def die_with_parent():
    """In a child: SIGTERM, on which a step cleans up, when the job is killed."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def end(processes):
    """End all that still run, politely at first."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    for process in processes:
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def start(commands, source, target, log, env, keep):
    """Start the programs, each with the output of the one before it on its standard input."""
    processes, stdin = [], source
    try:
        for at, command in enumerate(commands):
            is_last = at == len(commands) - 1
            process = subprocess.Popen(command, stdin=stdin, stdout=target if is_last else subprocess.PIPE, stderr=log, env=env,
                                       preexec_fn=die_with_parent, pass_fds=keep)
            if stdin is not source:
                stdin.close()
            stdin = process.stdout
            processes.append(process)
    except OSError as error:
        end(processes)
        raise Failed("child", f"cannot run '{command[0]}': {error.strerror}") from error
    except BaseException:
        end(processes)
        raise
    return processes


def run(commands, source, target, log, env, keep=()):
    """Run a pipeline from the file @source (None: empty) to the file @target; a list of Result.

    A step ends when the one before it has, so the moments at which they end are what each took.
    """
    begun, results = time.monotonic(), []
    with open(source or os.devnull, "rb") as stdin, open(target, "wb") as stdout, open(log, "ab") as stderr:
        processes = start(commands, stdin, stdout, stderr, env, keep)
        try:
            for command, process in zip(commands, processes):
                status = process.wait()
                now = time.monotonic()
                results.append(Result(os.path.basename(command[0]).removeprefix("v2v-"), status, round(now - begun, 3)))
                begun = now
        finally:
            end(processes)
    return results


def messages(log, offset=0):
    """The objects that steps wrote to a log; lines that are none are passed over."""
    with open(log, "rb") as lines:
        lines.seek(offset)
        for line in lines:
            try:
                message = json.loads(line)
            except ValueError:
                continue
            if isinstance(message, dict):
                yield message


def cause(results, log, offset):
    """Why a pipeline failed: the first error of the first step, in their order, that failed; None where none did.

    A step that was called wrongly goes first: the one before it then fails at the pipe.
    """
    failed = [result for result in results if result.status != 0]
    if not failed:
        return None
    said = list(messages(log, offset))
    failed.sort(key=lambda result: result.status != 2)
    for result in failed:
        for message in said:
            if message.get("level") == "error" and message.get("step") == result.step:
                return {"step": result.step, "code": message["code"], "text": message["text"], "retry": message.get("retry", "never")}
    # none but consequences, or a step that had no time to say why
    result = next((result for result in failed if result.status < 0), failed[0])
    how = f"ended by signal {-result.status}" if result.status < 0 else f"failed with status {result.status} and no message"
    return {"step": result.step, "code": "child", "text": f"v2v-{result.step} {how}", "retry": "now"}


def warnings(log, offset):
    """The codes of warnings, each once."""
    return sorted({message["code"] for message in messages(log, offset) if message.get("level") == "warning"})
