# SPDX-License-Identifier: LGPL-2.1-or-later
"""What ends a command of v2v-fleet."""


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


def masked(text):
    """@text for a terminal: file names are not to be trusted."""
    return "".join(c if c.isprintable() else "?" for c in text)
