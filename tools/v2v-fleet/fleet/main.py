# SPDX-License-Identifier: LGPL-2.1-or-later
"""The commands of v2v-fleet."""

import os
import sys

from fleet import engines, job, options, plan, report, run
from fleet.error import Ended, Failed, masked
from fleet.place import Place


def settings_of(given, program):
    """How machines are run; None: not said."""
    settings = {name: getattr(given, name, None) for name in options.DEFAULTS}
    settings["words"] = given.words or None
    return dict(settings, program=program, no_wait=bool(given.no_wait))


def with_defaults(settings):
    """What was not said."""
    filled = {name: options.DEFAULTS.get(name) if value is None else value for name, value in settings.items()}
    filled["jobs"] = filled["jobs"] or engines.default_jobs()
    return filled


def run_job(place, given):
    """One machine."""
    if given.files:
        path = given.files[0]
    else:
        paths = run.read_list(given.list)
        if given.index > len(paths):
            raise Failed("no-file", f"'{given.list}' has no line {given.index}")
        path = paths[given.index - 1]
    return job.run(place, path, job.How(given.options, not given.no_convert, bool(given.name_by_file)))


def run_command(given, program):
    """The command, whose exit status it is."""
    place = Place(given.output)
    if given.command == "plan":
        job.catch_signals()
        paths = given.files + (run.read_list(given.list) if given.list else [])
        return plan.run(place.out, paths, given.options, given.jobs or engines.default_jobs(), given.simulate)
    if given.command == "run":
        return run.run(place, run.read_list(given.files[0]), with_defaults(settings_of(given, program)))
    if given.command == "job":
        return run_job(place, given)
    if given.command == "retry":
        return run.retry(place, settings_of(given, program), bool(given.all), bool(given.dry_run))
    if given.command == "report":
        return report.run(place, {name: getattr(given, name) for name in ("json", "csv", "html", "prometheus")})
    return report.status(place)


def main(argv, version):
    """The exit status: 0 all done, 1 not all, 2 called wrongly."""
    given = options.parse(argv, version)
    program = os.path.abspath(argv[0])
    # the steps are those beside this program
    os.environ["PATH"] = os.path.dirname(program) + os.pathsep + os.environ.get("PATH", os.defpath)
    try:
        return run_command(given, program)
    except Failed as failure:
        print(f"v2v-fleet: {masked(failure.text)}", file=sys.stderr)
        return 1
    except Ended as ended:
        return 128 + ended.signum
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        print(f"v2v-fleet: '{masked(str(error.filename))}': {error.strerror}", file=sys.stderr)
        return 1
