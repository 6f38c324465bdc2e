"""SPARQL 1.1 text to tokens, in linear time (SPARQL 1.1 Query, 19.2 and 19.8).

The tokens have to be those that the evaluator sees, or a query could hide from the guard what it
does. pyoxigraph reads without a tokeniser: its grammar takes `SERVICEex:a` for SERVICE and `ex:a`,
and `?a <?b` for a comparison or for the begin of an IRI as the place demands. Where both readings
could come apart, the text is refused here; no query that a person or a program writes looks so.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from registry.sparql.errors import QueryRefused

_BASE: Final = (
    r"A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D"
    r"\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_MORE: Final = r"0-9\u00B7\u0300-\u036F\u203F-\u2040"
_ECHAR: Final = r"""\\[tbnrf\\"']"""
_NAME: Final = rf"[{_BASE}_\-{_MORE}]"
_LOCAL: Final = rf"(?:[{_BASE}_\-{_MORE}:]|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?#@%])"

# Tried in this order. All repetitions are possessive or end where they cannot go on: linear time.
# Escapes in strings are exactly ECHAR (rule 160): at any other, pyoxigraph takes a long string for
# an empty one and goes on behind its second quote.
_PATTERNS: Final = (
    ("space", r"(?:[ \t\r\n]++|\#[^\r\n]*+)++"),
    ("string", rf"'''(?:[^'\\]|{_ECHAR}|'(?!''))*+'''" + rf'|"""(?:[^"\\]|{_ECHAR}|"(?!""))*+"""'),
    ("unclosed_string", "'''|" + '"""'),
    ("string", rf"'(?:[^'\\\r\n]|{_ECHAR})*+'" + rf'|"(?:[^"\\\r\n]|{_ECHAR})*+"'),
    ("unclosed_string", "['\"]"),
    ("iri", r'<[^<>"{}|^`\\\x00-\x20]*+>'),
    ("variable", rf"[?$][{_BASE}_0-9][{_BASE}_{_MORE}]*+"),
    ("blank", rf"_:[{_BASE}_0-9](?:\.*+{_NAME})*+"),
    ("language", r"@[A-Za-z]++(?:-[A-Za-z0-9]++)*+"),
    ("number", r"[0-9]++\.[0-9]*+[eE][+-]?[0-9]++|\.?[0-9]++[eE][+-]?[0-9]++"),
    ("number", r"[0-9]++\.[0-9]++|\.?[0-9]++"),
    ("sign", r"\^\^|&&|\|\||!=|<=|>=|<<|[{}()\[\],;.=<>+\-*/^|!?]"),
)
_TOKEN: Final = re.compile(
    "|".join(f"(?P<{kind}_{place}>{rule})" for place, (kind, rule) in enumerate(_PATTERNS)),
    re.DOTALL,
)
_PREFIX: Final = re.compile(rf"[{_BASE}](?:\.*+{_NAME})*+")
_LOCAL_NAME: Final = re.compile(rf"(?:(?!-){_LOCAL}(?:\.*+{_LOCAL})*+)?+")
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*+")

_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|.)", re.DOTALL)
_WITH_AUTHORITY: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*+://")
_AMBIGUOUS: Final = frozenset("'#()")
_OPENING: Final = {"(": ")", "[": "]", "{": "}"}
_NO_OPERAND: Final = frozenset("(,=<>+-*/|!") | {"&&", "||", "!=", "<=", ">="}


class Token(NamedTuple):
    """A piece of a query; `kind` is string, iri, variable, blank, language, number, name, word or
    sign; `depth` counts the brackets that are open before it; `position` is in characters."""

    kind: str
    text: str
    position: int
    depth: int


