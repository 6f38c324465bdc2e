"""The WSGI entry point: `granian --interface wsgi wsgi:app`."""

import atexit
import os
from datetime import UTC, datetime
from functools import cache

from registry.sparql.schedule import PoolLimits

from registry.app import create_app
from registry.project.search import SearchIndex
from registry.settings import Settings, load_settings
from registry.sparql.pool import QueryPool
from registry.store.engine import open_store
from registry.web.wiring import Services


def build_services(settings: Settings) -> Services:
    """What the views need, from the settings; nothing is connected before the first request."""

    @cache
    def queries() -> QueryPool:
        # Made in the process that answers: its workers must not be shared after a fork.
        pool = QueryPool(
            settings.home / "graph",
            PoolLimits(
                workers=settings.sparql_workers,
                memory_bytes=settings.sparql_memory_mb << 20,
                deadline_s=settings.sparql_deadline_s,
                max_result_bytes=settings.sparql_max_result_mb << 20,
            ),
        )
        atexit.register(pool.close)
        return pool

    return Services(
        settings=settings,
        store=open_store(settings.store_url),
        search=SearchIndex(settings.home / "search"),
        queries=queries,
        now=lambda: datetime.now(UTC),
    )


app = create_app(build_services(load_settings(os.environ)))
