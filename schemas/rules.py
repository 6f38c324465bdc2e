"""The catalogue of every rule that a finding can name, and the one way to make a finding."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from schemas.masking import shown
from vocab.types import Finding, Severity

LANGUAGES: Final = ("de", "en")

_CATALOGUE: Final = Path(__file__).with_name("rules.toml")
_LONGEST_PATH: Final = 200
_LONGEST_PARAM: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: how bad a breach is, what it is called and how to mend it (with `{params}`)."""

    severity: Severity
    title: Mapping[str, str]
    fix: Mapping[str, str]


def read_rules(path: Path) -> dict[str, Rule]:
    """The rules of a catalogue file, in its order; TypeError for a rule that lacks a part."""
    tables = tomllib.loads(path.read_text("utf-8"))
    return {rule: Rule(**table) for rule, table in tables.items()}


RULES: Final[Mapping[str, Rule]] = MappingProxyType(read_rules(_CATALOGUE))


def finding(rule: str, /, *, path: str = "", value: object = "", **params: object) -> Finding:
    """A finding of one rule of the catalogue.

    `value` is what stands at `path`. It and the params are shortened, made printable and cleared of
    mail addresses and telephone numbers here, so callers pass what they have. A param that reads
    differently in each language (a label) is a mapping {"de": …, "en": …}. KeyError for an unknown
    rule or a missing param.
    """
    found = RULES[rule]
    return Finding(
        rule=rule,
        severity=found.severity,
        path=shown(path, _LONGEST_PATH),
        value=shown(value),
        fix={lang: found.fix[lang].format_map(_in_language(params, lang)) for lang in LANGUAGES},
    )


def _in_language(params: Mapping[str, object], lang: str) -> dict[str, str]:
    return {
        k: shown(v[lang] if isinstance(v, Mapping) else v, _LONGEST_PARAM)
        for k, v in params.items()
    }
