"""How the values of settings are read, from TOML or the environment.

Each function takes the value and the folder that relative paths count from, and raises `Unusable`
for what it cannot use.
"""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from limits import parse as parse_rate

Network = IPv4Network | IPv6Network

_ZXY: Final = ("{z}", "{x}", "{y}")
_TILE_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?")


class Unusable(ValueError):
    """What a parser expected instead, in English and German; `load_settings` adds the name."""

    def __init__(self, en: str, de: str) -> None:
        super().__init__(en)
        self.en = en
        self.de = de


def text(value: Any, folder: Path) -> str:
    """A text."""
    if not isinstance(value, str):
        raise Unusable("a text in quotes", "ein Text in Anführungszeichen")
    return value


def integer(value: Any, folder: Path) -> int:
    """A whole number above zero."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise Unusable("a whole number", "eine ganze Zahl")
    try:
        number = int(value)
    except ValueError:
        raise Unusable("a whole number", "eine ganze Zahl") from None
    if number <= 0:
        raise Unusable("a number above zero", "eine Zahl über null")
    return number


def count(value: Any, folder: Path) -> int:
    """A whole number, zero included."""
    return 0 if value in (0, "0") and value is not False else integer(value, folder)


def port(value: Any, folder: Path) -> int:
    """The number of a port."""
    number = integer(value, folder)
    if number > 65535:
        raise Unusable("a port between 1 and 65535", "ein Port zwischen 1 und 65535")
    return number


def seconds(value: Any, folder: Path) -> float:
    """A number of seconds above zero."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Unusable("a number of seconds", "eine Zahl von Sekunden")
    try:
        number = float(value)
    except ValueError:
        raise Unusable("a number of seconds", "eine Zahl von Sekunden") from None
    if not 0 < number < float("inf"):
        raise Unusable("a number of seconds above zero", "eine Zahl von Sekunden über null")
    return number


def boolean(value: Any, folder: Path) -> bool:
    """True or false, in TOML or in words."""
    if isinstance(value, bool):
        return value
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    try:
        return words[str(value).lower()]
    except KeyError:
        raise Unusable("true or false", "true oder false") from None


def base_iri(value: Any, folder: Path) -> str:
    """An http(s) address without query and fragment, and without a final slash."""
    said = text(value, folder).rstrip("/")
    parts = urlsplit(said)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise Unusable(
            "an address such as https://verbund.example, without query and fragment",
            "eine Adresse wie https://verbund.example, ohne Abfrage und Fragment",
        )
    return said


def server(value: Any, folder: Path) -> str:
    """The address of a server, which may name a user and a password, or nothing."""
    said = text(value, folder)
    try:
        parts = urlsplit(said)
        plain = parts.netloc.count("@") < 2 and not parts.fragment and "@" not in parts.path
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0 and plain
    except ValueError:  # a port that is none
        usable = False
    if said and not usable:
        raise Unusable(
            "an address such as http://127.0.0.1:7878/query (signs of a password as %40)",
            "eine Adresse wie http://127.0.0.1:7878/query (Zeichen eines Passworts als %40)",
        )
    return said


def tiles(value: Any, folder: Path) -> str:
    """The address of a map's tiles, or nothing."""
    said = text(value, folder)
    parts = urlsplit(said)
    host = parts.netloc if parts.scheme == "https" and "@" not in parts.netloc else ""
    if said and not (host and _TILE_HOST.fullmatch(host) and all(sign in said for sign in _ZXY)):
        raise Unusable(
            "an https address with {z}, {x} and {y} in its path",
            "eine https-Adresse mit {z}, {x} und {y} im Pfad",
        )
    return said


def path(value: Any, folder: Path) -> Path:
    """An absolute path; a relative one counts from the folder."""
    return (folder / Path(text(value, folder)).expanduser()).resolve()


def optional_path(value: Any, folder: Path) -> Path | None:
    """A path, or None."""
    return path(value, folder) if value else None


def words(value: Any, folder: Path) -> tuple[str, ...]:
    """A list in TOML, words between commas in the environment."""
    entries = value.split(",") if isinstance(value, str) else value
    if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
        raise Unusable(
            "a list of texts (in the environment: separated by commas)",
            "eine Liste von Texten (in der Umgebung: durch Kommas getrennt)",
        )
    return tuple(entry.strip() for entry in entries if entry.strip())


def paths(value: Any, folder: Path) -> tuple[Path, ...]:
    """Several paths."""
    return tuple(path(entry, folder) for entry in words(value, folder))


def rate(value: Any, folder: Path) -> str:
    """A rate such as `60/minute`."""
    said = text(value, folder)
    try:
        parse_rate(said)
    except ValueError:
        raise Unusable("a rate such as 60/minute", "eine Rate wie 60/minute") from None
    return said


def networks(value: Any, folder: Path) -> tuple[Network, ...]:
    """Addresses and networks."""
    try:
        return tuple(ip_network(word) for word in words(value, folder))
    except ValueError:
        raise Unusable(
            "addresses or networks such as 10.0.0.0/8",
            "Adressen oder Netze wie 10.0.0.0/8",
        ) from None
