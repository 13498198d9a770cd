# SPDX-License-Identifier: LGPL-2.1-or-later
"""Signals that end a command: they become an Ended, once."""

import signal

from fleet.error import Ended

ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def ignore():
    """What cleans up, or gives files their final names, is not ended."""
    for each in ENDING:
        signal.signal(each, signal.SIG_IGN)


def on_signal(signum, _frame):
    """Ends a command once."""
    ignore()
    raise Ended(signum)


def catch():
    """SIGTERM is what engines send; a hang-up that is ignored (nohup) stays so."""
    for each in ENDING:
        if signal.getsignal(each) != signal.SIG_IGN:
            signal.signal(each, on_signal)
