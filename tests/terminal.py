#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Run a command with its standard output on a terminal so many columns wide, and print what the terminal got.

terminal.py COLUMNS COMMAND [ARGUMENT...]; standard input and standard error are the caller's, so is the exit status.
"""
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios


def main():
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
    child = subprocess.Popen(sys.argv[2:], stdout=slave)
    os.close(slave)
    got = b""
    try:
        while chunk := os.read(master, 65536):
            got += chunk
    except OSError:  # EIO: nobody has the other end any more
        pass
    sys.stdout.buffer.write(got.replace(b"\r\n", b"\n"))
    return child.wait()


sys.exit(main())
