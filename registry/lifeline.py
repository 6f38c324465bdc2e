"""A child process that ends when its parent does, however that ends."""

import multiprocessing
import os
import signal
import threading
from multiprocessing.connection import wait
from typing import Final

VARIABLE: Final = "VERBUND_LIFELINE"
"""Set for a child whose standard input is a pipe that its parent holds open while it lives."""


def end_with_parent() -> None:
    """Where the parent gave a lifeline: send SIGTERM to this process once the parent is gone."""
    if os.environ.pop(VARIABLE, None):
        threading.Thread(target=_wait, name="lifeline", daemon=True).start()


def end_with_spawner() -> None:
    """Where `multiprocessing` spawned this process: end it at once when the spawner is gone.

    A web process that outlived its server would keep the port from the next one.
    """
    spawner = multiprocessing.parent_process()
    if spawner is not None:
        sentinel = spawner.sentinel
        threading.Thread(target=_outlive, args=(sentinel,), name="lifeline", daemon=True).start()


def _wait() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _outlive(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)  # a server in Rust may be deaf to signals, and nobody is left to wait for its end
