# SPDX-License-Identifier: LGPL-2.1-or-later
"""The commands of v2v-fleet."""

import os
import sys

from fleet import engines, job, options, plan, report, run, signals
from fleet.error import Ended, Failed, masked, reason
from fleet.place import Place


def settings_of(given, program):
    """How machines are run; None: not said."""
    settings = {name: getattr(given, name, None) for name in (*options.DEFAULTS, *options.HOW)}
    settings["words"] = given.words or None
    return dict(settings, program=program, no_wait=bool(given.no_wait))


def run_job(place, given):
    """One machine."""
    if given.files:
        path = given.files[0]
    else:
        paths = run.read_list(given.list)
        if given.index > len(paths):
            raise Failed("no-file", f"'{given.list}' has no line {given.index}")
        path = paths[given.index - 1]
    how = {"words": given.words, "no_convert": bool(given.no_convert), "name_by_file": bool(given.name_by_file)}
    return job.run(place, path, how, given.options)


def run_command(given, program):
    """The command, whose exit status it is."""
    place = Place(given.output)
    if given.command == "plan":
        signals.catch()
        paths = given.files + (run.read_list(given.list) if given.list else [])
        return plan.run(place.out, paths, given.options, given.jobs or engines.default_jobs(), given.simulate)
    if given.command == "run":
        return run.run(place, run.read_list(given.files[0]), settings_of(given, program))
    if given.command == "job":
        return run_job(place, given)
    if given.command == "retry":
        return run.retry(place, settings_of(given, program), bool(given.all), bool(given.dry_run))
    if given.command == "report":
        return report.run(place, {name: getattr(given, name) for name in ("json", "csv", "html", "prometheus")})
    return report.run(place)


def told(text):
    """The status of a command that failed, with the one line that says why."""
    print(f"v2v-fleet: {masked(text)}", file=sys.stderr)
    return 1


def close_output():
    """What could not be written is not tried once more when the interpreter ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def status_of(given, program):
    """The exit status of a command, all of whose output is written."""
    try:
        status = run_command(given, program)
        sys.stdout.flush()
        return status
    except Failed as failure:
        return told(failure.text)
    except OSError as error:
        if error.filename is not None:
            return told(reason(error))
        close_output()
        return told(f"standard output: {error.strerror}")
    finally:
        signals.ignore()


def main(argv, version):
    """The exit status: 0 all done, 1 not all, 2 called wrongly."""
    given = options.parse(argv, version)
    program = os.path.abspath(argv[0])
    # the steps are those beside this program
    os.environ["PATH"] = os.path.dirname(program) + os.pathsep + os.environ.get("PATH", os.defpath)
    sys.stdout.reconfigure(errors="surrogateescape")
    try:
        return status_of(given, program)
    except Ended as ended:
        return 128 + ended.signum
