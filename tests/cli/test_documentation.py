"""docs/commands.md describes the commands that there are, and no other."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from registry.cli import main
from registry.cli.surface import HELD, UNREAD

TEXT = (Path(__file__).parents[2] / "docs" / "commands.md").read_text("utf-8")
HEADINGS = re.findall(r"^### `(verbund[^`]*)`$", TEXT, re.M)


def commands(
    group: click.Group = main, name: str = "verbund"
) -> Iterator[tuple[str, click.Command]]:
    for part, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} {part}")
        else:
            yield f"{name} {part}", command


COMMANDS = dict(commands())


def section(name: str) -> str:
    """What the page says of one command."""
    [heading] = [one for one in HEADINGS if _called(one) == name]
    return TEXT.split(f"### `{heading}`", 1)[1].split("\n### ", 1)[0].split("\n## ", 1)[0]


def _called(heading: str) -> str:
    return " ".join(word for word in heading.split() if re.fullmatch("[a-z]+", word))


def test_the_page_has_every_command_and_no_other() -> None:
    assert sorted(map(_called, HEADINGS)) == sorted(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_described_with_its_options_arguments_and_an_example(name: str) -> None:
    text = section(name)
    [heading] = [one for one in HEADINGS if _called(one) == name]
    for parameter in COMMANDS[name].params:
        if isinstance(parameter, click.Option):
            assert f"`{parameter.opts[0]}" in text
        else:
            assert parameter.make_metavar(click.Context(COMMANDS[name])) in heading
    named = set(re.findall(r"`(--[a-z-]+)", text))
    assert named <= {option for one in COMMANDS[name].params for option in one.opts}
    assert re.search(rf"```sh\n(.*\n)*.*{re.escape(name)}\b", text)
    assert "Exit codes" in text


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_helps(name: str, verbund) -> None:
    result = verbund(*name.split()[1:], "--help")
    assert result.exit_code == 0
    assert (COMMANDS[name].help or "").split("\n")[0][:40] in " ".join(result.output.split())


def test_the_exit_codes_are_listed() -> None:
    listed = dict(re.findall(r"^\| (\d) \| (.+) \|$", TEXT, re.M))
    assert set(map(int, listed)) == {0, 1, 2, HELD, UNREAD}
