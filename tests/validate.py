#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Validates the documents on standard input against the project's JSON Schema, with --messages lines of --messages=json against
theirs; with --schema [FILE] a schema itself."""

import json
import pathlib
import sys

import jsonschema

MESSAGES = pathlib.Path(__file__).parent.parent / "lib/v2v-messages.schema.json"
SCHEMA = pathlib.Path(__file__).parent.parent / "lib/v2v-document.schema.json"


def documents(text):
    decoder, at = json.JSONDecoder(), 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        document, at = decoder.raw_decode(text, at)
        yield document


KNOWN = {*jsonschema.Draft202012Validator.VALIDATORS, "then", "else", "$schema", "$id", "$defs", "title", "description", "examples", "default",
         "$comment"}


def subschemas(schema, place="#"):
    """Each schema inside of the schema, with its place."""
    if not isinstance(schema, dict):
        return
    yield place, schema
    for key in ("properties", "$defs", "patternProperties"):
        for name, below in schema.get(key, {}).items():
            yield from subschemas(below, f"{place}/{key}/{name}")
    for key in ("items", "additionalProperties", "contains", "not", "if", "then", "else"):
        yield from subschemas(schema.get(key), f"{place}/{key}")
    for key in ("oneOf", "anyOf", "allOf", "prefixItems"):
        for number, below in enumerate(schema.get(key, [])):
            yield from subschemas(below, f"{place}/{key}/{number}")


def check_schema(schema):
    """What is wrong with the schema, a line each."""
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        yield f"{error.json_path}: {error.message} (not valid)"
        return
    if "$id" not in schema:
        yield "#: no $id"
    used = set()
    for place, below in subschemas(schema):
        yield from (f"{place}: unknown keyword {key}" for key in below.keys() - KNOWN)
        if below.get("additionalProperties", True) is False or "properties" in below:
            yield from (f"{place}: required, but unknown: {name}"
                        for name in below.get("required", []) if name not in below.get("properties", {}))
        if not place.endswith(("/if", "/then", "/else", "/not")):  # conditions, which describe nothing
            yield from (f"{place}/properties/{name}: no description"
                        for name, member in below.get("properties", {}).items() if not str(member.get("description", "")).strip())
        used.add(below.get("$ref"))
    defined = {f"#/$defs/{name}" for name in schema.get("$defs", {})}
    used.discard(None)
    yield from (f"not defined: {name}" for name in used - defined)
    yield from (f"never used: {name}" for name in defined - used)


def main():
    if sys.argv[1:2] == ["--schema"]:
        faults = list(check_schema(json.loads(pathlib.Path(*sys.argv[2:] or [SCHEMA]).read_text())))
        print(*faults, sep="\n")
        return 1 if faults else 0
    schema = json.loads((MESSAGES if sys.argv[1:] == ["--messages"] else SCHEMA).read_text())
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
