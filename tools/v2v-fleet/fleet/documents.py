# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the documents say that the steps write."""

import json


def read(path):
    """The documents in a file, one a line."""
    with open(path, encoding="utf-8", errors="surrogateescape") as lines:
        return [json.loads(line) for line in lines]


def as_text(documents):
    """The same, to be written."""
    return "".join(json.dumps(document) + "\n" for document in documents)


def bytes_of(documents, member):
    """The sum of "estimated_size" or "actual_size" of all targets."""
    return sum(target.get(member) or 0 for document in documents for target in document.get("targets", []))


def blockers_of(documents):
    """The findings because of which a machine cannot be converted."""
    return [finding for document in documents for finding in document.get("inspect", {}).get("findings", [])
            if finding["level"] == "blocker"]
