"""A process that another started for one piece of work: it ends when that one is gone, or wants it to."""

from __future__ import annotations

import os
import signal
import sys
import threading


def end_with_it() -> None:
    """Stop as on Ctrl-C once standard input is closed from the other side."""
    # A shell that starts a service in the background has it ignore Ctrl-C, and so whatever it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=_until_alone, daemon=True).start()


def _until_alone() -> None:
    os.read(sys.stdin.fileno(), 1)
    os.kill(os.getpid(), signal.SIGINT)
