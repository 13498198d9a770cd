# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command line: one table of options, and which commands have each."""

import argparse
import os
import sys

STEPS = ("unpack", "inspect", "estimate", "convert", "copy", "meta")
COMMANDS = {
    "plan": "look into machines and sort them into waves",
    "run": "convert the machines of a list",
    "job": "convert one machine: what engines start",
    "status": "a line for each machine",
    "report": "what has become of all",
    "retry": "run those again that may succeed now",
}
RUN = ("run", "retry")
# Letter, name, argument, commands, help, more for argparse.
OPTIONS = (
    ("o", "output", "DIR", tuple(COMMANDS), "The directory of the new disks, of their metadata and of the states", {}),
    ("l", "list", "FILE", ("plan", "job"), "Inputs, one a line", {}),
    ("j", "jobs", "N", ("plan", *RUN), "Machines at a time", {"type": int}),
    ("e", "engine", "local|parallel|slurm", RUN, "What starts the jobs", {"choices": ("local", "parallel", "slurm")}),
    (None, "sshlogin", "LOGIN", RUN, "A host of GNU parallel; can be repeated", {"action": "append"}),
    (None, "license", "NAME", RUN, "A license of Slurm's that each job needs", {}),
    (None, "cpus", "N", RUN, "Processors of a job of Slurm's", {"type": int}),
    (None, "memory", "MIB", RUN, "Memory of a job of Slurm's, in MiB", {"type": int}),
    (None, "sbatch", "OPTION", RUN, "An option for sbatch; can be repeated", {"action": "append"}),
    (None, "no-wait", None, RUN, "Do not wait for Slurm", {"action": "store_true"}),
    (None, "no-convert", None, ("run", "job", "retry"), "Copy only: machines keep the devices they had", {"action": "store_true"}),
    (None, "name-by-file", None, ("run", "job", "retry"), "Machines are called like their files", {"action": "store_true"}),
    (None, "index", "N", ("job",), "Which line of the list", {"type": int}),
    (None, "simulate", "DIR", ("plan",), "How long each wave takes, from the times of the fleet in DIR", {}),
    (None, "all", None, ("retry",), "Those that will fail again, too", {"action": "store_true"}),
    (None, "dry-run", None, ("retry",), "Print which these are", {"action": "store_true"}),
    (None, "json", None, ("report",), "Every state, and the figures, as JSON", {"action": "store_true"}),
    (None, "csv", None, ("report",), "A row for each machine", {"action": "store_true"}),
    (None, "html", "FILE", ("report",), "Write v2v-meta's page of all machines", {}),
    (None, "prometheus", "FILE", ("report",), "Write the figures for node_exporter", {}),
)
# How a run goes, which the next retry takes over; and how its machines are converted, which each of them keeps.
DEFAULTS = {"engine": "local", "jobs": None, "sshlogin": [], "license": None, "cpus": 1, "memory": 1200, "sbatch": []}
HOW = {"words": [], "no_convert": False, "name_by_file": False}


class Parser(argparse.ArgumentParser):
    """Errors in one line, in the form of the other programs."""

    def error(self, message):
        print(f"v2v-fleet: {message}\nTry `v2v-fleet --help' for more information.", file=sys.stderr)
        sys.exit(2)


def print_help():
    """In argp's form, from which the completions are made."""
    print("Usage: v2v-fleet COMMAND [OPTION...] [FILE...]\n  or:  v2v-fleet COMMAND [OPTION...] [FILE...] -- v2v-STEP OPTION...\n"
          "Takes many machines through the steps of v2v-tools.\n\nCommands:")
    for name, text in COMMANDS.items():
        print(f"  {name:10} {text}")
    print("\nOptions:")
    rows = [*OPTIONS, ("?", "help", None, (), "Give this help list", {}), (None, "usage", None, (), "Give a short usage message", {}),
            ("V", "version", None, (), "Print program version", {})]
    for letter, name, argument, commands, text, _ in rows:
        left = f"-{letter}, " if letter else "    "
        value = f"={argument}" if argument else ""
        which = f" ({', '.join(commands)})" if commands and len(commands) < len(COMMANDS) else ""
        print(f"  {left}--{name + value:29} {text}{which}")


def words_of(words, error):
    """The options of the steps: `v2v-copy --compress v2v-meta -t qemu` as a list for each step."""
    options, step = {}, None
    for word in words:
        if word.removeprefix("v2v-") in STEPS and word.startswith("v2v-"):
            step = word.removeprefix("v2v-")
        elif step is None:
            error(f"'{word}': behind -- the name of a step is expected, such as v2v-convert")
        else:
            options.setdefault(step, []).append(word)
    return options


def check(given, parser):
    """What only fits another command, what is missing, and what is out of range."""
    for _, name, _, commands, _, _ in OPTIONS:
        if getattr(given, name.replace("-", "_")) not in (None, False) and given.command not in commands:
            parser.error(f"--{name} is not an option of {given.command}")
    if not given.output:
        parser.error("-o DIR is missing")
    if not os.path.isdir(given.output):
        parser.error(f"-o: '{given.output}' is not a directory")
    for name in ("jobs", "cpus", "memory", "index"):
        if getattr(given, name) is not None and getattr(given, name) < 1:
            parser.error(f"--{name}: '{getattr(given, name)}' is not a number from 1 on")
    if given.command in ("status", "report", "retry") and given.files:
        parser.error(f"'{given.files[0]}': too many arguments")
    if given.command == "run" and len(given.files) != 1:
        parser.error("a list is expected, one file")
    by_list = [given.list, given.index].count(None)
    if given.command == "job" and (len(given.files), by_list) not in ((1, 2), (0, 0)):
        parser.error("one machine is expected: its file, or --list and --index")
    if given.no_wait and given.engine != "slurm" and (given.engine or given.command == "run"):
        parser.error("--no-wait is an option of the engine slurm")
    if [given.json, given.csv, given.prometheus == "-"].count(True) > 1:
        parser.error("--json, --csv and --prometheus - do not go together")
    if given.command == "plan" and not given.files and not given.list:
        parser.error("which machines? Their files, or --list FILE")


def parse(argv, version):
    """The options of a command line, as argparse gives them, with `words` and `options` of the steps."""
    parser = Parser(prog="v2v-fleet", add_help=False)
    own, words = (argv[1:argv.index("--")], argv[argv.index("--") + 1:]) if "--" in argv else (argv[1:], [])
    if any(word in ("--help", "-?") for word in own):
        print_help()
        sys.exit(0)
    if any(word in ("--version", "-V") for word in own):
        print(f"v2v-fleet (v2v-tools) {version}")
        sys.exit(0)
    if "--usage" in own:
        print("Usage: v2v-fleet COMMAND [OPTION...] [FILE...] [-- v2v-STEP OPTION...]")
        sys.exit(0)
    parser.add_argument("command", choices=tuple(COMMANDS))
    parser.add_argument("files", nargs="*")
    for letter, name, _, _, _, more in OPTIONS:
        parser.add_argument(*([f"-{letter}"] if letter else []), f"--{name}", default=None, **more)
    given = parser.parse_intermixed_args(own)
    check(given, parser)
    given.words = words
    given.options = words_of(words, parser.error)
    return given
