# SPDX-License-Identifier: LGPL-2.1-or-later
"""A boot entry in OVMF's variables, as an installer's efibootmgr leaves it in the machine's NVRAM."""

import struct
import uuid

VARIABLE_STORE = uuid.UUID("aaf32c78-947b-439a-a180-2e144ec37792").bytes_le
EFI_GLOBAL = uuid.UUID("8be4df61-93ca-11d2-aa0d-00e098032b8c").bytes_le
STORE_HEADER = 28
VARIABLE_HEADER = struct.Struct("<HBBI8s16sIII16s")
IN_USE, ADDED = 0x55AA, 0x3F
NONVOLATILE_BOOT_RUNTIME = 7


def utf16(text):
    return text.encode("utf-16-le") + b"\0\0"


def load_option(description, path):
    """EFI_LOAD_OPTION with a device path of the file alone: the firmware looks for it on every disk."""
    name = utf16(path)
    device_path = struct.pack("<BBH", 4, 4, 4 + len(name)) + name + struct.pack("<BBH", 0x7F, 0xFF, 4)
    return struct.pack("<IH", 1, len(device_path)) + utf16(description) + device_path


def variable(name, data):
    name = utf16(name)
    record = VARIABLE_HEADER.pack(IN_USE, ADDED, 0, NONVOLATILE_BOOT_RUNTIME, bytes(8), bytes(16), 0,
                                  len(name), len(data), EFI_GLOBAL) + name + data
    return record + b"\xff" * (-len(record) % 4)


def end_of_variables(store, start):
    """Where the next variable goes."""
    while struct.unpack_from("<H", store, start)[0] == IN_USE:
        header = VARIABLE_HEADER.unpack_from(store, start)
        start += VARIABLE_HEADER.size + header[7] + header[8]
        start += -start % 4
    return start


def add_boot_entry(file, path):
    """Makes path, in backslashes, the first thing that the firmware with these variables starts."""
    with open(file, "r+b") as f:
        store = f.read()
        begin = store.index(VARIABLE_STORE)
        f.seek(end_of_variables(store, begin + STORE_HEADER))
        f.write(variable("Boot0000", load_option("installed", path)) + variable("BootOrder", struct.pack("<H", 0)))
