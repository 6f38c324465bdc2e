"""Reads the tables of a TOML file key by key and notes everything that is wrong with them."""

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from schemas.rules import finding
from vocab.types import Finding


class Problems:
    """What is wrong with a manifest so far."""

    def __init__(self) -> None:
        self.found: list[Finding] = []

    def add(self, rule: str, path: str, value: object = "", **params: object) -> None:
        """One more problem; see `schemas.rules.finding`."""
        self.found.append(finding(rule, path=path, value=value, **params))


class Section:
    """One table of the manifest: `finish` reports the keys that nobody asked for."""

    def __init__(self, data: Mapping[str, Any], path: str, problems: Problems) -> None:
        self._data = data
        self._asked: list[str] = []
        self.path = path
        self.problems = problems

    def where(self, key: str) -> str:
        """The path of a key for reports."""
        return f"{self.path}.{key}" if self.path else key

    def raw(self, key: str) -> Any:
        """The value of a key, or None."""
        self._asked.append(key)
        return self._data.get(key)

    def text(
        self, key: str, *, required: str | None = None, pattern: str | None = None, form: str = ""
    ) -> str | None:
        """A string; `required` says what belongs there, `form` what matches `pattern`."""
        value = self.raw(key)
        if value is None:
            if required is not None:
                self.problems.add(
                    "manifest.required", self.where(key), field=key, description=required
                )
            return None
        if not isinstance(value, str) or not value.strip():
            self.wrong(key, value, {"de": "Text in Anführungszeichen", "en": "text in quotes"})
            return None
        if pattern and not re.fullmatch(pattern, value):
            self.wrong(key, value, form or pattern)
            return None
        return value

    def number(self, key: str, default: int, lowest: int, highest: int) -> int:
        """A whole number within bounds."""
        value = self.raw(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            self.wrong(key, value, f"{lowest} – {highest}")
            return default
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A string or a list of strings."""
        value = self.raw(key)
        if value is None:
            return ()
        entries = value if isinstance(value, list) else [value]
        if not all(isinstance(entry, str) and entry for entry in entries):
            self.wrong(key, value, {"de": "eine Liste von Texten", "en": "a list of strings"})
            return ()
        return tuple(entries)

    def by_language(self, key: str, *, required: str | None = None) -> dict[str, str]:
        """A text in several languages, `{ de = "…", en = "…" }`; a bare string is German."""
        value = self.raw(key)
        if value is None:
            if required is not None:
                self.problems.add(
                    "manifest.required", self.where(key), field=key, description=required
                )
            return {}
        if isinstance(value, str) and value.strip():
            return {"de": value}
        proper = (
            isinstance(value, dict)
            and value
            and all(
                re.fullmatch(r"[a-z]{2,3}", tag) and isinstance(text, str) and text.strip()
                for tag, text in value.items()
            )
        )
        if not proper:
            self.wrong(key, value, '{ de = "…", en = "…" }')
            return {}
        return dict(value)

    def section(self, key: str) -> "Section":
        """A table below this one; empty where there is none."""
        value = self.raw(key)
        if value is not None and not isinstance(value, dict):
            self.wrong(key, value, f"[{self.where(key)}]")
        return Section(value if isinstance(value, dict) else {}, self.where(key), self.problems)

    def wrong(self, key: str, value: object, description: object) -> None:
        """Notes that a key's value is of the wrong form."""
        self.problems.add(
            "manifest.value", self.where(key), value, field=key, description=description
        )

    def finish(self) -> None:
        """Reports every key that was not asked for, with what may have been meant."""
        for key in self._data.keys() - set(self._asked):
            self.problems.add(
                "manifest.unknown",
                self.where(key),
                key,
                field=key,
                allowed=similar(key, self._asked),
            )


def similar(word: str, known: Iterable[str]) -> str:
    """The known words closest to one that is not known; all of them where none is close."""
    words = sorted(known)
    inside = [one for one in words if word.casefold() in one.casefold()]
    return ", ".join(nearest(word, words) or inside or words)


def nearest(word: str, known: Iterable[str]) -> list[str]:
    """Up to three known words that are close to one that is not known, the closest first."""
    return difflib.get_close_matches(word, sorted(known), 3, 0.6)
