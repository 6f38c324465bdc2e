"""What can go wrong while harvesting, told in German and English, with what to do next."""

from __future__ import annotations


class HarvestError(Exception):
    """Root of everything that harvesting raises on purpose.

    `code` is stable and dotted (`fetch.timeout`); `de` and `en` say what happened and what to do.
    """

    def __init__(self, code: str, *, de: str, en: str) -> None:
        super().__init__(f"{en} [{code}]")
        self.code = code
        self.de = de
        self.en = en


class SourceError(HarvestError):
    """The hub could not be read; the run stops, the next run may succeed.

    `status` is the HTTP status where there was one; `retry_after_s` how long the hub asks to be
    left alone, in seconds, where it said so.
    """

    def __init__(
        self,
        code: str,
        *,
        de: str,
        en: str,
        status: int | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(code, de=de, en=en)
        self.status = status
        self.retry_after_s = retry_after_s
