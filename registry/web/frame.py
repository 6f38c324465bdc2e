"""What every page shares: links that keep the chosen language, texts, dates, release, rendering."""

import hashlib
import re
from collections.abc import Callable, Hashable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from flask import Flask, Response, g, make_response, render_template, request
from markupsafe import Markup, escape

from registry.errors import StoreUnavailable
from registry.run.doubts import RULES as LINKING
from registry.store import releases
from registry.store.releases import Release
from registry.web import language as words
from registry.web.hub_report import place_of
from registry.web.wiring import services

_RECORD: Final = re.compile(r"\b([a-z2-7]{16})\b")
STATIC_FOLDER: Final = Path(__file__).parent / "static"
_KEPT_QUERIES: Final = ("", *(f"lang={tag}" for tag in words.LANGUAGES))
_MAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def language() -> words.Language:
    """The language of the current answer."""
    chosen: words.Language | None = g.get("language")
    if chosen is None:
        chosen = g.language = words.choose_language(request)
    return chosen


def t(key: str, **values: object) -> Markup:
    """One text in the language of the current answer."""
    return words.text(language(), key, **values)


def href(path: str, **query: Any) -> str:
    """A link within this site that keeps the language where it was chosen by `?lang=`.

    Lists give a parameter several times; None and empty lists leave it out.
    """
    chosen = _chosen_language()
    if not query and not chosen:
        return request.script_root + path
    pairs: list[tuple[str, Any]] = []
    for name, value in query.items():
        several = value if isinstance(value, list | tuple) else [value]
        pairs += [(name, one) for one in several if one is not None]
    if chosen:
        pairs = [pair for pair in pairs if pair[0] != "lang"] + [("lang", chosen)]
    return request.script_root + path + ("?" + urlencode(pairs) if pairs else "")


def href_plain(path: str) -> str:
    """A link without parameters, for the action of a form (a form drops those of its action)."""
    return request.script_root + path


def sticky() -> Markup:
    """The hidden field by which a form keeps the chosen language."""
    chosen = _chosen_language()
    field = Markup('<input type="hidden" name="lang" value="{}">')
    return field.format(chosen) if chosen else Markup("")


def switch(tag: str) -> str:
    """This page in the other language."""
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    # Quoted, and with one slash in front: a browser takes `//` and `/\` for another host.
    path = quote("/" + request.path.lstrip("/"))
    return f"{request.script_root}{path}?{urlencode([*pairs, ('lang', tag)])}"


def static(name: str) -> str:
    """The address of a static file, which changes with its content, so that it may be kept."""
    return f"{request.script_root}/static/{name}?v={_version(name)}"


def contact_address(contact: str, subject: str = "") -> str:
    """Where a contact leads: a mail with that subject, or a page; "" where it is mere words."""
    if _MAIL.fullmatch(contact):
        return f"mailto:{contact}" + (f"?subject={quote(subject)}" if subject else "")
    return contact if contact.startswith(("http://", "https://")) else ""


def contact_link(contact: str) -> Markup:
    """An e-mail or web address as a link; other words stay words."""
    address = contact_address(contact)
    if not address:
        return Markup("{}").format(contact)
    return Markup('<a href="{}">{}</a>').format(address, contact)


def with_links(fix: str, rule: str) -> Markup:
    """What is to do, with the record that a rule of linking names as a link to its page."""
    if rule not in LINKING:
        return escape(fix)
    link = Markup('<a class="id" href="{}">{}</a>')
    parts = (
        link.format(href(f"/records/{part}"), part) if n % 2 else escape(part)
        for n, part in enumerate(_RECORD.split(fix))
    )
    return Markup("").join(parts)


def page(
    template: str, *, release: int | None = None, status: int = 200, **values: Any
) -> Response:
    """One HTML page in the language of the request, named by the release it was made from."""
    return answered(html(template, release=release, status=status, **values), release, status)


def html(template: str, *, release: int | None = None, status: int = 200, **values: Any) -> str:
    """The page itself.

    The foot of every page tells release and date; a page without a release of its own tells the
    one in force, and none at all while the database cannot be read.
    """
    dated = _dated(release) if status < 500 else None
    return render_template(template, dated=dated, release=release, **values)


