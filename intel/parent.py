"""A process that another started for one piece of work: it ends when that one is gone, or wants it to."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

GRACE = 30.0  # seconds to stop by oneself
INTERRUPTED = 130  # as shells report Ctrl-C


def end_with_it(grace: float = GRACE) -> None:
    """Stop as on Ctrl-C once standard input is closed from the other side; be gone `grace` seconds later."""
    # A shell that starts a service in the background has it ignore Ctrl-C, and so whatever it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=_until_alone, args=(grace,), daemon=True).start()


def _until_alone(grace: float) -> None:
    os.read(sys.stdin.fileno(), 1)
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(grace)
    os._exit(INTERRUPTED)
