#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Convert the machines of an OVA: convert.py x.ova /vm."""

import sys

import v2v


def tell(message: v2v.Message) -> None:
    if message.level != "debug":
        print(f"{message.step}: {message.level}: {message.text}", file=sys.stderr)


def convert(ova: str, directory: str) -> None:
    with v2v.Handle(on_message=tell) as handle:
        for machine in handle.unpack(ova):
            machine = handle.inspect(handle.overlay(machine))
            machine = handle.estimate(machine, out_dir=directory)
            machine = handle.copy(handle.convert(machine), directory)
            machine = handle.meta(machine)
            print(machine["source"]["name"], *machine["metadata"]["files"])


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(f"usage: {sys.argv[0]} OVA DIRECTORY")
    try:
        convert(*sys.argv[1:])
    except v2v.Error as error:
        sys.exit(f"{error} [{error.code}]")
