#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes hostile inputs, and benign twins of them, into a new directory: make.py DIR.

DIR/cases.json lists them, for run.py.  Each case has
  name, class; path (the argument), args (options before it); tool and stdin for those
  that are documents;
  expect: refused, accepted, warning (accepted, and reported), or safe: either, but nothing else
  may happen; words: one of which the message must contain; never: what nobody may see;
  has: members of the accepted document; quiet: nothing on standard error;
  not_in_place: the disk must have been unpacked; keep: files that must stay.
"""

import pathlib
import sys

import cases_chains
import cases_documents
import cases_extents
import cases_folder
import cases_images
import cases_manifest
import cases_ovf
import cases_packed
import cases_tar
import cases_wrapped
from build import Set
from disks import vmdk


def main():
    if len(sys.argv) != 2 or pathlib.Path(sys.argv[1]).exists():
        sys.exit(f"usage: {sys.argv[0]} NEW-DIRECTORY")
    s = Set(sys.argv[1])
    s.make_outside(vmdk())
    for group in (cases_tar, cases_packed, cases_folder, cases_ovf, cases_manifest, cases_images,
                  cases_extents, cases_chains, cases_wrapped, cases_documents):
        group.make(s)
    s.index()


if __name__ == "__main__":
    main()
