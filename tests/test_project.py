"""The checkout's own promises: locks that match the project, commands that exist."""

import re
import tomllib
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]


def _pins(lock: str) -> dict[str, str]:
    lines = (CHECKOUT / lock).read_text().splitlines()
    names = [line for line in lines if line and not line.lstrip().startswith("#")]
    return dict(re.fullmatch(r"([a-z0-9-]+)==([^ ;]+)(?: ;.*)?", line).groups() for line in names)


def _wanted(requirements: list[str]) -> set[str]:
    names = (re.match(r"[A-Za-z0-9_.-]+", requirement).group() for requirement in requirements)
    return {name.lower().replace("_", "-") for name in names}


def test_every_dependency_is_pinned_in_the_lock_files() -> None:
    """`make lock` was run after the last change of pyproject.toml."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    runtime, dev = _pins("requirements.lock"), _pins("requirements-dev.lock")
    assert _wanted(project["dependencies"] + extras["install"]) <= runtime.keys()
    assert _wanted(extras["dev"]) <= dev.keys()
    assert runtime.items() <= dev.items()


def test_linking_and_merging_ask_no_clock() -> None:
    """An import contract cannot tell reading a date from asking for today."""
    asking = re.compile(r"\b(now|today|utcnow)\(")
    modules = [
        module
        for package in ("link", "merge")
        for module in (CHECKOUT / "registry" / package).rglob("*.py")
    ]
    assert modules
    assert [module.name for module in modules if asking.search(module.read_text())] == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_every_make_command_in_the_docs_exists(page: str) -> None:
    mentioned = set(re.findall(r"(?:`|^ {4})make ([a-z-]+)", (CHECKOUT / page).read_text(), re.M))
    assert {"run", "test", "check"} <= mentioned
    assert mentioned <= _targets()


def test_every_make_target_is_documented() -> None:
    documented = set(re.findall(r"`make ([a-z-]+)`", (CHECKOUT / "CONTRIBUTING.md").read_text()))
    assert _targets() - {"help"} <= documented


def _targets() -> set[str]:
    makefile = (CHECKOUT / "Makefile").read_text()
    return set(re.findall(r"^\.PHONY: (.*)$", makefile, re.M)[0].split())
