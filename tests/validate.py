#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Validates the documents on standard input against the project's JSON Schema."""

import json
import pathlib
import sys

import jsonschema

SCHEMA = pathlib.Path(__file__).parent.parent / "lib/v2v-document.schema.json"


def documents(text):
    decoder, at = json.JSONDecoder(), 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        document, at = decoder.raw_decode(text, at)
        yield document


def main():
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    count, bad = 0, 0
    for document in documents(sys.stdin.read()):
        count += 1
        for error in validator.iter_errors(document):
            bad += 1
            where = "/".join(str(part) for part in error.absolute_path)
            print(f"document {count}: {where}: {error.message}", file=sys.stderr)
    if count == 0:
        print("no document", file=sys.stderr)
    return 1 if bad or not count else 0


if __name__ == "__main__":
    sys.exit(main())
