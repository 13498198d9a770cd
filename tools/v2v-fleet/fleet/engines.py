# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who starts the jobs: this program, GNU parallel, or Slurm.  Each engine runs `v2v-fleet job` for each of a list of (input, how)."""

import contextlib
import itertools
import os
import re
import shlex
import signal
import subprocess
import sys
import time

from fleet import files
from fleet.error import Failed
from fleet.options import DEFAULTS

MEMORY = DEFAULTS["memory"] << 20  # of a job, by the backends that are emulated; User-mode Linux needs a fifth of it
MAX_ARRAY = 1000  # tasks; Slurm's MaxArraySize is one more unless it was set


def default_jobs():
    """As many as there are processors and memory for."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, min(len(os.sched_getaffinity(0)), memory // MEMORY))


def job_command(run, how, *which):
    """The job of one machine."""
    tail = ["--", *how["words"]] if how["words"] else []
    return [run["program"], "job", "-o", run["out"], *(["--no-convert"] if how["no_convert"] else []),
            *(["--name-by-file"] if how["name_by_file"] else []), *which, *tail]


def environment(engine):
    """Of the jobs."""
    return dict(os.environ, V2V_FLEET_ENGINE=engine)


def local(run, machines):
    """Children of ours, a number of them at a time."""
    running, waiting = {}, list(machines)
    try:
        while waiting or running:
            while waiting and len(running) < run["jobs"]:
                path, how = waiting.pop(0)
                process = subprocess.Popen(job_command(run, how, path), stdin=subprocess.DEVNULL, env=environment("local"))
                running[process.pid] = process
            pid, status = os.wait()
            if pid in running:
                running.pop(pid).returncode = os.waitstatus_to_exitcode(status)
    finally:
        for process in running.values():
            process.terminate()
        for process in running.values():
            process.wait()


def parallel(run, machines):
    """GNU parallel, here or with ssh on other hosts that see the same files.  Each job is a line of shell on its standard input: in a
    command it would replace {}, {#}, {= perl =} and so on, also within the names of files."""
    command = ["parallel", "--will-cite", "--jobs", str(run["jobs"]), "--termseq", "TERM,20000,KILL,25", "--null"]
    for login in run["sshlogin"]:
        command += ["--sshlogin", login]
    if run["sshlogin"]:
        command += ["--env", "V2V_FLEET_ENGINE"]
    jobs = "".join(shlex.join(job_command(run, how, path)) + "\0" for path, how in machines)
    try:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, env=dict(environment("parallel"), PARALLEL_SHELL="/bin/sh"))
    except FileNotFoundError as error:
        raise Failed("child", "GNU parallel is not installed") from error
    try:
        process.communicate(os.fsencode(jobs))
    except BaseException:
        # the second one has it end its jobs
        for _ in range(2):
            process.send_signal(signal.SIGTERM)
            time.sleep(0.2)
        process.wait()
        raise


def batch_script(run, how, base, count):
    """What sbatch reads: an array of @count lines of the list, behind the first @base."""
    quoted = shlex.join(job_command(run, how, "--list", run["list"], "--index", "@INDEX@"))
    lines = ["#!/bin/sh", f"#SBATCH --job-name=v2v-fleet-{run['unique']}", f"#SBATCH --array=1-{count}%{run['jobs']}",
             "#SBATCH --open-mode=append", "#SBATCH --requeue", f"#SBATCH --cpus-per-task={run['cpus']}",
             f"#SBATCH --mem={run['memory']}M", "#SBATCH --signal=B:TERM@60"]
    return "\n".join([*lines, "export V2V_FLEET_ENGINE=slurm",
                      f"exec {quoted}".replace("--index @INDEX@", f'--index "$(({base} + SLURM_ARRAY_TASK_ID))"'), ""])


def slurm_said(command, text=None):
    """The output of a program of Slurm's."""
    try:
        done = subprocess.run(command, input=text and os.fsencode(text), capture_output=True, check=False)
    except FileNotFoundError as error:
        raise Failed("child", f"'{command[0]}' is not installed") from error
    if done.returncode != 0:
        raise Failed("child", f"{command[0]}: {os.fsdecode(done.stderr).strip()}")
    return os.fsdecode(done.stdout)


def arrays_of(machines):
    """A long list needs several arrays, and so do machines that are not converted alike: (how, base, count) of each."""
    base = 0
    for how, group in itertools.groupby(how for _, how in machines):
        left = len(list(group))
        while left:
            count = min(left, MAX_ARRAY)
            yield how, base, count
            base, left = base + count, left - count


def submit(run, machines, numbers):
    """Append the numbers of the array jobs to @numbers.  Each waits for the end of the one before it, so that -j is that of all."""
    # % in a file name must not be read as a pattern by Slurm
    options = [f"--output={run['folder'].replace('%', '%%')}/{run['unique']}-%A_%a.out"]
    if run["license"]:
        options.append(f"--licenses={run['license']}:1")
    for how, base, count in arrays_of(machines):
        after = [f"--dependency=afterany:{numbers[-1]}"] if numbers else []
        said = slurm_said(["sbatch", "--parsable", *options, *after, *run["sbatch"]], batch_script(run, how, base, count))
        number = said.strip().split(";")[0]
        if not re.fullmatch(r"[0-9]+", number):
            raise Failed("child", f"sbatch: unexpected answer '{number}'")
        numbers.append(number)
        print(f"v2v-fleet: submitted as job {number} of Slurm", file=sys.stderr)


def is_queued(number):
    """Is a job waiting or running?  One that has long ended is not known any more."""
    try:
        return bool(slurm_said(["squeue", "--noheader", "--jobs", number]).strip())
    except Failed as failure:
        if "Invalid job id" in failure.text:
            return False
        raise


def wait_for(number):
    """Until a job is queued no more.  A controller that does not answer may be one that starts again: for ten minutes it is asked."""
    silent = 0
    while silent < 600:
        try:
            if not is_queued(number):
                return
            silent = 0
        except Failed:
            silent += 1
            if silent == 600:
                raise
        time.sleep(1)


def cancel(run, numbers):
    """End all that was submitted, also by an sbatch that was ended before it said its number, and wait until it has cleaned up."""
    for which in (numbers, [f"--name=v2v-fleet-{run['unique']}"]):
        with contextlib.suppress(Failed):
            if which:
                slurm_said(["scancel", *which])
    for number in numbers:
        with contextlib.suppress(Failed):
            wait_for(number)


def tidy(run):
    """Remove the list of a run that has ended, and what Slurm made for output that never came."""
    for entry in os.listdir(run["folder"]):
        path = os.path.join(run["folder"], entry)
        if path == run["list"] or entry.startswith(run["unique"] + "-") and os.path.getsize(path) == 0:
            os.unlink(path)


def slurm(run, machines):
    """Array jobs; waits for them, unless that is not wanted."""
    if re.search(r"[\\\x00-\x1f\x7f]", run["folder"]):
        raise Failed("file-name", f"'{run['out']}' has a backslash or a control character in its name, which Slurm cannot have")
    # each run has a name and a list of its own: Slurm reads the list when a task begins
    run = dict(run, unique=f"run-{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}")
    run["list"] = os.path.join(run["folder"], f"{run['unique']}.list")
    numbers = []
    try:
        files.write_text(run["list"], "".join(path + "\n" for path, _ in machines))
        submit(run, machines, numbers)
        if run["no_wait"]:
            return
        for number in numbers:
            wait_for(number)
    except BaseException:
        cancel(run, numbers)
        tidy(run)
        raise
    tidy(run)


ENGINES = {"local": local, "parallel": parallel, "slurm": slurm}
