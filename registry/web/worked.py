"""What the registry answers to the worked examples: asked beside the page, kept for one release.

The examples are asked of the application itself, as a client would ask. A thread does that, for
which a page waits a moment at most: where all query workers are busy, it is shown without results.
"""

import json
import threading
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

from flask import Flask, current_app

from registry.project.search import ListQuery
from registry.web.reading import page_path
from registry.web.wiring import services
from registry.web.worked_examples import NO_SAMPLE, Example, Sample, examples

if TYPE_CHECKING:
    from flask import Response

_PATIENCE_S: Final = 0.25
_AGAIN_S: Final = 5.0  # until what had no answer is asked again
_READ_BYTES: Final = 64 << 10
_SHOWN_LINE: Final = 160
_SHOWN_HEADERS: Final = ("ETag", "Release", "Cache-Control")
_MORE: Final = " …"
_LOOPBACK: Final = {"REMOTE_ADDR": "127.0.0.1"}  # no client's allowance is used up


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What an example was answered: its first lines, and the release that the answer names."""

    text: str
    cut: bool
    release: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """An example as the page shows it."""

    example: Example
    result: Result | None


class Results:
    """The results for one release in force, by the keys of their examples."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[str, Result] = {}
        self._settled: set[str] = set()
        self._asking: threading.Thread | None = None
        self._again_at = float("-inf")

    def of(
        self, asked: Iterable[Example], ask: Callable[[Example], Result | None], release: int
    ) -> dict[str, Result]:
        """What is known by now, or within a moment."""
        with self._lock:
            missing = [one for one in asked if one.key not in self._settled]
            if missing and self._asking is None and monotonic() >= self._again_at:
                work = (missing, ask, release)
                self._asking = threading.Thread(target=self._ask, args=work, daemon=True)
                self._asking.start()
            asking = self._asking
        if asking:
            asking.join(_PATIENCE_S)
        return dict(self._found)

    def _ask(
        self, missing: list[Example], ask: Callable[[Example], Result | None], release: int
    ) -> None:
        try:
            for one in missing:
                result = ask(one)
                if result is None:
                    continue
                self._found[one.key] = result
                # A copy that is behind will catch up within this release.
                if not (one.lags and (result.release or 0) < release):
                    self._settled.add(one.key)
        finally:
            with self._lock:
                self._again_at = monotonic() + _AGAIN_S
                self._asking = None


def worked() -> list[Worked]:
    """The examples over what is published now, with their results as far as there are any."""
    have = services()
    base = have.settings.base_iri.rstrip("/")
    releases = have.in_force.now()
    # The application itself, for a thread that outlives this request: the proxy's stub hides how.
    app = cast(Flask, current_app._get_current_object())  # type: ignore[attr-defined]
    if releases is None or not releases.index:
        return [Worked(example=one, result=None) for one in examples(base, NO_SAMPLE)]
    sample = have.in_force.once("example of the developers' page", lambda: _sample(app))
    results = have.in_force.once("results of the developers' page", Results)
    asked = examples(base, sample)
    if sample is NO_SAMPLE:
        return [Worked(example=one, result=None) for one in asked]
    known = results.of(asked, lambda one: _result(app, one), releases.store)
    return [Worked(example=one, result=known.get(one.key)) for one in asked]


def _sample(app: Flask) -> Sample:
    """The actor with most sources among the newest, as it says most about who says what."""
    have = services()
    newest = ListQuery(kind="actor", sort="newest", size=50, now=have.now())
    found = have.search.search(newest)
    most = max(found.hits, key=lambda hit: (len(hit.summary["hubs"]), hit.id), default=None)
    if most is None:
        return NO_SAMPLE
    path = page_path(most.kind, most.id)
    with app.test_request_context(f"{path}.jsonld", method="HEAD", environ_overrides=_LOOPBACK):
        etag = app.full_dispatch_request().headers.get("ETag", NO_SAMPLE.etag)
    topics = found.facets.get("topic", ())
    return Sample(entity_id=most.id, path=path, etag=etag, topic=topics[0][0] if topics else "")


def _result(app: Flask, example: Example) -> Result | None:
    """The beginning of the answer; None where there is none."""
    headers = {"Accept": example.accept} if example.accept else {}
    if example.known:
        headers["If-None-Match"] = example.known
    path, hops = example.path, 2
    while hops:
        with app.test_request_context(
            path, method=example.method, headers=headers, environ_overrides=_LOOPBACK
        ):
            response = app.full_dispatch_request()
            try:
                if response.status_code in (200, 304):
                    return _shown(response, example)
            finally:
                response.close()
        if response.status_code not in (303, 307, 308):
            return None
        path, hops = _within(response.location or "/"), hops - 1
    return None


def _within(location: str) -> str:
    parts = urlsplit(location)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _shown(response: "Response", example: Example) -> Result:
    release = response.headers.get("Release")
    if example.method == "HEAD":
        told = [
            f"{name}: {response.headers[name]}"
            for name in _SHOWN_HEADERS
            if name in response.headers
        ]
        text, cut = "\n".join([f"HTTP/1.1 {response.status_code}", *told]), True
    else:
        text, cut = _beginning(response)
    return _abridged(text, cut, example.lines, int(release) if release else None)


def _beginning(response: "Response") -> tuple[str, bool]:
    """The first bytes as text, JSON indented; and whether more follow."""
    content, cut = bytearray(), False
    unzip = zlib.decompressobj(wbits=31) if response.mimetype == "application/gzip" else None
    response.direct_passthrough = False
    for chunk in response.iter_encoded():
        content += unzip.decompress(chunk, _READ_BYTES) if unzip else chunk
        if len(content) >= _READ_BYTES:
            cut = True
            break
    text = content.decode(errors="ignore")
    if "json" in (response.mimetype or "") and not cut:
        text = _indented(json.loads(text))
    return text, cut


def _indented(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _abridged(text: str, cut: bool, most_lines: int, release: int | None) -> Result:
    lines = text.splitlines()
    shown = [
        line if len(line) <= _SHOWN_LINE else line[:_SHOWN_LINE].rstrip() + _MORE
        for line in lines[:most_lines]
    ]
    cut = cut or len(lines) > most_lines
    return Result(text="\n".join(shown), cut=cut, release=release)
