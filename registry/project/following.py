"""Keeping this host's projections at the latest release."""

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

from registry.errors import RegistryError
from registry.iris import Iris
from registry.project.dumps import DUMP_EVERY, Dump
from registry.project.projector import Projector
from registry.store.engine import Store

log = logging.getLogger(__name__)

POLL_S: Final = 0.05


def follow_until(stopped: threading.Event, store: Store, home: Path, iris: Iris) -> None:
    """Follow the change log until `stopped`; a database or disk in trouble is waited for.

    Raises:
        RegistryError: another process has this host's projections already.
    """
    projector = Projector(store, home, iris)
    shown = -1
    dumping: Future[Dump | None] | None = None
    try:
        # A dump takes its time, and no release is to wait for it.
        with ThreadPoolExecutor(1, thread_name_prefix="dump") as aside:
            while not stopped.is_set():
                try:
                    release = projector.follow()
                    if release != shown:
                        log.info("projections hold release %d", release)
                        shown = release
                    if dumping is None:
                        dumping = aside.submit(projector.dump, at_most_every=DUMP_EVERY)
                    elif dumping.done():
                        ended, dumping = dumping, None
                        ended.result()
                except (RegistryError, OSError) as error:
                    log.warning("projections wait: %s", error)
                stopped.wait(POLL_S)
    finally:
        projector.close()
