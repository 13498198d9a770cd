# SPDX-License-Identifier: LGPL-2.1-or-later
"""Changes of a document, one member each, by the schema."""

import copy
import os

import jsonschema

NUMBERS = [0, 1, -1, 511, 1 << 31, 1 << 32, (1 << 53) + 1, (1 << 63) - 1, -(1 << 63)]
TYPES = [None, True, 17, 1.5, "text", [], {}, [None], {"a": None}]


def at(document, path):
    for part in path:
        document = document[part]
    return document


def resolve(schema, root, value):
    """The schema of the value: behind references, and of one-of the first that fits."""
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    for one in schema.get("oneOf", []):
        one = resolve(one, root, value)
        if jsonschema.Draft202012Validator({**one, "$defs": root["$defs"]}).is_valid(value):
            return one
    return schema


def complete(schema, root, value):
    """The value with each member that the schema knows: what it says nothing of is not known."""
    schema = resolve(schema, root, value)
    if isinstance(value, list):
        return [complete(schema["items"], root, one) for one in value] if "items" in schema else value
    if not isinstance(value, dict):
        return value
    new = {k: complete(schema.get("properties", {}).get(k, {}), root, v) for k, v in value.items()}
    for name, below in schema.get("properties", {}).items():
        if name not in new:
            kinds = [k for k in (None, False, 0, [], "") if jsonschema.Draft202012Validator(
                {**below, "$defs": root["$defs"]}).is_valid(k)]
            if kinds:
                new[name] = kinds[0]
    return new


def members(schema, root, value, path=()):
    """Each place of the value that the schema knows."""
    schema = resolve(schema, root, value)
    yield path, schema, value
    if isinstance(value, dict):
        for name, below in schema.get("properties", {}).items():
            if name in value:
                yield from members(below, root, value[name], (*path, name))
    elif isinstance(value, list) and value and "items" in schema:
        yield from members(schema["items"], root, value[0], (*path, 0))


def texts(site):
    other = site.other
    return ["", "x" * 5000, "a\x1b[31m\n\x9b\x7fb", "a\0b", "relative", "../../outside/secret", "/proc", "-o", "no-such-word", "ffff",
            os.path.join(site.outside, "secret"), os.path.join(site.outside, "none"), site.disk, "/dev/zero", "/proc/self/mem",
            'json:{"driver":"file","filename":"/etc/passwd"}', "nbd://127.0.0.1:9/x", other["workdir"],
            other["overlays"][0]["file"], other["source"]["disks"][0]["file"], "\u202e\u0085\U0001f4a9", "<a>&b;\"'"]


def values(site, schema, value):
    """Instead of the value."""
    yield from TYPES
    if isinstance(value, bool):
        return
    if isinstance(value, int) or "integer" in schema.get("type", []):
        yield from NUMBERS
    if isinstance(value, str) or "string" in schema.get("type", []):
        yield from texts(site)
    if isinstance(value, list):
        yield from ([value[0]] * 2, [value[0]] * 3000, value + [17]) if value else ()
    if isinstance(value, dict):
        yield {**value, "not-known": {"kept": [1, None, "x"]}}
        yield {**dict.fromkeys(value), "other": 1}


def mutations(site, root, document):
    """(title, changed document): each has one member that is not as it was."""
    def changed(path, change):
        new = copy.deepcopy(document)
        change(at(new, path[:-1]), path[-1])
        return new

    for path, schema, value in members(root, root, document):
        if not path:
            continue
        title = ".".join(map(str, path))
        if isinstance(path[-1], str):
            yield f"{title} left out", changed(path, lambda holder, key: holder.pop(key))
        for number, new in enumerate(values(site, schema, value)):
            if new != value or type(new) is not type(value):
                yield f"{title} #{number} {str(new)[:40]!r}", changed(path, lambda holder, key, new=new: holder.__setitem__(key, new))
    # Whole sections of another machine.  Who has its workdir and that one's id has its document.
    for name in ("workdir", "workdir_id", "source", "overlays"):
        yield f"{name} of another machine", {**document, name: site.other[name]}
    yield "workdir of another machine, no id", {k: site.other[k] if k == "workdir" else v
                                                for k, v in document.items() if k != "workdir_id"}
    for disk in ({"id": 7}, {"id": 1}, {"file": None, "format": None}, {"offset": 512, "size": 1024}, {"format": "qcow2"}):
        yield f"another disk {disk}", changed(("source", "disks"), lambda holder, key, disk=disk: holder[key].append(
            {**holder[key][0], **disk}))