def written_once(key: str, of: Hashable, write: Callable[[], str]) -> str:
    """A page that is written once while what it tells `of`, and the release, stay the same.

    Of each key only the last page is kept, in each language.
    """
    asked = request.query_string.decode("latin-1")
    if asked not in _KEPT_QUERIES:
        return write()  # any number of addresses; links to the other language hold what was asked
    made_of = (of, request.path, request.script_root)
    return services().in_force.once(f"{key} {language()} {asked}", write, made_of)


def answered(written: str, release: int | None, status: int = 200) -> Response:
    """The answer with a page that is written already."""
    response = make_response(written, status)
    response.vary.update(("Accept", "Accept-Language"))
    response.content_language.add(language())
    return with_release(response, release)


def _dated(release: int | None) -> Release | None:
    """That release, or the latest one."""
    try:
        return services().in_force.once(f"release {release}", lambda: _read_release(release))
    except StoreUnavailable:
        return None


def _read_release(number: int | None) -> Release | None:
    with services().store.read() as connection:
        return releases.release(connection, number) if number else releases.latest(connection)


def with_release(response: Response, release: int | None) -> Response:
    """Names the release that the answer was made from."""
    if release is not None:
        response.headers["Release"] = str(release)
    return response


def install(app: Flask) -> None:
    """Gives the templates their words and functions."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    # Macros are imported without context, so what they call has to be global.
    app.jinja_env.globals.update(
        t=t, tongue=language, href=href, href_plain=href_plain, sticky=sticky, switch=switch,
        static=static, contact_link=contact_link,
        in_language=lambda value: words.in_language(value, language()),
        number=lambda value: words.number(value, language()),
        percent=lambda share: words.percent(share, language()),
        moment=lambda at: words.moment(at, language()),
        short_day=_short_day,
        short_date=lambda at: words.short_date(at.astimezone(words.REGISTRY_ZONE), language()),
        short_moment=lambda at: words.short_moment(at, language()),
        any_date=lambda value: words.any_date(value, language()),
        with_links=with_links,
        place=lambda path: place_of(path, language()),
        join_and=join_and,
    )  # fmt: skip
    app.jinja_env.filters["in_words"] = lambda value: words.in_language(value, language())[0]

    @app.context_processor
    def frame() -> dict[str, Any]:
        settings = services().settings
        return {
            "lang": language(),
            "site": settings.title,
            "here": request.path,
            "contact": settings.contact,
            "base": settings.base_iri,
            "has_fonts": (STATIC_FOLDER / "fonts" / "ahn-latin.woff2").is_file(),
        }


def compile_templates(app: Flask) -> None:
    """Compile every template now: or the first reader of each page waits for it."""
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)


def parse_time(value: str) -> datetime | None:
    """An aware time from the store's ISO text, or None."""
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return at if at.tzinfo else None


def evidence_key(rule: str) -> str:
    """The key of the words for what two records share."""
    key = f"evidence.{rule}"
    return key if key in words.texts() else "evidence.other"


def _short_day(value: str) -> str:
    """A day as figures for narrow columns; a year or month stays words."""
    parsed = words.local_moment(value)
    return words.short_date(parsed[0], language()) if parsed else words.any_date(value, language())


def join_and(several: list[str]) -> Markup:
    """A, B and C."""
    if len(several) < 2:
        return Markup("").join(several)
    return t("entity.and", first=Markup(", ").join(several[:-1]), last=several[-1])


def _chosen_language() -> str | None:
    asked = request.args.get("lang")
    return asked if asked in words.LANGUAGES else None


@cache
def edition() -> str:
    """Changes with templates, texts and style, so that a page that a browser kept is renewed."""
    folder = Path(__file__).parent
    files = (*(folder / "templates").iterdir(), folder / "texts.toml", STATIC_FOLDER / "style.css")
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


@cache
def _version(name: str) -> str:
    path = STATIC_FOLDER / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8] if path.is_file() else "0"
