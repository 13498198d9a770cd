# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who starts the jobs: this program, GNU parallel, or Slurm.  Each engine runs `v2v-fleet job` for every line of a list."""

import os
import re
import signal
import subprocess
import sys
import time

from fleet.error import Ended, Failed

MEMORY = 1200 << 20  # of a job, by the backends that are emulated; User-mode Linux needs a fifth of it
MAX_ARRAY = 1000  # tasks; Slurm's MaxArraySize is one more unless it was set


def default_jobs():
    """As many as there are processors and memory for."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, min(len(os.sched_getaffinity(0)), memory // MEMORY))


def job_command(run, index):
    """The job of one line of the list."""
    tail = ["--", *run["words"]] if run["words"] else []
    return [run["program"], "job", "--list", run["list"], "--index", str(index), "-o", run["out"],
            *(["--no-convert"] if run["no_convert"] else []), *(["--name-by-file"] if run["name_by_file"] else []), *tail]


def environment(engine):
    """Of the jobs."""
    return dict(os.environ, V2V_FLEET_ENGINE=engine)


def local(run, count):
    """Children of ours, a number of them at a time."""
    running, index = {}, 0
    try:
        while index < count or running:
            while index < count and len(running) < run["jobs"]:
                index += 1
                process = subprocess.Popen(job_command(run, index), stdin=subprocess.DEVNULL, env=environment("local"))
                running[process.pid] = process
            pid, status = os.wait()
            if pid in running:
                running.pop(pid).returncode = os.waitstatus_to_exitcode(status)
    finally:
        for process in running.values():
            process.terminate()
        for process in running.values():
            process.wait()


def parallel(run, count):
    """GNU parallel, here or with ssh on other hosts that see the same files."""
    command = ["parallel", "--will-cite", "--jobs", str(run["jobs"]), "--termseq", "TERM,20000,KILL,25",
               "--quote"]
    for login in run["sshlogin"]:
        command += ["--sshlogin", login]
    if run["sshlogin"]:
        command += ["--env", "V2V_FLEET_ENGINE"]
    numbers = "".join(f"{index}\n" for index in range(1, count + 1))
    try:
        process = subprocess.Popen([*command, *job_command(run, "{}")], stdin=subprocess.PIPE, env=environment("parallel"), text=True)
    except FileNotFoundError as error:
        raise Failed("child", "GNU parallel is not installed") from error
    try:
        process.communicate(numbers)
    except BaseException:
        # the second one has it end its jobs
        for _ in range(2):
            process.send_signal(signal.SIGTERM)
            time.sleep(0.2)
        process.wait()
        raise


def batch_script(run, first, last):
    """What sbatch reads: an array of the lines @first to @last of the list."""
    quoted = " ".join("'" + word.replace("'", "'\\''") + "'" for word in job_command(run, "@INDEX@"))
    lines = ["#!/bin/sh", "#SBATCH --job-name=v2v-fleet", f"#SBATCH --array={first}-{last}%{run['jobs']}",
             f"#SBATCH --output={run['slurm_log']}", "#SBATCH --open-mode=append", "#SBATCH --requeue",
             f"#SBATCH --cpus-per-task={run['cpus']}", f"#SBATCH --mem={run['memory']}M", "#SBATCH --signal=B:TERM@60"]
    if run["license"]:
        lines.append(f"#SBATCH --licenses={run['license']}:1")
    return "\n".join([*lines, "export V2V_FLEET_ENGINE=slurm",
                      f"exec {quoted}".replace("'@INDEX@'", f'"$(({run["base"]} + SLURM_ARRAY_TASK_ID))"'), ""])


def slurm_said(command, text=None):
    """The output of a program of Slurm's."""
    try:
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise Failed("child", f"'{command[0]}' is not installed") from error
    if done.returncode != 0:
        raise Failed("child", f"{command[0]}: {done.stderr.strip()}")
    return done.stdout


def submit(run, count):
    """The numbers of the array jobs; a long list needs several."""
    numbers = []
    for base in range(0, count, MAX_ARRAY):
        script = batch_script(dict(run, base=base), 1, min(MAX_ARRAY, count - base))
        number = slurm_said(["sbatch", "--parsable", *run["sbatch"]], script).strip().split(";")[0]
        if not re.fullmatch(r"[0-9]+", number):
            raise Failed("child", f"sbatch: unexpected answer '{number}'")
        numbers.append(number)
        print(f"v2v-fleet: submitted as job {number} of Slurm", file=sys.stderr)
    return numbers


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


def slurm(run, count):
    """Array jobs; waits for them, unless that is not wanted."""
    numbers = submit(run, count)
    if run["no_wait"]:
        return
    try:
        for number in numbers:
            wait_for(number)
    except Ended:
        slurm_said(["scancel", *numbers])
        raise


ENGINES = {"local": local, "parallel": parallel, "slurm": slurm}
