"""The WSGI entry point: `granian --interface wsgi wsgi:app`."""

import atexit
import os
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from registry.app import create_app
from registry.instance import open_instance
from registry.lifeline import end_with_spawner
from registry.project.search import SearchIndex
from registry.settings import Settings, load_settings
from registry.sparql.pool import QueryPool
from registry.sparql.schedule import PoolLimits
from registry.web.frame import compile_templates
from registry.web.in_force import InForce, look_at
from registry.web.slow_clients import SLOTS, Slots
from registry.web.wiring import Services


def build_services(settings: Settings, until: ExitStack) -> Services:
    """What the views need, from the settings; `until` closes it all at the end of the process.

    Raises:
        StoreUnavailable: there is no registry here, or its schema is not this version's.
    """
    instance = until.enter_context(open_instance(settings))
    slots = int(os.environ.get(SLOTS, "4"))

    @cache
    def queries() -> QueryPool:
        # Made in the process that answers: its workers must not be shared after a fork.
        pool = QueryPool(
            settings.home / "graph",
            PoolLimits(
                workers=settings.sparql_workers,
                # Slots are a quarter of the threads. Half wait for queries at most, so that a flood
                # of these leaves some for pages.
                queue=max(1, 2 * slots - settings.sparql_workers),
                memory_bytes=settings.sparql_memory_mb << 20,
                deadline_s=settings.sparql_deadline_s,
                max_result_bytes=settings.sparql_max_result_mb << 20,
            ),
        )
        until.callback(pool.close)
        return pool

    search = SearchIndex(settings.home / "search")
    return Services(
        # What is published stands under the base IRI of `init`, whatever the settings say now.
        settings=replace(settings, base_iri=instance.iris.base),
        store=instance.store,
        search=search,
        queries=queries,
        now=lambda: datetime.now(UTC),
        in_force=InForce(look_at(instance.store, search)),
        slots=Slots(slots),
    )


end_with_spawner()
_until_exit = ExitStack()
atexit.register(_until_exit.close)
app = create_app(build_services(load_settings(os.environ), _until_exit))
compile_templates(app)
