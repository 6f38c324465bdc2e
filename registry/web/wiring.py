"""What the views work with: built once per process by `wsgi.py`, handed to `create_app`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final, cast

from flask import current_app

from registry.settings import Settings
from registry.web.in_force import InForce
from registry.web.slow_clients import Slots

if TYPE_CHECKING:
    from registry.project.search import SearchIndex
    from registry.sparql.pool import QueryPool
    from registry.store.engine import Store

_KEY: Final = "verbund"


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Settings, the store, the search index, and the way to this process's query pool."""

    settings: Settings
    store: "Store"
    search: "SearchIndex"
    queries: "Callable[[], QueryPool]"  # made at the first query: its workers belong to the process
    now: Callable[[], datetime]
    in_force: InForce
    slots: Slots = field(default_factory=lambda: Slots(4))  # for slow clients


def attach(extensions: dict[str, object], services: Services) -> None:
    """Puts the services where `services()` finds them."""
    extensions[_KEY] = services


def services() -> Services:
    """The services of the application that answers the current request."""
    return cast(Services, current_app.extensions[_KEY])
