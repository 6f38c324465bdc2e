"""Column types that mean the same on SQLite and PostgreSQL."""

import threading
from datetime import UTC, datetime
from typing import Any

import orjson
import zstandard
from sqlalchemy import DateTime, Dialect, LargeBinary, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

ISO = "%Y-%m-%dT%H:%M:%S.%fZ"  # one width, so that text sorts as time does
_local = threading.local()


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time: timestamptz in PostgreSQL, ISO 8601 text of one width in SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Text())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; pass an aware time")
        value = value.astimezone(UTC)
        return value.strftime(ISO) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if dialect.name == "sqlite":
            return datetime.fromisoformat(value)
        return value.astimezone(UTC)  # type: ignore[no-any-return]


class Json(TypeDecorator[Any]):
    """A small JSON value, as text that a person can read in the database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else orjson.dumps(value).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else orjson.loads(value)


class Packed(TypeDecorator[bytes]):
    """Bytes, compressed (zstd)."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else pack(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else unpack(value)


class PackedJson(TypeDecorator[Any]):
    """A JSON document, compressed (zstd)."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else pack(orjson.dumps(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else orjson.loads(unpack(value))


def pack(data: bytes) -> bytes:
    """The bytes, compressed; the same input gives the same output."""
    return _codec()[0].compress(data)


def unpack(data: bytes) -> bytes:
    """What `pack` compressed."""
    return _codec()[1].decompress(data)


def _codec() -> tuple[zstandard.ZstdCompressor, zstandard.ZstdDecompressor]:
    """This thread's pair: making one costs more than a document, and threads may not share it."""
    try:
        return _local.codec  # type: ignore[no-any-return]
    except AttributeError:
        _local.codec = zstandard.ZstdCompressor(level=3), zstandard.ZstdDecompressor()
        return _local.codec  # type: ignore[no-any-return]
