"""A child process that ends when its parent does, however that ends."""

import os
import signal
import threading
from typing import Final

VARIABLE: Final = "VERBUND_LIFELINE"
"""Set for a child whose standard input is a pipe that its parent holds open while it lives."""


def end_with_parent() -> None:
    """Where the parent gave a lifeline: send SIGTERM to this process once the parent is gone."""
    if os.environ.pop(VARIABLE, None):
        threading.Thread(target=_wait, name="lifeline", daemon=True).start()


def _wait() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
