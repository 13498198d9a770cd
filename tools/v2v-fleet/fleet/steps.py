# SPDX-License-Identifier: LGPL-2.1-or-later
"""A pipeline of steps: started, watched, ended with us."""

import collections
import json
import os
import signal
import subprocess
import time

from fleet import files
from fleet.error import Failed, retry_of

# A step of a pipeline that has ended: its status as subprocess has it (-N: by signal N), seconds between the step before it and it.
Result = collections.namedtuple("Result", "step status seconds")

PR_SET_PDEATHSIG = 1


def die_with_parent():
    """In a child: SIGTERM, on which a step cleans up, when the job is killed."""
    files.LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


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


def command(step, options, *more):
    """A step with the user's options, then ours, which go before them."""
    return [f"v2v-{step}", "--messages=json", "--times", *options.get(step, []), *more]


class Pipeline:
    """Programs, each with the output of the one before it on its standard input; from the file @source (None: empty) to @target.  Only
    for a process without threads: those are not there in the child that sets its parent-death signal."""

    def __init__(self, commands, source, target, log, env, keep=()):
        self.commands, self.processes, self.begun = commands, [], time.monotonic()
        with open(source or os.devnull, "rb") as stdin, open(target, "wb") as stdout, open(log, "ab") as stderr:
            try:
                self.start(stdin, stdout, stderr, env, keep)
            except BaseException:
                self.end()
                raise

    def start(self, source, target, log, env, keep):
        """Start them all."""
        stdin = source
        for words in self.commands:
            is_last = words is self.commands[-1]
            try:
                process = subprocess.Popen(words, stdin=stdin, stdout=target if is_last else subprocess.PIPE, stderr=log, env=env,
                                           preexec_fn=die_with_parent, pass_fds=keep)
            except OSError as error:
                raise Failed("child", f"cannot run '{words[0]}': {error.strerror}") from error
            self.processes.append(process)
            if stdin is not source:
                stdin.close()
            stdin = process.stdout

    def end(self):
        """End what still runs."""
        end(self.processes)

    def is_over(self):
        """Have all of them ended?"""
        return all([process.poll() is not None for process in self.processes])

    def results(self):
        """A Result of each, once they have ended.  A step ends when the one before it has, so the moments at which they end are what each
        took."""
        results, begun = [], self.begun
        for words, process in zip(self.commands, self.processes):
            status = process.wait()
            now = time.monotonic()
            results.append(Result(os.path.basename(words[0]).removeprefix("v2v-"), status, round(now - begun, 3)))
            begun = now
        return results


def run(*arguments):
    """Run a Pipeline; its results."""
    pipeline = Pipeline(*arguments)
    try:
        return pipeline.results()
    finally:
        pipeline.end()


def messages(log, offset=0):
    """The objects that steps wrote to a log; lines that are none are passed over."""
    if not os.path.exists(log):
        return
    with open(log, "rb") as lines:
        lines.seek(offset)
        for line in lines:
            try:
                message = json.loads(line)
            except (ValueError, RecursionError):
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
                return {"step": result.step, "code": str(message.get("code")), "text": str(message.get("text")),
                        "retry": message.get("retry", "never")}
    # none but consequences, or a step that had no time to say why
    result = next((result for result in failed if result.status < 0), failed[0])
    how = f"ended by signal {-result.status}" if result.status < 0 else f"failed with status {result.status} and no message"
    return {"step": result.step, "code": "child", "text": f"v2v-{result.step} {how}", "retry": retry_of("child")}


def warnings(log, offset):
    """The codes of warnings, each once."""
    return sorted({message["code"] for message in messages(log, offset) if message.get("level") == "warning"})
