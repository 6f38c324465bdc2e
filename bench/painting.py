"""How soon a fresh browser shows something of each kind of page."""

import shutil
from collections.abc import Iterator
from statistics import median
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from bench.federation import Federation
from bench.plan import Plan
from bench.processes import Serving
from bench.report import Row
from bench.serving import prepared, verbund

_MOST_MS: Final = 300
_TIMES: Final = 5  # for each repetition of the plan
_BARE: Final = "/robots.txt"
_PAINT: Final = "performance.getEntriesByType('paint')[0].startTime"
_SETTLED_MS: Final = 300
"""After `load` a page may not be painted yet, and a browser that has just begun works on: it would
take the processor from the server that is asked next."""


def paint(plan: Plan) -> Iterator[Row]:
    """First paint of each kind of page, nothing kept in the browser, beside a page of bare text."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise RuntimeError("this row needs a browser: apt-get install chromium")
    federation = prepared(plan)
    with verbund(federation) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        paths = (_BARE, *_paths(federation))
        times: dict[str, list[float]] = {path: [] for path in paths}
        for _ in range(_TIMES * plan.repeat):  # in turns, so that a noisy minute strikes all alike
            for path in paths:
                times[path].append(_first_paint_ms(browser, server, path))
        browser.close()
    found = {path: median(taken) for path, taken in times.items()}
    bare = found.pop(_BARE)
    slowest = max(found, key=lambda path: found[path])
    yield Row(
        key="paint",
        what=f"first paint of {len(found)} kinds of pages in a fresh browser, {plan.usual:,}",
        reach=f"each at most {_MOST_MS} ms",
        found=f"{found[slowest]:.0f} ms ({slowest})",
        reached=found[slowest] <= _MOST_MS,
        beside=", ".join(f"{path} {taken:.0f}" for path, taken in found.items())
        + f"; bare text {bare:.0f}",
    )


def _paths(federation: Federation) -> list[str]:
    """One page of each kind; of hubs the one with most records and the one with most sources."""
    said = federation.job("pages").said
    hubs = said["hubs"]
    large = max(hubs, key=lambda hub: hubs[hub]["records"])
    wide = max(hubs, key=lambda hub: hubs[hub]["sources"])
    of_hubs = [
        f"/hubs/{hub}{part}"
        for hub in dict.fromkeys((large, wide))
        for part in ("", "/records", f"/runs/{hubs[hub]['run']}")
    ]
    entities = [f"/{kind}s/{id_}" for kind, id_ in said["entities"].items()]
    lists = ("/", "/actors", "/actors?view=map", "/projects", "/events", "/search?q=Leipzig")
    return [*lists, *entities, "/hubs", *of_hubs, "/status", "/daten", "/sparql", "/vocab"]


def _first_paint_ms(browser: Browser, server: Serving, path: str) -> float:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="de-DE")
    page = context.new_page()
    address = f"http://127.0.0.1:{server.port}"
    page.goto(f"{address}{_BARE}")  # the process of this site begins here and is not measured
    page.wait_for_timeout(_SETTLED_MS)
    answer = page.goto(f"{address}{path}", wait_until="load")
    if answer is None or not answer.ok:
        raise RuntimeError(f"{path} is no page: {answer.status if answer else 'no answer'}")
    page.wait_for_timeout(_SETTLED_MS)
    taken: float = page.evaluate(_PAINT)
    context.close()
    return taken
