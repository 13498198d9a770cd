# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest under qemu, by its serial console: what it says, and what is typed."""

import base64
import ctypes
import os
import re
import selectors
import signal
import subprocess
import tempfile
import time

# What a guest, its initramfs or its firmware says when it cannot find its root.
FAILURES = re.compile(
    rb"ALERT! .{1,200}does not exist"
    rb"|Gave up waiting for root"
    rb"|\(initramfs\)"
    rb"|Unable to mount root"
    rb"|No bootable device"
    rb"|No bootable option"
    rb"|UEFI Interactive Shell"
    rb"|Kernel panic - not syncing"
    rb"|dracut-emergency"
    rb"|Entering emergency mode"
    rb"|You are in emergency mode"
    rb"|initramfs emergency recovery shell"
    rb"|Job dev-.{1,40}tart running \((?:[2-9]|\d\d)min [^)]*/ no limit\)"    # dracut's wait for the root
    rb"|grub rescue>"
    rb"|Decoding failed"
)
# Not at the end of what was said: on a busy machine systemd and the kernel go on talking behind it.
LOGIN = re.compile(rb"(?<!Last )\blogin: ")
LOGIN_STEPS = re.compile(LOGIN.pattern + rb"|[Pp]assword: ?|Login incorrect|[#$] \Z")
PATIENCE = 60           # seconds of silence until something is typed again
ESCAPES = re.compile(rb"\x1b(?:\[[0-9;?=]*[A-Za-z]|[()][A-Z0-9]|[a-zA-Z=>])")


class Failed(Exception):
    pass


def die_with_parent():
    """Even a SIGKILL of this script leaves no qemu behind."""
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Guest:
    """A running qemu and what it said on its serial port."""

    def __init__(self, command, log, timeout):
        self.log = log
        self.timeout = timeout
        self.deadline = time.monotonic() + timeout
        self.said = b""         # without escape sequences
        self.tail = b""         # an escape sequence that may not be complete yet
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
                                        stderr=self.errors, preexec_fn=die_with_parent)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.process.stdout, selectors.EVENT_READ)

    def read_more(self, patience=float("inf")):
        """False: nothing was said for so many seconds."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise Failed(f"nothing more after {self.timeout:g} s")
        if not self.selector.select(min(left, patience)):
            return False
        data = os.read(self.process.stdout.fileno(), 65536)
        if not data:
            self.process.wait()
            self.errors.seek(0)
            why = self.errors.read().decode(errors="replace").strip()
            raise Failed(f"qemu ended: {why or 'the guest powered off'}")
        if self.log:
            self.log.write(data)
            self.log.flush()
        data = self.tail + data
        escape = data.rfind(b"\x1b", max(0, len(data) - 16))
        if escape >= 0 and not ESCAPES.match(data, escape):
            data, self.tail = data[:escape], data[escape:]
        else:
            self.tail = b""
        self.said += ESCAPES.sub(b"", data)
        return True

    def wait_for(self, pattern, start=0):
        """The first match of pattern in what was said since start."""
        while True:
            match = pattern.search(self.said, start)
            if match:
                return match
            self.read_more()

    def wait_for_boot(self, answers):
        """True: login; else what the guest said of its root.  answers: pairs of a question's pattern and what to type."""
        asked = [0] * len(answers)
        while True:
            for i, (question, answer) in enumerate(answers):
                match = re.compile(question.encode()).search(self.said, asked[i])
                if match:
                    asked[i] = match.end()
                    self.type(answer + "\n")
            failure = FAILURES.search(self.said)
            if failure:
                return failure.group().decode(errors="replace").strip()
            if LOGIN.search(self.said):
                return True
            if not self.read_more(PATIENCE):
                # Who still asks can have thrown away what was typed before he listened.
                line = self.said.rfind(b"\n") + 1
                asked = [min(at, line) for at in asked]

    def type(self, text):
        self.process.stdin.write(text.encode())

    def login(self, password):
        """Answers what is asked until there is a shell: prompts can come twice, and what is typed can get lost."""
        seen, wrong = LOGIN.search(self.said).start(), 0
        while True:
            match = LOGIN_STEPS.search(self.said, seen)
            if not match:
                if not self.read_more(PATIENCE):
                    self.type("\n")
                continue
            seen = match.end()
            step = match.group().lower()
            if step == b"login: ":
                self.type("root\n")
            elif step.startswith(b"password"):
                self.type(password + "\n")
            elif step == b"login incorrect":
                wrong += 1
                if wrong == 3:
                    raise Failed("root cannot log in")
            else:
                break
        # A plain shell without prompts and echo, and nobody else on its terminal: neither the kernel nor systemd, which stops
        # telling of its jobs at SIGRTMIN+21.  The marker is typed in two halves so that its echo is none.
        self.type("stty -echo; dmesg -n 1; kill -55 1; exec env PS1= PS2= TERM=dumb sh\n")
        self.run(":")

    def run(self, command):
        """(status, output) of a command in the guest."""
        start = len(self.said)
        code = base64.b64encode(command.encode()).decode()
        if len(code) > 3800:
            raise Failed("the command is too long for a serial line")
        self.type(f"printf '%s%s\\n' V2V- BEGIN; (eval \"$(echo {code} | base64 -d)\") </dev/null 2>&1; "
                  "printf '%s%s %d\\n' V2V- END $?\n")
        match = self.wait_for(re.compile(rb"V2V-BEGIN\r*\n(.*?)V2V-END (\d+)\r*\n", re.S), start)
        return int(match.group(2)), match.group(1).replace(b"\r", b"")

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
