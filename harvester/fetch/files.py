"""file: URLs, read only below the folders that the operator names."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from urllib.parse import unquote

from harvester.fetch.addresses import split_url
from harvester.fetch.page import FetchLimits, FetchPolicy, Page, Validators
from harvester.fetch.problems import problem


def read_file(
    url: str, policy: FetchPolicy, limits: FetchLimits, known: Validators | None = None
) -> Page:
    """The file as a page, with a weak ETag made of size and times; raises SourceError.

    Body None when `known` still holds. No media type: the manifest says what a file is.
    """
    path = permitted(url, policy.file_roots)
    limit = min(limits.max_page_bytes, limits.max_decoded_bytes)
    try:
        # O_NOFOLLOW: what was resolved and allowed must not have become a link meanwhile.
        # O_NONBLOCK: opening a pipe would otherwise wait for its writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise problem("fetch.file_kind", url=url)
            validators = Validators(etag=_etag(status))
            if known is not None and known.etag == validators.etag:
                return _page(url, validators, None)
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                body = file.read(limit + 1)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise problem("fetch.file_unreadable", url=url, reason=error.strerror) from error
    if len(body) > limit:
        raise problem("fetch.too_large", url=url, limit=limit)
    return _page(url, validators, body)


def permitted(url: str, roots: tuple[Path, ...]) -> Path:
    """The file of a file: URL, links resolved; raises SourceError where it is in none of `roots`.

    Whether it exists is not asked.
    """
    parts = split_url(url)
    if parts.netloc not in ("", "localhost"):
        raise problem("fetch.url", url=url, reason="file: on another host")
    if parts.query or parts.fragment or not parts.path.startswith("/"):
        raise problem("fetch.url", url=url, reason="file: takes an absolute path alone")
    if not roots:
        raise problem("fetch.file_roots_unset", url=url, folder=Path(unquote(parts.path)).parent)
    try:
        named = unquote(parts.path, errors="strict")
        path = Path(named).resolve()
        allowed = any(path.is_relative_to(root.resolve()) for root in roots)
    except (OSError, RuntimeError, ValueError) as error:  # link loops, NUL, not UTF-8
        raise problem("fetch.url", url=url, reason=error) from error
    # Before anything is opened, so that the answer does not tell what exists elsewhere.
    if not allowed:
        raise problem("fetch.file_outside", url=url)
    return path


def _etag(status: os.stat_result) -> str:
    """Weak, since equal times do not prove equal bytes; ctime sees a kept or reset mtime."""
    return f'W/"{status.st_size:x}-{status.st_mtime_ns:x}-{status.st_ctime_ns:x}"'


def _page(url: str, validators: Validators, body: bytes | None) -> Page:
    return Page(
        url=url,
        status=200 if body is not None else 304,
        media_type=None,
        charset=None,
        validators=validators,
        links={},
        body=body,
        sha256=hashlib.sha256(body).hexdigest() if body is not None else "",
    )
