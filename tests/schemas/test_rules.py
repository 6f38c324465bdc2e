"""The catalogue of rules is complete, in both languages, and used as it is written."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from schemas.rules import LANGUAGES, RULES, finding
from vocab.properties import Range

ROOT = Path(__file__).parents[2]
PACKAGES = ("schemas", "harvester", "registry")
ABOUT_TO_COME = {"reference.unknown", "licence.unknown", "field.unread"}
"""Rules for the report of a whole run."""


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_speaks_both_languages_and_asks_for_the_same_params(rule):
    """Title and fix exist in German and English, differ, and fill in the same words."""
    found = RULES[rule]
    assert found.severity in ("error", "warning", "info")
    for texts in (found.title, found.fix):
        assert set(texts) == set(LANGUAGES)
        assert all(text.strip() == text and text for text in texts.values())
        assert texts["de"] != texts["en"]
    assert placeholders(found.fix["de"]) == placeholders(found.fix["en"])
    assert not placeholders(found.title["de"]) | placeholders(found.title["en"])


def calls() -> Iterator[tuple[str, str, set[str] | None]]:
    """(place, rule, names of the params or None where they are computed) of every finding made.

    Findings are made by `finding("rule", …)`, or by the `add("rule", …)` of those who collect them.
    """
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not isinstance(node, ast.Call) or not node.args:
                    continue
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                for rule in _rules(node.args[0]):
                    if name == "finding" or (name == "add" and "." in rule):
                        names = {keyword.arg for keyword in node.keywords}
                        params = None if None in names else names - {"path", "value"}
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", rule, params


def _rules(argument: ast.expr) -> Iterator[str]:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value
    if isinstance(argument, ast.IfExp):
        yield from (*_rules(argument.body), *_rules(argument.orelse))


def test_the_calls_are_found():
    """The tests below would pass on nothing."""
    assert len(list(calls())) > 30


def test_every_rule_of_the_catalogue_is_named_by_code():
    """One that nobody can break explains nothing; forms are named by the range of a property."""
    by_range = {f"{one.value}.form" for one in Range}
    texts = {
        node.value
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(RULES) - texts - by_range <= ABOUT_TO_COME


def test_every_rule_that_code_names_is_in_the_catalogue():
    """A misspelt rule would raise in the middle of a harvest."""
    unknown = [(place, rule) for place, rule, _ in calls() if rule not in RULES]
    assert unknown == []


def test_every_finding_gives_the_params_that_its_rule_asks_for():
    """A missing param would raise, one too many would be lost."""
    wrong = [
        (place, rule, params)
        for place, rule, params in calls()
        if rule in RULES and params is not None and params != placeholders(RULES[rule].fix["de"])
    ]
    assert wrong == []


def test_params_fill_the_fix_in_each_language():
    """A label stands in the reader's language, a number in both."""
    label = {"de": "Themen", "en": "Topics"}
    found = finding("concept.unknown", path="/topic/0", value="x", scheme=label, allowed="care")
    assert found.fix["de"] == "Wählen Sie einen Begriff der Liste »Themen«: care."
    assert found.fix["en"] == "Choose a concept of the list “Topics”: care."


def test_an_unknown_rule_and_a_missing_param_raise():
    with pytest.raises(KeyError):
        finding("name.funny")
    with pytest.raises(KeyError):
        finding("text.too-long", path="/name/de")


def test_hostile_words_in_a_param_are_no_template():
    """Braces from a hub stay braces."""
    found = finding("field.unknown", field="{__class__} {0}")
    assert "{__class__} {0}" in found.fix["de"]