def resolve_escapes(text: str) -> str:
    r"""The text with its \uXXXX and \UXXXXXXXX replaced, before anything else looks at it (19.2).

    An escaped backslash stays what it is. Raises QueryRefused for an escape that is no character,
    or is a backslash, which the evaluator would read as the begin of another escape.
    """

    def character(match: re.Match[str]) -> str:
        digits = match[1] or match[2]
        if digits is None:
            return match[0]
        number = int(digits, 16)
        if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF or number in (0, 0x5C):
            raise QueryRefused(
                "escape",
                f"{match[0]} steht für kein erlaubtes Zeichen; das Zeichen selbst schreiben.",
                f"{match[0]} stands for no permitted character; write the character itself.",
                match.start(),
            )
        return chr(number)

    return _ESCAPE.sub(character, text)


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a query whose escapes are resolved, without white space and comments.

    Raises:
        QueryRefused: an unclosed string, a character that SPARQL does not know there, brackets that
            do not match, or a place that could be read in two ways.
    """
    position, nameless_until = 0, 0
    closing: list[str] = []
    before: Token | None = None
    while position < len(text):
        kind, end = _next(text, position, nameless_until)
        if kind == "nameless":
            nameless_until, kind, end = end, *_next(text, position, end)
        if kind != "space":
            token = Token(kind, text[position:end], position, len(closing))
            _check(token, before, closing)
            yield token
            before = token
        position = end
    if closing:
        raise _refused("brackets", len(text), f"{closing[-1]} fehlt.", f"{closing[-1]} is missing.")


def _next(text: str, position: int, nameless_until: int) -> tuple[str, int]:
    """Kind and end of the token at `position`; before `nameless_until` no prefix can begin.

    The kind "nameless" means: up to this end stands no colon, so look for a word instead.
    """
    if text[position] == ":":
        return "name", _end(_LOCAL_NAME, text, position + 1)
    if position >= nameless_until and (prefix := _PREFIX.match(text, position)):
        end = prefix.end()
        if text[end : end + 1] == ":":
            return "name", _end(_LOCAL_NAME, text, end + 1)
        # Remembered, or `a.a.a.a…` would be searched for a colon from each `a` on.
        return "nameless", end
    if word := _WORD.match(text, position):
        return "word", word.end()
    match = _TOKEN.match(text, position)
    if match is None or match.lastgroup is None:
        character = text[position]
        raise _refused(
            "character",
            position,
            f"Das Zeichen {character!r} hat an dieser Stelle keinen Sinn.",
            f"The character {character!r} makes no sense at this place.",
        )
    return match.lastgroup.rsplit("_", 1)[0], match.end()


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position


def _check(token: Token, before: Token | None, closing: list[str]) -> None:
    """Refuse what cannot be read in one way only; keep `closing` at the brackets still to close."""
    if token.kind == "unclosed_string":
        raise _refused(
            "unclosed_string",
            token.position,
            "Die Zeichenkette, die hier beginnt, endet nicht oder enthält ein unbekanntes Escape; "
            "einen Backslash doppelt schreiben.",
            "The string that begins here does not end or holds an unknown escape; write a "
            "backslash twice.",
        )
    if token.kind == "iri" and _could_be_comparison(token, before, closing):
        raise _refused(
            "ambiguous_iri",
            token.position,
            "Das kann ein Vergleich oder eine IRI sein: Leerzeichen um < setzen, oder in der IRI "
            "' ( ) # durch %27 %28 %29 %23 ersetzen.",
            "This can be a comparison or an IRI: put spaces around <, or write %27 %28 %29 %23 for "
            "' ( ) # in the IRI.",
        )
    if token.kind != "sign":
        return
    if token.text == "<<":
        raise _refused(
            "triple_terms",
            token.position,
            "Tripelterme (<< >>) gibt es hier nicht; nach einem Kleinerzeichen ein Leerzeichen.",
            "There are no triple terms (<< >>) here; put a space after a less-than sign.",
        )
    if token.text in _OPENING:
        closing.append(_OPENING[token.text])
    elif token.text in ")]}":
        wanted = closing.pop() if closing else "nothing"
        if token.text != wanted:
            raise _refused(
                "brackets",
                token.position,
                f"{token.text} schließt nichts, was hier offen ist.",
                f"{token.text} closes nothing that is open here.",
            )


def _could_be_comparison(token: Token, before: Token | None, closing: list[str]) -> bool:
    """Whether `<…>` may also be read as less-than, in a way that shifts what follows.

    That needs an expression, so an innermost `(`, and an operand on the left. No expression begins
    with `scheme://`, and without quote, hash and bracket both readings go on at the same place.
    """
    if not closing or closing[-1] != ")" or before is None:
        return False
    if before.kind == "sign" and before.text in _NO_OPERAND:
        return False
    return not _AMBIGUOUS.isdisjoint(token.text) and not _WITH_AUTHORITY.match(token.text)


def _refused(code: str, position: int, de: str, en: str) -> QueryRefused:
    return QueryRefused.at(position, code, de, en)
