# SPDX-License-Identifier: LGPL-2.1-or-later
"""What ends a command of v2v-fleet."""

# The classes in tools/common/retry.c of the codes that are v2v-fleet's own; all others are "never".
RETRY = {"cancelled": "now", "child": "now", "file-exists": "later", "io": "later", "target-no-space": "later"}


class Failed(Exception):
    """A message for the user, and the code that v2v-tools(7) lists."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code, self.text = code, text


class Ended(BaseException):
    """A signal asks for the end; not an Exception, so that nothing takes it for a failure."""

    def __init__(self, signum):
        super().__init__(signum)
        self.signum = signum


def retry_of(code):
    """Whether a failure with this code may pass: now, later or never."""
    return RETRY.get(code, "never")


def reason(error):
    """An OSError in words."""
    said = error.strerror or str(error)
    return said if error.filename is None else f"'{error.filename}': {said}"


def masked(text):
    """@text for a terminal: file names are not to be trusted."""
    return "".join(c if c.isprintable() else "?" for c in text)
